//! The schedule of a quote by years of cover, for the chart and its table.

use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{LoanResponse, ProjectRow, QuoteResponse};

/// Twelve months of cover, fewer in the last year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Year {
    /// From 1.
    pub(super) number: usize,
    /// Calendar year in which it begins.
    pub(super) begins: i16,
    /// Premiums of the year.
    pub(super) total: Cents,
    /// Premium of a month, on average.
    pub(super) average: Cents,
    /// Left to repay at its end.
    pub(super) owed: Cents,
    /// Months in it.
    pub(super) months: usize,
}

/// The years of cover; none when the quote came without its schedule.
pub(super) fn of(quote: &QuoteResponse) -> Vec<Year> {
    covered(quote).chunks(12).enumerate().map(|(place, rows)| year(place + 1, rows)).collect()
}

/// What a usual month costs without insurance when cover begins, all loans together. The first row
/// of a loan holds the interest of its broken months, so the second speaks for it.
pub(super) fn usual_instalment(quote: &QuoteResponse) -> Cents {
    let Some(first) = covered(quote).first() else {
        return Cents::ZERO;
    };
    let month = month_index(first.due_date);
    let loans = quote.result.loans.iter().filter_map(|loan| instalment(loan, month));
    Cents::new(loans.sum())
}

fn instalment(loan: &LoanResponse, month: i32) -> Option<i64> {
    let rows = loan.schedule.as_deref().unwrap_or_default();
    let place = rows.iter().position(|row| month_index(row.due_date) == month)?;
    let usual = if place == 0 && rows.len() > 2 { 1 } else { place };
    rows.get(usual).map(|row| row.instalment_cents)
}

/// Rows from the first instalment after cover begins.
pub(super) fn covered(quote: &QuoteResponse) -> &[ProjectRow] {
    let rows = quote.result.project.schedule.as_deref().unwrap_or_default();
    let past = rows.partition_point(|row| row.due_date <= quote.request.effect_date);
    rows.get(past..).unwrap_or_default()
}

fn year(number: usize, rows: &[ProjectRow]) -> Year {
    let total: Cents = rows.iter().map(|row| Cents::new(row.premium_cents)).sum();
    let count = i128::try_from(rows.len()).unwrap_or(1).max(1);
    Year {
        number,
        begins: rows.first().map_or(0, |row| row.due_date.year()),
        total,
        average: Cents::of_ratio(total.get().into(), count),
        owed: Cents::new(rows.last().map_or(0, |row| row.outstanding_cents)),
        months: rows.len(),
    }
}
