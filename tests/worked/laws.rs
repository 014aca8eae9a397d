//! Laws that hold for every loan, premium and rate, tried on random ones.

use assurly::domain::cost::{AnnualRate, CashFlows};
use assurly::domain::guarantee::{Guarantee, Pack};
use assurly::domain::loan::{ImportedRow, LoanKind, Payment, Schedule, Segment, Terms, imported};
use assurly::domain::person::RiskClass;
use assurly::domain::tariff::{
    Basis, Choices, Franchise, Life, Loading, LoadingKind, PremiumPlan, catalog,
};
use assurly::kernel::calendar::{add_months, anniversary};
use assurly::kernel::money::Cents;
use assurly::kernel::rate::Rate;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::costs::{credit, rates, share};

fn days() -> impl Strategy<Value = Date> {
    (2020..2040_i16, 1..=12_i8, 1..=28_i8).prop_map(|(year, month, day)| date(year, month, day))
}

fn nominal() -> impl Strategy<Value = Rate> {
    (0..=15_000_i64).prop_map(|thousandths| Rate::from_micro_percent(thousandths * 1000))
}

fn payments() -> impl Strategy<Value = Vec<Segment>> {
    let weighted = |months| Segment { months, payment: Payment::Weighted(Decimal::ONE) };
    let deferred = prop_oneof![Just(Payment::Nothing), Just(Payment::Interest)];
    let steps = prop::collection::vec((1..=120_u32, 80..=120_i64), 1..4).prop_map(|steps| {
        let step = |(months, weight)| Segment {
            months,
            payment: Payment::Weighted(Decimal::new(weight, 2)),
        };
        steps.into_iter().map(step).collect()
    });
    prop_oneof![
        (12..=420_u32).prop_map(move |months| vec![weighted(months)]),
        (12..=120_u32).prop_map(|months| vec![Segment { months, payment: Payment::Interest }]),
        (deferred, 1..=60_u32, 12..=300_u32).prop_map(move |(payment, months, rest)| {
            vec![Segment { months, payment }, weighted(rest)]
        }),
        steps,
    ]
}

prop_compose! {
    fn loans()(
        euros in 10_000..=3_000_000_i64,
        rate in nominal(),
        release in days(),
        segments in payments(),
        first in 1..=60_i32,
    ) -> Terms {
        let first_due = release.checked_add(jiff::Span::new().days(first)).unwrap();
        Terms { first_due, segments, ..Terms::amortising(Cents::from_euros(euros), rate, 1, release) }
    }
}

prop_compose! {
    fn lives()(age in 18..=64_i32, smoker: bool, class in 0..4_usize) -> Life {
        Life {
            birth: anniversary(date(2026, 6, 5), -age),
            smoker,
            class: RiskClass::ALL[class],
            pack: Pack::Full,
            loadings: vec![],
        }
    }
}

fn choices(basis: Basis) -> Choices {
    Choices { effect: date(2026, 6, 5), franchise: Franchise::Days90, mno: true, basis }
}

fn schedule(euros: i64, months: u32) -> Schedule {
    let rate = "3.30".parse().unwrap();
    Terms::amortising(Cents::from_euros(euros), rate, months, date(2026, 6, 5)).schedule().unwrap()
}

fn total(life: &Life, basis: Basis, percent: u8, schedule: &Schedule) -> Cents {
    let tariff = catalog::current().unwrap();
    let plan = PremiumPlan::new(&tariff, life, &choices(basis), &[share(percent)], schedule);
    plan.series().costs().total
}

fn bases() -> impl Strategy<Value = Basis> {
    prop_oneof![Just(Basis::Ci), Just(Basis::CrdAnnual), Just(Basis::CrdMonthly)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_schedule_repays_its_capital_and_never_goes_below_zero(terms in loans()) {
        let Ok(schedule) = terms.schedule() else {
            // Only steps can be refused: an ordinary loan always repays.
            prop_assert!(terms.segments.len() > 1);
            return Ok(());
        };
        let rows = schedule.rows();
        prop_assert_eq!(rows.iter().map(|row| row.principal).sum::<Cents>(), terms.capital);
        prop_assert!(rows.iter().all(|row| row.outstanding >= Cents::ZERO));
        prop_assert_eq!(rows.last().unwrap().outstanding, Cents::ZERO);
        prop_assert!(rows.windows(2).all(|pair| pair[0].due < pair[1].due));
        for row in rows {
            prop_assert_eq!(row.interest + row.principal, row.instalment);
            prop_assert!(row.insurable <= row.instalment || row.due == rows[0].due);
        }
    }

    #[test]
    fn a_lenders_schedule_gives_the_loan_back(terms in loans()) {
        let Ok(schedule) = terms.schedule() else { return Ok(()) };
        let given: Vec<_> = schedule.rows().iter().map(|row| ImportedRow {
            due: row.due, interest: row.interest, principal: row.principal,
        }).collect();
        // A short first period may make its interest negative: no lender writes that.
        prop_assume!(given[0].interest >= Cents::ZERO);
        let back = imported(LoanKind::Amortissable, terms.capital, terms.rate, terms.release, &given);
        let back = back.unwrap();
        for day in [terms.release, terms.first_due, add_months(terms.first_due, 7), schedule.end()] {
            prop_assert_eq!(back.outstanding_at(day), schedule.outstanding_at(day));
        }
        let mut short = given;
        short.last_mut().unwrap().principal -= Cents::ONE;
        prop_assert!(imported(LoanKind::Amortissable, terms.capital, terms.rate, terms.release, &short).is_err());
    }

    #[test]
    fn a_premium_grows_with_share_capital_and_loading(
        life in lives(), basis in bases(), percent in 1..=99_u8, euros in 10_000..=1_000_000_i64,
        months in 12..=300_u32, loading in 1..=300_i64, on in 0..Guarantee::COUNT,
    ) {
        let loan = schedule(euros, months);
        let price = total(&life, basis, percent, &loan);
        prop_assert!(price >= Cents::ZERO);
        prop_assert!(total(&life, basis, percent + 1, &loan) >= price);
        prop_assert!(total(&life, basis, percent, &schedule(euros + 1000, months)) >= price);
        let loading = Loading {
            guarantee: Guarantee::ALL[on], kind: LoadingKind::Percent(Decimal::from(loading)), until: None,
        };
        let loaded = Life { loadings: vec![loading], ..life };
        prop_assert!(total(&loaded, basis, percent, &loan) >= price);
    }

    #[test]
    fn a_guarantee_is_never_priced_after_its_birthday(life in lives(), months in 12..=420_u32) {
        let loan = schedule(100_000, months);
        let tariff = catalog::current().unwrap();
        let plan = PremiumPlan::new(&tariff, &life, &choices(Basis::CrdAnnual), &[share(100)], &loan);
        for month in &plan.months {
            for guarantee in Guarantee::ALL {
                let ended = loan.period_start(month.place) >= anniversary(life.birth, guarantee.end_age());
                prop_assert!(!ended || month.by_guarantee[guarantee.index()].is_zero());
            }
        }
    }

    #[test]
    fn no_premium_no_taea_and_more_premium_more_taea(
        euros in 10_000..=3_000_000_i64, months in 12..=420_u32, premium in 1..=50_000_i64, more in 1..=10_000_i64,
    ) {
        let loan = schedule(euros, months);
        let flows = credit(&[&loan]);
        let taea = |cents| {
            let premiums: Vec<_> = loan.rows().iter().map(|row| {
                assurly::domain::tariff::collection::Collection { on: row.due, amount: Cents::new(cents) }
            }).collect();
            rates(&flows, &premiums)[2]
        };
        prop_assert_eq!(taea(0), AnnualRate::default());
        prop_assert!(taea(premium) > AnnualRate::default());
        prop_assert!(taea(premium + more) > taea(premium));
    }

    #[test]
    fn a_rate_does_not_depend_on_how_flows_are_split(
        terms in loans(), cut in 1..=99_i64,
    ) {
        let Ok(schedule) = terms.schedule() else { return Ok(()) };
        let whole = credit(&[&schedule]);
        let mut split = CashFlows::new(schedule.release());
        let part = |amount: Cents| Cents::new(amount.get() * cut / 100);
        let all = std::iter::once((schedule.release(), schedule.capital()))
            .chain(schedule.rows().iter().map(|row| (row.due, -row.instalment)));
        for (day, amount) in all {
            split.add(day, amount - part(amount));
            split.add(day, part(amount));
        }
        prop_assert_eq!(whole.annual_rate(), split.annual_rate());
    }

    #[test]
    fn the_rate_makes_the_flows_worth_nothing(terms in loans()) {
        let Ok(schedule) = terms.schedule() else { return Ok(()) };
        let flows = credit(&[&schedule]);
        let Ok(rate) = flows.annual_rate() else { return Ok(()) };
        let value: f64 = std::iter::once((schedule.release(), schedule.capital()))
            .chain(schedule.rows().iter().map(|row| (row.due, -row.instalment)))
            .map(|(day, amount)| {
                let span = flows.span(day);
                let years = f64::from(span.months) / 12.0 + f64::from(span.days) / 365.0;
                amount.get() as f64 * (1.0 + rate.percent() / 100.0).powf(-years)
            })
            .sum();
        // Less than a thousandth of a cent on the capital of the loan.
        prop_assert!(value.abs() < 1e-11 * terms.capital.get() as f64 + 1e-3, "{}", value);
    }

    #[test]
    fn rates_read_back_what_they_print(micro in 0..1_000_000_000_i64) {
        let rate = Rate::from_micro_percent(micro);
        prop_assert_eq!(rate.to_string().parse(), Ok(rate));
    }
}
