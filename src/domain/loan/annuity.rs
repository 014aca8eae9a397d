//! Annuities: how much a month repays a balance, before any rounding.

use rust_decimal::{Decimal, MathematicalOps};

use super::terms::{Payment, Segment};

/// The instalment of weight 1 that repays `balance` (in cents) over weighted segments:
/// `balance / Σ w(m)·(1+i)^−m` (`docs/domain/loans.md`, `PALIERS`; with one segment, `A(C,t,n)`).
///
/// Segments that are not weighted end the sum: they never follow a weighted one.
pub(super) fn weighted_instalment(
    balance: Decimal,
    monthly: Decimal,
    segments: &[Segment],
) -> Decimal {
    let mut factor = Decimal::ZERO;
    let mut discount = Decimal::ONE;
    for segment in segments {
        let Payment::Weighted(weight) = segment.payment else {
            break;
        };
        let after = discount_after(monthly, segment.months);
        factor += weight * discount * annuity_factor_of(monthly, segment.months, after);
        discount *= after;
    }
    balance / factor
}

/// Present value of 1 paid at the end of each of `months` months: `(1 − (1+i)^−n) / i`.
pub(super) fn annuity_factor(monthly: Decimal, months: u32) -> Decimal {
    annuity_factor_of(monthly, months, discount_after(monthly, months))
}

/// The same, when `(1+i)^−n` is known.
fn annuity_factor_of(monthly: Decimal, months: u32, discount: Decimal) -> Decimal {
    if monthly.is_zero() { Decimal::from(months) } else { (Decimal::ONE - discount) / monthly }
}

/// Present value of 1 paid after `months` months: `(1+i)^−n`.
pub(super) fn discount_after(monthly: Decimal, months: u32) -> Decimal {
    Decimal::ONE / (Decimal::ONE + monthly).powu(u64::from(months))
}

/// How many months `instalment` takes to repay `balance`, unrounded: the `n'` of an early
/// repayment that keeps the instalment (`docs/domain/loans.md`). Counts `⌈−ln(1 − C·i/M) / ln(1+i)⌉`
/// without logarithms. `None` when it takes more than `months_max`.
pub(super) fn months_to_repay(
    balance: Decimal,
    monthly: Decimal,
    instalment: Decimal,
    months_max: u32,
) -> Option<u32> {
    let mut left = balance;
    for months in 1..=months_max {
        left += left * monthly - instalment;
        if left <= Decimal::ZERO {
            return Some(months);
        }
    }
    None
}
