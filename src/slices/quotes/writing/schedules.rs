//! The month-by-month tables of an answer.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Writer;
use crate::domain::simulation::InsuredResult;
use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{LoanRow, PremiumRow, ProjectRow};

/// One person, all loans together.
pub(super) fn premiums(result: &InsuredResult) -> Vec<PremiumRow> {
    let mut months: BTreeMap<i32, (Date, Cents)> = BTreeMap::new();
    for premium in result.covers.iter().flat_map(|cover| &cover.plan.months) {
        let month = months.entry(month_index(premium.due)).or_insert((premium.due, Cents::ZERO));
        month.0 = month.0.min(premium.due);
        month.1 += premium.total();
    }
    let rows = (1..).zip(months.into_values());
    let rows = rows.map(|(month, (due_date, premium))| PremiumRow {
        month,
        due_date,
        premium_cents: premium.get(),
    });
    rows.collect()
}

/// One loan with the premiums of all persons on it.
pub(super) fn loan(writer: &Writer<'_>, place: usize) -> Vec<LoanRow> {
    let schedule = &writer.project.loans[place].schedule;
    let premiums = &writer.simulation.loans[place].series;
    let rows = (1..).zip(schedule.rows()).map(|(month, row)| LoanRow {
        month,
        due_date: row.due,
        instalment_cents: row.instalment.get(),
        interest_cents: row.interest.get(),
        principal_cents: (row.principal + row.early_repayment).get(),
        outstanding_cents: row.outstanding.get(),
        premium_cents: premiums.at(month_index(row.due)).get(),
    });
    rows.collect()
}

/// All loans and all persons by calendar month, from the first day of cover on.
pub(super) fn project(writer: &Writer<'_>) -> Vec<ProjectRow> {
    let loans = &writer.project.loans;
    let effect = writer.project.choices.effect;
    let dues = loans.iter().flat_map(|loan| loan.schedule.rows());
    let mut months: BTreeMap<i32, (Date, Cents)> = BTreeMap::new();
    for row in dues.filter(|row| row.due > effect) {
        let month = months.entry(month_index(row.due)).or_insert((row.due, Cents::ZERO));
        month.0 = month.0.min(row.due);
        month.1 += row.instalment;
    }
    let outstanding = |index: i32| {
        let owed = loans.iter().map(|loan| {
            let rows = loan.schedule.rows();
            let paid = rows.partition_point(|row| month_index(row.due) <= index);
            let released = month_index(loan.schedule.release()) <= index;
            if released { loan.schedule.outstanding_after(paid) } else { Cents::ZERO }
        });
        owed.sum::<Cents>()
    };
    let rows = (1..).zip(months).map(|(month, (index, (due_date, instalment)))| ProjectRow {
        month,
        due_date,
        instalment_cents: instalment.get(),
        premium_cents: writer.simulation.project.series.at(index).get(),
        outstanding_cents: outstanding(index).get(),
    });
    rows.collect()
}
