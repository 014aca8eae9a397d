//! A loan smoothed around the others of its project (*prêt lissé*), `domain.md` §2.2 `LISSE`.

use rust_decimal::Decimal;

use super::annuity::annuity_factor;
use super::schedule::Schedule;
use super::terms::{Payment, Segment, Terms};
use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;

/// `terms` with segments such that this loan and `others` together cost the same every month:
/// `T = (C + Σ p(m)(1+i)^−m) / Σ (1+i)^−m`, instalment of month m = round2(T) − p(m), the last
/// settles. The months are those of `terms`; its own segments are replaced.
pub fn smoothed(terms: Terms, others: &[Schedule]) -> Terms {
    let months = terms.months();
    let others_by_month = due_by_month(&terms, others);
    let monthly = terms.rate.monthly();
    let growth = Decimal::ONE + monthly;
    let mut discount = Decimal::ONE;
    let mut present_value = terms.capital.to_decimal();
    for amount in &others_by_month {
        discount /= growth;
        present_value += amount.to_decimal() * discount;
    }
    let total = Cents::rounded(present_value / annuity_factor(monthly, months));
    Terms {
        segments: runs(others_by_month.into_iter().map(|other| total - other)),
        ..terms
    }
}

/// What the other loans ask in each calendar month of this one, broken first days aside.
fn due_by_month(terms: &Terms, others: &[Schedule]) -> Vec<Cents> {
    let first = month_index(terms.first_due);
    let mut amounts = vec![Cents::ZERO; terms.months() as usize];
    for row in others.iter().flat_map(Schedule::rows) {
        let place = usize::try_from(month_index(row.due) - first);
        if let Some(amount) = place.ok().and_then(|place| amounts.get_mut(place)) {
            *amount += row.insurable;
        }
    }
    amounts
}

/// Equal instalments in a row become one segment.
fn runs(instalments: impl Iterator<Item = Cents>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for instalment in instalments {
        let payment = Payment::Fixed(instalment);
        match segments.last_mut() {
            Some(segment) if segment.payment == payment => segment.months += 1,
            _ => segments.push(Segment { months: 1, payment }),
        }
    }
    segments
}
