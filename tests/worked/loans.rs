//! `loan_worked_examples.csv`, rows L1 to L9: schedules of every kind of loan.

use assurly::domain::cost::CashFlows;
use assurly::domain::loan::{EarlyRepayment, Keep, Payment, Schedule, Segment, Terms, smoothed};
use assurly::kernel::money::Cents;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::data;

pub(crate) const RELEASE: Date = date(2026, 6, 5);

const ONE: Payment = Payment::Weighted(Decimal::ONE);

pub(crate) fn terms(euros: i64, rate: &str, segments: &[(u32, Payment)]) -> Terms {
    let segments =
        segments.iter().map(|(months, payment)| Segment { months: *months, payment: *payment });
    Terms {
        segments: segments.collect(),
        ..Terms::amortising(Cents::from_euros(euros), rate.parse().unwrap(), 1, RELEASE)
    }
}

pub(crate) fn l1() -> Terms {
    terms(200_000, "3.30", &[(240, ONE)])
}

pub(crate) fn l6() -> Schedule {
    terms(40_000, "0", &[(120, Payment::Nothing), (120, ONE)]).schedule().unwrap()
}

pub(crate) fn l7() -> Schedule {
    smoothed(terms(160_000, "3.50", &[(240, ONE)]), &[l6()]).schedule().unwrap()
}

fn weighted(hundredths: i64) -> Payment {
    Payment::Weighted(Decimal::new(hundredths, 2))
}

fn l8() -> Terms {
    Terms { release: date(2026, 3, 17), first_due: date(2026, 5, 5), ..l1() }
}

fn l9(keep: Keep) -> Schedule {
    let repayment = EarlyRepayment { after_month: 60, amount: Cents::from_euros(30_000), keep };
    Terms { early_repayments: vec![repayment], ..l1() }.schedule().unwrap()
}

fn schedule(id: &str) -> Schedule {
    let steps = [(60, weighted(80)), (60, weighted(100)), (120, weighted(115))];
    match id {
        "L1" => l1().schedule(),
        "L2" => terms(100_000, "4", &[(120, Payment::Interest)]).schedule(),
        "L3" => terms(100_000, "4", &[(12, Payment::Interest), (168, ONE)]).schedule(),
        "L4" => terms(150_000, "3.60", &[(24, Payment::Nothing), (240, ONE)]).schedule(),
        "L5" => terms(200_000, "3.30", &steps).schedule(),
        "L6" => Ok(l6()),
        "L7" => Ok(l7()),
        "L8" => l8().schedule(),
        "L9" => Ok(l9(Keep::Term)),
        other => panic!("no loan {other}"),
    }
    .unwrap()
}

fn instalment(schedule: &Schedule, month: usize) -> String {
    schedule.rows()[month - 1].instalment.to_string()
}

fn last(schedule: &Schedule) -> String {
    instalment(schedule, schedule.rows().len())
}

/// TAEG of a schedule without fees.
fn taeg(schedule: &Schedule) -> String {
    let mut flows = CashFlows::new(schedule.release());
    flows.add(schedule.release(), schedule.capital());
    for row in schedule.rows() {
        flows.add(row.due, -row.instalment);
    }
    flows.annual_rate().unwrap().to_string()
}

/// The value that the engine gives for one row of the table.
fn computed(id: &str, description: &str, quantity: &str) -> String {
    let schedule = schedule(id);
    if let Some(month) = quantity.rsplit_once("crd_after_").map(|(_, month)| month) {
        let month: usize = month.parse().unwrap();
        return schedule.outstanding_after(month).to_string();
    }
    match (id, quantity) {
        ("L3", "deferred") => instalment(&schedule, 12),
        ("L2", "monthly_interest") | ("L5", "p1") => instalment(&schedule, 1),
        ("L5", "p2") | ("L9", "new_instalment") => instalment(&schedule, 61),
        ("L5", "p3") => instalment(&schedule, 121),
        ("L5", "A_unrounded") => unrounded_l5(),
        ("L7", "total_instalment") => {
            let both = schedule.rows()[0].instalment + l6().rows()[0].instalment;
            assert_eq!(both, schedule.rows()[200].instalment + l6().rows()[200].instalment);
            both.to_string()
        }
        ("L7", "main_1_120") => instalment(&schedule, 120),
        ("L7", "main_121_239") => instalment(&schedule, 239),
        ("L7", "main_240") => instalment(&schedule, 240),
        ("L7", "naive_main_instalment") => {
            instalment(&terms(160_000, "3.50", &[(240, ONE)]).schedule().unwrap(), 1)
        }
        ("L8", "extra_days") => l8().extra_days().to_string(),
        ("L8", "interets_intercalaires") => l8().broken_period_interest().to_string(),
        ("L8", "taeg") => taeg(&schedule),
        ("L9", "crd_before") => schedule_of_l1_after(60),
        ("L9", "crd_after") => schedule.outstanding_after(60).to_string(),
        ("L9", "new_months") => (l9(Keep::Instalment).rows().len() - 60).to_string(),
        (_, "instalment") => schedule.usual_instalment().to_string(),
        (_, "last" | "last_instalment") => last(&schedule),
        (_, "interest" | "main_interest") => schedule.total_interest().to_string(),
        _ => panic!("nothing computes {id} {description} {quantity}"),
    }
}

/// The instalment of weight 1 with six decimals: that of a loan ten thousand times larger, whose
/// cents are the digits looked for.
fn unrounded_l5() -> String {
    let steps = [(60, weighted(80)), (60, weighted(100)), (120, weighted(115))];
    let schedule = terms(200_000 * 10_000, "3.30", &steps).schedule().unwrap();
    let cents = schedule.rows()[60].instalment.get();
    format!("{}.{:06}", cents / 1_000_000, cents % 1_000_000)
}

fn schedule_of_l1_after(month: usize) -> String {
    schedule("L1").outstanding_after(month).to_string()
}

#[test]
fn every_row_of_the_table() {
    let rows = data::rows("loan_worked_examples");
    let mut checked = 0;
    for row in rows.iter().filter(|row| row.text("id").starts_with('L')) {
        let (id, quantity) = (row.text("id"), row.text("quantity"));
        assert_eq!(
            computed(id, row.text("description"), quantity),
            row.text("value"),
            "{id} {quantity}"
        );
        checked += 1;
    }
    assert_eq!(checked, 49);
}
