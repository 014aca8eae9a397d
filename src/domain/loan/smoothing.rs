//! A loan smoothed around the others of its project (*prêt lissé*), `docs/domain/loans.md` `LISSE`.

use rust_decimal::Decimal;

use super::annuity::{annuity_factor, discount_after};
use super::schedule::Schedule;
use super::terms::{Payment, Segment, Terms};
use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;

/// `terms` with segments such that this loan and `others` together cost the same every month:
/// `T = (C + Σ p(m)(1+i)^−m) / Σ (1+i)^−m`, instalment of month m = round2(T) − p(m), the last
/// settles. The months are those of `terms`; its own segments are replaced.
pub fn smoothed(terms: Terms, others: &[Schedule]) -> Terms {
    let monthly = terms.rate.monthly();
    let others = runs(due_by_month(&terms, others));
    let mut discount = Decimal::ONE;
    let mut present_value = terms.capital.to_decimal();
    for (months, amount) in &others {
        present_value += amount.to_decimal() * discount * annuity_factor(monthly, *months);
        discount *= discount_after(monthly, *months);
    }
    let total = Cents::rounded(present_value / annuity_factor(monthly, terms.months()));
    let segment = |(months, other)| Segment { months, payment: Payment::Fixed(total - other) };
    Terms { segments: others.into_iter().map(segment).collect(), ..terms }
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

/// Equal amounts in a row, as months and amount.
fn runs(amounts: Vec<Cents>) -> Vec<(u32, Cents)> {
    let mut runs: Vec<(u32, Cents)> = Vec::new();
    for amount in amounts {
        match runs.last_mut() {
            Some((months, same)) if *same == amount => *months += 1,
            _ => runs.push((1, amount)),
        }
    }
    runs
}
