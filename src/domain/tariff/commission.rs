//! The partner's part of a premium (*commission*), `docs/domain/tariff.md`.
//!
//! Always a part of the premium before tax, and due on collected premiums only.

use rust_decimal::Decimal;

use super::split::Split;
use crate::kernel::money::Cents;

/// How a partner is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// The same part every year (*linéaire*).
    Linear,
    /// More in the first year, less afterwards (*précompte*).
    Precompte,
}

/// The parts of one version of the tariff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Linear, every year.
    pub linear: Decimal,
    /// Precompte, first year.
    pub first_year: Decimal,
    /// Precompte, the following years.
    pub following_years: Decimal,
    /// Months during which a termination takes an advance back.
    pub clawback_months: u32,
}

impl Parts {
    /// Commission on a collected premium of insurance year `year` (from 0).
    pub fn on(&self, scheme: Scheme, premium: Split, year: u32) -> Cents {
        let part = match (scheme, year) {
            (Scheme::Linear, _) => self.linear,
            (Scheme::Precompte, 0) => self.first_year,
            (Scheme::Precompte, _) => self.following_years,
        };
        Cents::rounded(premium.before_tax.to_decimal() * part)
    }

    /// What a partner paid by precompte gives back when the contract ends after `elapsed` whole
    /// months: the advance over the linear commission, in proportion to what was left of the
    /// period. A withdrawal (*renonciation*) gives everything back.
    pub fn clawback(&self, paid: Cents, linear_earned: Cents, elapsed: u32) -> Cents {
        let left = self.clawback_months.saturating_sub(elapsed);
        let advance = (paid - linear_earned).max(Cents::ZERO);
        let period = i128::from(self.clawback_months.max(1));
        Cents::of_ratio(i128::from(advance.get()) * i128::from(left), period)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tariff::catalog;
    use crate::domain::tariff::split::split;

    fn parts() -> (Parts, Decimal) {
        let coefficients = catalog::current().expect("products/").coefficients;
        (coefficients.commission, coefficients.tax)
    }

    #[test]
    fn worked_numbers_of_the_reference() {
        let (parts, tax) = parts();
        // `docs/domain/tariff.md`: D03, month 1. The couple's first collection.
        for (premium, before_tax, commission) in [(2357, 2162, 324), (4243, 3893, 584)] {
            let split = split(Cents::new(premium), tax);
            assert_eq!(split.before_tax, Cents::new(before_tax));
            assert_eq!(parts.on(Scheme::Linear, split, 7), Cents::new(commission));
        }
    }

    #[test]
    fn an_advance_is_given_back_in_proportion() {
        let (parts, tax) = parts();
        let split = split(Cents::from_euros(109), tax);
        assert_eq!(parts.on(Scheme::Precompte, split, 0), Cents::from_euros(40));
        assert_eq!(parts.on(Scheme::Precompte, split, 1), Cents::from_euros(8));
        let (paid, linear) = (Cents::from_euros(480), Cents::from_euros(180));
        assert_eq!(parts.clawback(paid, linear, 12), Cents::from_euros(150));
        assert_eq!(parts.clawback(paid, linear, 24), Cents::ZERO);
        assert_eq!(parts.clawback(linear, paid, 0), Cents::ZERO);
    }
}
