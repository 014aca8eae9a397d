//! The tax inside a premium (*TSCA*, art. 1001 6° CGI), `docs/domain/tariff.md`.

use rust_decimal::Decimal;

use crate::kernel::money::Cents;

/// A premium taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Before tax: `round2(premium / 1.09)`.
    pub before_tax: Cents,
    /// Tax on insurance contracts: the rest.
    pub tax: Cents,
}

/// Takes a premium apart; `tax` is the factor, 1.09 for 9 %.
pub fn split(premium: Cents, tax: Decimal) -> Split {
    let before_tax = Cents::rounded(premium.to_decimal() / tax);
    Split { before_tax, tax: premium - before_tax }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_number_of_the_reference() {
        let split = split(Cents::new(4333), Decimal::new(109, 2));
        assert_eq!((split.before_tax, split.tax), (Cents::new(3975), Cents::new(358)));
    }
}
