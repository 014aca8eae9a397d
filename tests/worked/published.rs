//! `taea_examples.csv`: insurance examples that banks and newspapers published (`docs/domain/costs.md`).
//!
//! The `computed_…` columns are what the reference computed; ours must be the same on every row,
//! also where the publisher used another convention (the verdict says which).

use assurly::domain::cost::CashFlows;
use assurly::domain::loan::{Schedule, Terms};
use assurly::domain::tariff::{Basis, flat};

use crate::costs::{credit, rates, series, share};
use crate::data::{self, Row, cents};
use crate::loans::RELEASE;

/// These publish one instalment for every month, the last included (T04 and T05 finance the fees
/// on top of what the borrower receives): the published flows are measured as they are.
fn has_one_instalment(id: &str) -> bool {
    matches!(id, "T04" | "T05" | "T06")
}

fn flows(row: &Row, schedule: &Schedule) -> CashFlows {
    let instalment = cents(row.text("computed_loan_instalment"));
    if has_one_instalment(row.text("id")) {
        let mut flows = CashFlows::new(RELEASE);
        flows.add(RELEASE, schedule.capital());
        schedule.rows().iter().for_each(|row| flows.add(row.due, -instalment));
        return flows;
    }
    assert_eq!(schedule.usual_instalment(), instalment, "{}", row.text("id"));
    let mut flows = credit(&[schedule]);
    flows.add(RELEASE, -cents(row.text("fees_t0")));
    let fee = cents(row.text("monthly_fee"));
    schedule.rows().iter().for_each(|row| flows.add(row.due, -fee));
    flows
}

fn check(row: &Row) {
    let id = row.text("id");
    let capital = cents(row.text("capital"));
    let months = row.text("months").parse().unwrap();
    let rate = row.text("nominal_rate").parse().unwrap();
    let schedule = Terms::amortising(capital, rate, months, RELEASE).schedule().unwrap();
    let basis = if row.text("basis") == "CI" { Basis::Ci } else { Basis::CrdMonthly };
    let price = row.text("insurance_rate_or_monthly");
    let premiums = match price.strip_suffix('%').map(str::parse) {
        Some(rate) => flat::at_rate(rate.unwrap(), basis, &[share(100)], &schedule, RELEASE),
        None => flat::monthly(cents(price), &[&schedule], RELEASE),
    };
    let costs = series(&premiums).costs();
    let [without, with, taea] = rates(&flows(row, &schedule), &premiums);
    for (computed, column) in [
        (costs.first_month.to_string(), "computed_monthly_1"),
        (costs.total.to_string(), "computed_total_insurance"),
        (costs.total_8y.to_string(), "computed_8y_insurance"),
        (without.to_string(), "computed_taeg_without"),
        (with.to_string(), "computed_taeg_with"),
        (taea.to_string(), "computed_taea"),
    ] {
        assert_eq!(computed, row.text(column), "{id} {column}");
    }
}

#[test]
fn every_published_example() {
    let rows = data::rows("taea_examples");
    assert_eq!(rows.len(), 20);
    rows.iter().for_each(check);
}
