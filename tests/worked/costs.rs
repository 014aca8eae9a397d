//! `loan_worked_examples.csv`, rows P-…: premiums at a flat rate and their TAEA
//! (`docs/domain/costs.md`); `taeg_official_examples.csv`: the annexe of décret 2002-928.

use assurly::domain::cost::{AnnualRate, CashFlows, taea};
use assurly::domain::loan::Schedule;
use assurly::domain::tariff::collection::Collection;
use assurly::domain::tariff::periods::Share;
use assurly::domain::tariff::{Basis, MonthlySeries, flat};
use assurly::kernel::calendar::{MonthsAndDays, add_months, month_index};
use assurly::kernel::money::Cents;
use assurly::kernel::rate::Percent;
use jiff::civil::date;

use crate::data;
use crate::loans::{l1, l6, l7};

/// Flows of a loan without fees.
pub(crate) fn credit(schedules: &[&Schedule]) -> CashFlows {
    let mut flows = CashFlows::new(schedules[0].release());
    for schedule in schedules {
        flows.add(schedule.release(), schedule.capital());
        for row in schedule.rows() {
            flows.add(row.due, -row.instalment);
        }
    }
    flows
}

/// TAEG without, TAEG with, TAEA.
pub(crate) fn rates(credit: &CashFlows, premiums: &[Collection]) -> [AnnualRate; 3] {
    let mut with = credit.clone();
    for premium in premiums {
        with.add(premium.on, -premium.amount);
    }
    let (without, with) = (credit.annual_rate().unwrap(), with.annual_rate().unwrap());
    [without, with, taea(without, with)]
}

pub(crate) fn share(percent: u8) -> Share {
    Share { from: None, percent: Percent::new(percent).unwrap() }
}

fn flat_premiums(rate: &str, basis: Basis, percent: u8, schedule: &Schedule) -> Vec<Collection> {
    flat::at_rate(rate.parse().unwrap(), basis, &[share(percent)], schedule, schedule.release())
}

pub(crate) fn series(premiums: &[Collection]) -> MonthlySeries {
    let mut series = MonthlySeries::default();
    for premium in premiums {
        series.add(month_index(premium.on), premium.amount);
    }
    series
}

fn basis_of(id: &str) -> Basis {
    match id {
        "P-CI" => Basis::Ci,
        "P-CRD_ANNUAL" => Basis::CrdAnnual,
        "P-CRD_MONTHLY" => Basis::CrdMonthly,
        other => panic!("no basis {other}"),
    }
}

fn single(id: &str, quantity: &str) -> String {
    let schedule = l1().schedule().unwrap();
    let premiums = flat_premiums("0.26", basis_of(id), 100, &schedule);
    let costs = series(&premiums).costs();
    let [without, with, taea] = rates(&credit(&[&schedule]), &premiums);
    match quantity {
        "m1" => premiums[0].amount.to_string(),
        "m13" => premiums[12].amount.to_string(),
        "m240" => premiums[239].amount.to_string(),
        "total" => costs.total.to_string(),
        "8y" => costs.total_8y.to_string(),
        "taea" => taea.to_string(),
        "taeg0/1" => format!("{without}/{with}"),
        other => panic!("nothing computes {other}"),
    }
}

fn couple(who: &str) -> String {
    let schedule = l1().schedule().unwrap();
    let a = flat_premiums("0.20", Basis::Ci, 100, &schedule);
    let b = flat_premiums("0.30", Basis::Ci, 50, &schedule);
    let premiums = match who {
        "A" => a,
        "B" => b,
        _ => [a, b].concat(),
    };
    let costs = series(&premiums).costs();
    let taea = rates(&credit(&[&schedule]), &premiums)[2];
    format!("{}/{}/{}/{taea}", costs.first_month, costs.total, costs.total_8y)
}

/// Premiums of several months collected together, at the beginning of the first.
fn in_advance(months: usize) -> String {
    let schedule = l1().schedule().unwrap();
    let premiums = flat_premiums("0.26", Basis::Ci, 100, &schedule);
    let together = premiums.chunks(months).map(|together| Collection {
        on: add_months(together[0].on, -1),
        amount: together.iter().map(|premium| premium.amount).sum(),
    });
    rates(&credit(&[&schedule]), &together.collect::<Vec<_>>())[2].to_string()
}

fn project() -> String {
    let (ptz, main) = (l6(), l7());
    let premiums = [&ptz, &main].map(|loan| flat_premiums("0.25", Basis::Ci, 100, loan)).concat();
    let [without, with, taea] = rates(&credit(&[&ptz, &main]), &premiums);
    format!("{without}/{with}/{taea}")
}

fn free_loan() -> String {
    let ptz = l6();
    let premiums = flat_premiums("0.25", Basis::Ci, 100, &ptz);
    let [without, _, taea] = rates(&credit(&[&ptz]), &premiums);
    format!("{}/{without}/{taea}", premiums[0].amount)
}

#[test]
fn every_premium_row_of_the_table() {
    let rows = data::rows("loan_worked_examples");
    let mut checked = 0;
    for row in rows.iter().filter(|row| row.text("id").starts_with("P-")) {
        let (id, quantity) = (row.text("id"), row.text("quantity"));
        let computed = match id {
            "P-COUPLE" => couple(row.text("description")),
            "P-ADV" => in_advance(1),
            "P-QADV" => in_advance(3),
            "P-YADV" => in_advance(12),
            "P-PROJ" => project(),
            "P-PTZ" => free_loan(),
            _ => single(id, quantity),
        };
        assert_eq!(computed, row.text("value"), "{id} {quantity}");
        checked += 1;
    }
    assert_eq!(checked, 29);
}

/// `0.126027` of a year: whole months and remaining days.
fn span(years: f64) -> MonthsAndDays {
    let spans = (0..=36_u16).flat_map(|months| (0..=60_u16).map(move |days| (months, days)));
    let distance =
        |span: &(u16, u16)| (f64::from(span.0) / 12.0 + f64::from(span.1) / 365.0 - years).abs();
    let (months, days) = spans.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap();
    assert!(distance(&(months, days)) < 1e-6, "{years}");
    MonthsAndDays { months, days }
}

fn official(flows: &str) -> AnnualRate {
    let mut credit = CashFlows::new(date(2002, 1, 1));
    let mut last = (MonthsAndDays { months: 0, days: 0 }, Cents::ZERO);
    let mut count = 0;
    for flow in flows.split(';') {
        let Some((years, amount)) = flow.split_once(':') else {
            // "... (37 flows, equal twelfths)": the last flow goes on month after month.
            let flows: usize = flow.split(['(', ' ']).find_map(|word| word.parse().ok()).unwrap();
            while count < flows {
                last.0.months += 1;
                credit.add_at(last.0, last.1);
                count += 1;
            }
            continue;
        };
        let amount: rust_decimal::Decimal = amount.parse().unwrap();
        last = (
            span(years.parse().unwrap()),
            Cents::rounded(amount * rust_decimal::Decimal::ONE_HUNDRED),
        );
        credit.add_at(last.0, last.1);
        count += 1;
    }
    credit.annual_rate().unwrap()
}

#[test]
fn the_official_examples() {
    let rows = data::rows("taeg_official_examples");
    assert_eq!(rows.len(), 9);
    for row in rows {
        let rate = official(row.text("flows (t_years:amount; + lent, - repaid)"));
        assert_eq!(rate.to_string(), row.text("computed"), "{}", row.text("id"));
        let shown = format!("{:.2}", rate.percent());
        assert_eq!(shown, row.text("expected_taeg_2dec"), "{}", row.text("id"));
    }
}
