//! Money as integer cents, and the one rounding of the whole system.
//!
//! Every amount of the product is a whole number of cents. A computation that does not fall on a
//! cent is rounded here and nowhere else: half-up, away from zero on the half
//! (`docs/domain/README.md`). Both doors lead to the same rule: [`Cents::of_ratio`] for exact
//! fractions of integers, [`Cents::rounded`] for decimals.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

/// An amount in euro cents (*centimes*). Negative amounts are money that flows the other way.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Cents(i64);

impl Cents {
    /// Nothing owed.
    pub const ZERO: Self = Self(0);
    /// One cent, the smallest amount that can be paid.
    pub const ONE: Self = Self(1);

    /// The amount of `cents` cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The amount of `euros` whole euros.
    pub const fn from_euros(euros: i64) -> Self {
        Self(euros * 100)
    }

    /// The number of cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The exact fraction `numerator / denominator` of a cent, rounded half-up (away from zero).
    ///
    /// # Panics
    /// When the denominator is not positive or the result passes 92 million billion euros: both
    /// are faults of the caller, whose inputs are bounded.
    pub const fn of_ratio(numerator: i128, denominator: i128) -> Self {
        assert!(denominator > 0, "a ratio has a positive denominator");
        // Half-up on magnitudes is (|n| + d/2) div d: with an odd d no exact half exists, and
        // d/2 rounded down still separates what is below from what is above.
        let denominator = denominator.unsigned_abs();
        let magnitude = quotient(numerator.unsigned_abs() + denominator / 2, denominator);
        assert!(magnitude <= i64::MAX.unsigned_abs() as u128, "an amount fits 64 bits");
        #[expect(clippy::cast_possible_truncation, reason = "asserted above")]
        let cents = magnitude as i64;
        Self(if numerator < 0 { -cents } else { cents })
    }

    /// `cents` (a decimal number of cents) rounded half-up (away from zero).
    ///
    /// # Panics
    /// When the result does not fit 64 bits, which bounded inputs exclude.
    pub fn rounded(cents: Decimal) -> Self {
        let whole = cents.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        Self(whole.to_i64().expect("a bounded amount fits 64 bits"))
    }

    /// The amount as a decimal number of cents, for an intermediate computation.
    pub fn to_decimal(self) -> Decimal {
        Decimal::from(self.0)
    }

    /// The absolute amount.
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// `times` times the amount, exactly.
    pub const fn times(self, times: i64) -> Self {
        Self(self.0 * times)
    }

    /// Whether the amount is above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether the amount is zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// A division of 64 bits where both numbers fit: the interest of a month nearly always does, and it
/// takes a fraction of the time.
#[expect(clippy::cast_possible_truncation, reason = "compared just before")]
const fn quotient(numerator: u128, denominator: u128) -> u128 {
    const NARROW: u128 = u64::MAX as u128;
    if numerator <= NARROW && denominator <= NARROW {
        (numerator as u64 / denominator as u64) as u128
    } else {
        numerator / denominator
    }
}

/// `1234.56`: the machine form, with a dot and two decimals. People read [`crate::kernel::french`].
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", magnitude / 100, magnitude % 100)
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Cents {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero_through_both_doors() {
        for (numerator, denominator, cents) in [
            (1, 2, 1),
            (-1, 2, -1),
            (3, 2, 2),
            (1, 3, 0),
            (2, 3, 1),
            (-5, 3, -2),
            (5, 2, 3),
            (7, 1, 7),
            (i128::from(u64::MAX), 3, 6_148_914_691_236_517_205),
            (i128::from(u64::MAX) * 3, 9, 6_148_914_691_236_517_205),
        ] {
            assert_eq!(Cents::of_ratio(numerator, denominator), Cents::new(cents));
            let decimal = Decimal::from(numerator) / Decimal::from(denominator);
            assert_eq!(Cents::rounded(decimal), Cents::new(cents));
        }
    }

    #[test]
    fn prints_euros_with_two_decimals() {
        assert_eq!(Cents::new(123_456).to_string(), "1234.56");
        assert_eq!(Cents::new(-5).to_string(), "-0.05");
    }
}
