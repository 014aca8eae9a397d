//! The month-by-month tables of an answer.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Writer;
use crate::domain::simulation::InsuredResult;
use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{LoanRow, PremiumRow, ProjectRow};

/// One person, all loans together; broken starts are in the month that collects them.
pub(super) fn premiums(result: &InsuredResult) -> Vec<PremiumRow> {
    let plans = result.covers.iter().map(|cover| &cover.plan);
    let whole = plans.clone().flat_map(|plan| &plan.months).map(|month| month.due);
    let broken = plans.filter_map(|plan| plan.broken_start).map(|broken| broken.days.collected);
    let mut months: BTreeMap<i32, Date> = BTreeMap::new();
    for day in whole.chain(broken) {
        let first = months.entry(month_index(day)).or_insert(day);
        *first = day.min(*first);
    }
    let rows = (1..).zip(months).map(|(month, (index, due_date))| PremiumRow {
        month,
        due_date,
        premium_cents: result.priced.series.due_in(index).get(),
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
        premium_cents: premiums.due_in(month_index(row.due)).get(),
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
        premium_cents: writer.simulation.project.series.due_in(index).get(),
        outstanding_cents: outstanding(index).get(),
    });
    rows.collect()
}
