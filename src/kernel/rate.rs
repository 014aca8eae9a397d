//! Rates and percentages as exact integers behind decimal text.
//!
//! A [`Rate`] is an annual rate in percent, a [`Percent`] a whole share from 0 to 100. Neither is
//! ever a binary float: floats live in the TAEG solver alone.

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, prelude::ToPrimitive};

/// An annual rate in percent with up to six decimals: `3.30` means 3.30 % a year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate {
    /// Millionths of one percent.
    micro_percent: i64,
}

/// Why a text is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not digits with at most one dot.
    #[error("a rate is written like \"3.30\"")]
    Syntax,
    /// More than six decimals, or a number that no rate reaches.
    #[error("a rate has at most 6 decimals and stays under 1000")]
    Range,
}

impl Rate {
    /// No interest.
    pub const ZERO: Self = Self { micro_percent: 0 };
    /// Millionths of a percent in one percent.
    pub const SCALE: i64 = 1_000_000;

    /// A rate of `micro_percent` millionths of a percent.
    pub const fn from_micro_percent(micro_percent: i64) -> Self {
        Self { micro_percent }
    }

    /// The rate in millionths of a percent.
    pub const fn micro_percent(self) -> i64 {
        self.micro_percent
    }

    /// The rate in percent.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.micro_percent, 6)
    }

    /// The rate of one month as a fraction: annual rate / 12 / 100, proportional and never
    /// actuarial (`docs/domain/loans.md`).
    pub fn monthly(self) -> Decimal {
        Decimal::new(self.micro_percent, 8) / Decimal::from(12)
    }

    /// How many decimals the shortest writing of the rate needs.
    pub fn decimals(self) -> u32 {
        self.to_decimal().normalize().scale()
    }

    /// Whether the rate is zero.
    pub const fn is_zero(self) -> bool {
        self.micro_percent == 0
    }
}

impl FromStr for Rate {
    type Err = RateError;

    /// Reads `3`, `3.3` or `3.30`: digits and one dot, no sign, no exponent, no space.
    fn from_str(text: &str) -> Result<Self, RateError> {
        let plain = !text.is_empty()
            && text.len() <= 20
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && text.bytes().any(|b| b.is_ascii_digit())
            && text.bytes().filter(|b| *b == b'.').count() <= 1;
        if !plain {
            return Err(RateError::Syntax);
        }
        let decimal = Decimal::from_str(text).map_err(|_| RateError::Syntax)?.normalize();
        if decimal.scale() > 6 || decimal >= Decimal::from(1000) {
            return Err(RateError::Range);
        }
        let micro_percent = (decimal * Decimal::from(Self::SCALE)).to_i64();
        micro_percent.map(Self::from_micro_percent).ok_or(RateError::Range)
    }
}

/// `3.30`: at least two decimals, more when the rate has more.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.decimals().max(2) as usize;
        write!(f, "{:.decimals$}", self.to_decimal())
    }
}

/// A whole percentage from 0 to 100 (*quotité* when it is a share of a loan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// The whole.
    pub const FULL: Self = Self(100);

    /// A percentage, or nothing when it passes 100.
    pub const fn new(percent: u8) -> Option<Self> {
        if percent <= 100 { Some(Self(percent)) } else { None }
    }

    /// The number of percent.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_rates() {
        for (text, micro, shown) in [
            ("3.30", 3_300_000, "3.30"),
            ("0", 0, "0.00"),
            ("4.793", 4_793_000, "4.793"),
            ("0.123456", 123_456, "0.123456"),
            ("15.000000000", 15_000_000, "15.00"),
        ] {
            let rate: Rate = text.parse().expect(text);
            assert_eq!(rate.micro_percent(), micro);
            assert_eq!(rate.to_string(), shown);
        }
    }

    #[test]
    fn refuses_what_is_not_a_rate() {
        for text in ["", ".", "1.2.3", "-1", "+1", "1e3", " 1", "1,5", "٣", "123456789012345678901"]
        {
            assert_eq!(text.parse::<Rate>(), Err(RateError::Syntax), "{text}");
        }
        assert_eq!("0.1234567".parse::<Rate>(), Err(RateError::Range));
        assert_eq!("1000".parse::<Rate>(), Err(RateError::Range));
    }
}
