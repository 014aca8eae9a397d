//! The schedule of a quote by years of cover, for the chart and its table.

use crate::kernel::money::Cents;
use crate::slices::quotes::wire::{ProjectRow, QuoteResponse};

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

/// What is owed when cover begins.
pub(super) fn owed_at_start(quote: &QuoteResponse) -> Cents {
    let rows = quote.result.project.schedule.as_deref().unwrap_or_default();
    let before = rows.iter().rev().find(|row| row.due_date <= quote.request.effect_date);
    let lent = || quote.request.loans.iter().map(|loan| loan.capital_cents).sum();
    Cents::new(before.map_or_else(lent, |row| row.outstanding_cents))
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
