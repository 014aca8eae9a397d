//! Every kind of loan, to the cent.

use jiff::civil::date;

use super::super::smoothing::smoothed;
use super::*;
use crate::domain::loan::Drawdown;
use crate::kernel::rate::Rate;

fn terms(euros: i64, rate: &str, segments: &[(u32, Payment)]) -> Terms {
    let segments =
        segments.iter().map(|(months, payment)| Segment { months: *months, payment: *payment });
    Terms {
        segments: segments.collect(),
        ..Terms::amortising(
            Cents::from_euros(euros),
            rate.parse().expect("a rate"),
            1,
            date(2026, 6, 5),
        )
    }
}

fn one() -> Payment {
    Payment::Weighted(Decimal::ONE)
}

fn weight(hundredths: i64) -> Payment {
    Payment::Weighted(Decimal::new(hundredths, 2))
}

fn instalments(schedule: &Schedule, months: &[usize]) -> Vec<i64> {
    months.iter().map(|month| schedule.rows()[month - 1].instalment.get()).collect()
}

fn balances(schedule: &Schedule, months: &[usize]) -> Vec<i64> {
    months.iter().map(|month| schedule.outstanding_after(*month).get()).collect()
}

#[test]
fn l1_amortising() {
    let schedule = terms(200_000, "3.30", &[(240, one())]).schedule().expect("L1");
    assert_eq!(instalments(&schedule, &[1, 239, 240]), [113_947, 113_947, 113_970]);
    assert_eq!(
        balances(&schedule, &[1, 12, 24, 96, 120, 180, 239, 240]),
        [19_941_053, 19_281_839, 18_539_619, 13_533_913, 11_632_995, 6_294_627, 113_657, 0]
    );
    assert_eq!(schedule.total_interest(), Cents::new(7_347_303));
    let interest: Vec<_> = schedule.rows()[..3].iter().map(|row| row.interest.get()).collect();
    assert_eq!(interest, [55_000, 54_838, 54_675]);
}

#[test]
fn l2_in_fine() {
    let schedule = terms(100_000, "4", &[(120, Payment::Interest)]).schedule().expect("L2");
    assert_eq!(instalments(&schedule, &[1, 119, 120]), [33_333, 33_333, 10_033_333]);
    assert_eq!(schedule.total_interest(), Cents::new(3_999_960));
    assert_eq!(schedule.rows()[119].insurable, Cents::new(33_333));
}

#[test]
fn l3_partial_deferral() {
    let loan = terms(100_000, "4", &[(12, Payment::Interest), (168, one())]);
    let schedule = loan.schedule().expect("L3");
    assert_eq!(instalments(&schedule, &[12, 13, 180]), [33_333, 77_835, 77_728]);
    assert_eq!(balances(&schedule, &[12, 13]), [10_000_000, 9_955_498]);
    assert_eq!(schedule.total_interest(), Cents::new(3_476_169));
}

#[test]
fn l4_total_deferral() {
    let loan = terms(150_000, "3.6", &[(24, Payment::Nothing), (240, one())]);
    let schedule = loan.schedule().expect("L4");
    assert_eq!(instalments(&schedule, &[24, 25, 264]), [0, 94_309, 94_238]);
    assert_eq!(balances(&schedule, &[24]), [16_118_090]);
    assert_eq!(schedule.total_interest(), Cents::new(7_634_089));
}

#[test]
fn l5_steps() {
    let steps = [(60, weight(80)), (60, weight(100)), (120, weight(115))];
    let schedule = terms(200_000, "3.30", &steps).schedule().expect("L5");
    assert_eq!(instalments(&schedule, &[60, 61, 121, 240]), [91_175, 113_969, 131_064, 131_181]);
    assert_eq!(balances(&schedule, &[60, 120]), [17_643_678, 13_380_553]);
    assert_eq!(schedule.total_interest(), Cents::new(8_036_437));
}

#[test]
fn l6_and_l7_smoothed_around_a_free_loan() {
    let ptz = terms(40_000, "0", &[(120, Payment::Nothing), (120, one())]);
    let ptz = ptz.schedule().expect("L6");
    assert_eq!(instalments(&ptz, &[120, 121, 240]), [0, 33_333, 33_373]);
    assert_eq!(balances(&ptz, &[120, 180]), [4_000_000, 2_000_020]);
    let main = smoothed(terms(160_000, "3.5", &[(240, one())]), &[ptz]);
    let main = main.schedule().expect("L7");
    assert_eq!(
        instalments(&main, &[1, 120, 121, 239, 240]),
        [106_577, 106_577, 73_244, 73_244, 73_222]
    );
    assert_eq!(balances(&main, &[120]), [7_406_914]);
    assert_eq!(main.total_interest(), Cents::new(5_578_498));
}

#[test]
fn l8_broken_first_period() {
    let loan = Terms {
        release: date(2026, 3, 17),
        first_due: date(2026, 5, 5),
        ..terms(200_000, "3.30", &[(240, one())])
    };
    assert_eq!((loan.extra_days(), loan.broken_period_interest()), (19, Cents::new(34_356)));
    let schedule = loan.schedule().expect("L8");
    assert_eq!(schedule.rows()[0].instalment, Cents::new(113_947 + 34_356));
    assert_eq!(schedule.rows()[0].insurable, Cents::new(113_947));
    assert_eq!(schedule.outstanding_after(1), Cents::new(19_941_053));
}

#[test]
fn the_31st_comes_back_after_shorter_months() {
    let loan = Terms {
        release: date(2026, 1, 31),
        first_due: date(2026, 2, 28),
        ..terms(200_000, "3.30", &[(240, one())])
    };
    assert_eq!(loan.extra_days(), 0);
    let schedule = loan.schedule().expect("a loan of the 31st");
    let dues: Vec<_> = schedule.rows()[..3].iter().map(|row| row.due).collect();
    assert_eq!(dues, [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]);
    assert_eq!(instalments(&schedule, &[1]), [113_947]);
    assert_eq!(schedule.end(), date(2046, 1, 31));
}

#[test]
fn parts_released_later_are_owed_and_bear_interest_from_their_day() {
    let later = Drawdown { on: date(2026, 12, 5), amount: Cents::from_euros(120_000) };
    let loan = Terms {
        first_due: date(2027, 7, 5),
        later_drawdowns: vec![later],
        ..terms(200_000, "3.30", &[(240, one())])
    };
    // 80 000 € for 365 days and 120 000 € for 182: 2 640.00 + 1 974.575…
    assert_eq!(loan.broken_period_interest(), Cents::new(461_458));
    let schedule = loan.schedule().expect("a home paid as it is built");
    let owed = |day| schedule.outstanding_at(day).get();
    assert_eq!(owed(date(2026, 6, 4)), 0);
    assert_eq!(owed(date(2026, 12, 4)), 8_000_000);
    assert_eq!(owed(date(2026, 12, 5)), 20_000_000);
    assert_eq!(owed(date(2027, 7, 5)), 19_941_053);
    assert_eq!(schedule.committed_at(date(2026, 6, 5)), Cents::from_euros(200_000));
    let drawn: Vec<_> = schedule.drawdowns().map(|part| part.amount.get()).collect();
    assert_eq!(drawn, [8_000_000, 12_000_000]);
}

#[test]
fn l9_early_repayment_both_ways() {
    let repaid = |keep| {
        let repayment = EarlyRepayment { after_month: 60, amount: Cents::from_euros(30_000), keep };
        let loan = terms(200_000, "3.30", &[(240, one())]);
        Terms { early_repayments: vec![repayment], ..loan }.schedule().expect("L9")
    };
    let shorter_instalment = repaid(Keep::Term);
    assert_eq!(balances(&shorter_instalment, &[60]), [13_160_385]);
    assert_eq!(instalments(&shorter_instalment, &[61]), [92_794]);
    assert_eq!(shorter_instalment.rows().len(), 240);
    let shorter_term = repaid(Keep::Instalment);
    assert_eq!(instalments(&shorter_term, &[61]), [113_947]);
    assert_eq!(shorter_term.rows().len(), 60 + 140);
}

#[test]
fn a_step_under_its_interest_is_refused() {
    let loan =
        terms(200_000, "3.30", &[(60, Payment::Fixed(Cents::from_euros(550))), (180, one())]);
    assert_eq!(loan.schedule(), Err(TermsError::NotAmortising { segment: 0 }));
}

#[test]
fn impossible_early_repayments_are_refused() {
    for (after_month, euros) in [(60, 0), (60, 161_604), (0, 1000), (300, 1000)] {
        let repayment =
            EarlyRepayment { after_month, amount: Cents::from_euros(euros), keep: Keep::Term };
        let loan =
            Terms { early_repayments: vec![repayment], ..terms(200_000, "3.30", &[(240, one())]) };
        assert_eq!(loan.schedule(), Err(TermsError::EarlyRepayment { place: 0 }));
    }
}

#[test]
fn an_instalment_that_hardly_repays_is_kept_without_counting_for_ever() {
    let repayment =
        EarlyRepayment { after_month: 1, amount: Cents::from_euros(1), keep: Keep::Instalment };
    let almost_nothing = Payment::Weighted(Decimal::new(14, 7));
    let loan = Terms {
        early_repayments: vec![repayment],
        ..terms(3_000_000, "0", &[(200, almost_nothing), (220, one())])
    };
    assert_eq!(loan.schedule().expect("it repays").rows().len(), 420);
}

#[test]
fn a_zero_rate_is_an_ordinary_loan() {
    let schedule = terms(12_000, "0", &[(12, one())]).schedule().expect("a free loan");
    assert!(schedule.rows().iter().all(|row| row.instalment == Cents::from_euros(1000)));
    assert_eq!(schedule.rate(), Rate::ZERO);
}
