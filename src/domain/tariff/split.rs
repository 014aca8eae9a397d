//! What is inside a premium: tax and commission (`domain.md` §3.1 and §3.11).

use rust_decimal::Decimal;

use super::table::Coefficients;
use crate::kernel::money::Cents;

/// A premium taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Before tax: `round2(premium / 1.09)`.
    pub before_tax: Cents,
    /// Tax on insurance contracts (*TSCA*, art. 1001 6° CGI): the rest.
    pub tax: Cents,
    /// Linear commission on the premium before tax; a part of it, not on top.
    pub commission: Cents,
}

/// Takes a premium with tax apart.
pub fn split(premium: Cents, coefficients: &Coefficients) -> Split {
    let before_tax = Cents::rounded(premium.to_decimal() / coefficients.tax);
    let commission: Decimal = before_tax.to_decimal() * coefficients.commission;
    Split {
        before_tax,
        tax: premium - before_tax,
        commission: Cents::rounded(commission),
    }
}
