//! The annual effective rate: the root of `Σ amount · (1+X)^(−t) = 0` (annex to art. R314-3
//! C. conso.), and the TAEA as a difference of two such rates (art. R314-12).
//!
//! This is the only room with binary floats. The root is exact to better than 1e-9; only its
//! display is rounded.

use std::fmt;

use super::flows::CashFlows;
use crate::kernel::money::Cents;

/// An annual effective rate, in percent, unrounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct AnnualRate(f64);

/// Flows that have no annual effective rate: nothing received, or less paid than received, or a
/// rate beyond 1000 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these flows have no annual effective rate")]
pub struct NotDefined;

impl AnnualRate {
    /// The rate in percent.
    pub const fn percent(self) -> f64 {
        self.0
    }

    /// The rate in ten-thousandths of a percent, half-up: what is displayed and kept.
    pub fn rounded(self) -> i64 {
        let scaled = (self.0.abs() * 10_000.0 + 0.5).floor();
        #[expect(clippy::cast_possible_truncation, reason = "a rate is under 1000 %")]
        let magnitude = scaled as i64;
        if self.0 < 0.0 { -magnitude } else { magnitude }
    }
}

/// `0.1758`: four decimals, half-up.
impl fmt::Display for AnnualRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = self.rounded();
        let sign = if rounded < 0 { "-" } else { "" };
        let magnitude = rounded.unsigned_abs();
        write!(f, "{sign}{}.{:04}", magnitude / 10_000, magnitude % 10_000)
    }
}

/// The annual effective rate of the insurance (*TAEA*): the difference of the two unrounded rates
/// of the credit, with and without the insurance (`docs/domain/costs.md`: never of the rounded ones).
pub fn taea(without: AnnualRate, with: AnnualRate) -> AnnualRate {
    AnnualRate(with.0 - without.0)
}

/// Upper bound of the search: 1000 % a year, as a force of interest.
const HIGHEST_FORCE: f64 = 2.397_895_272_798_370_5;
const ITERATIONS_MAX: usize = 200;

impl CashFlows {
    /// The annual effective rate of these flows (*TAEG*).
    ///
    /// # Errors
    /// [`NotDefined`] when nothing is received, nothing paid, less is paid than received, or the
    /// rate passes 1000 %.
    pub fn annual_rate(&self) -> Result<AnnualRate, NotDefined> {
        let (received, paid) = self.received_and_paid();
        if !received.is_positive() || !paid.is_positive() || paid < received {
            return Err(NotDefined);
        }
        if paid == received {
            return Ok(AnnualRate(0.0));
        }
        let first = self.first_force(received, paid);
        self.force_of_interest(first).map(|force| AnnualRate(force.exp_m1() * 100.0))
    }

    /// The root in `y = ln(1+X)`: Newton's steps, each kept inside a bracket that bisection
    /// shrinks. At 0 the flows sum below zero; at the upper bound they must be worth more, which is
    /// asked when a step would leave the bracket.
    fn force_of_interest(&self, first: f64) -> Result<f64, NotDefined> {
        let (mut low, mut high) = (0.0, HIGHEST_FORCE);
        let mut is_within = false;
        let mut force = first;
        for _ in 0..ITERATIONS_MAX {
            let (value, slope) = self.present_value(force);
            if value < 0.0 {
                low = force;
            } else {
                (high, is_within) = (force, true);
            }
            let newton = force - value / slope;
            let is_newton = newton > low && newton < high;
            if !is_newton && !is_within {
                is_within = self.present_value(HIGHEST_FORCE).0 >= 0.0;
                if !is_within {
                    return Err(NotDefined);
                }
            }
            let next = if is_newton { newton } else { low.midpoint(high) };
            // The error of a step of Newton's is about the square of the step, in years.
            let settled = if is_newton { 1e-9 } else { 1e-15 };
            if (next - force).abs() <= settled * (1.0 + force) {
                return Ok(next);
            }
            force = next;
        }
        Ok(force)
    }

    /// Where to begin: the force that one payment of the whole at the mean time would have.
    fn first_force(&self, received: Cents, paid: Cents) -> f64 {
        let mut weighted = 0.0;
        for column in &self.columns {
            let days = f64::from(column.days) / 365.0;
            let mut months = 0.0;
            for amount in &column.by_month {
                weighted -= float(*amount) * (months / 12.0 + days);
                months += 1.0;
            }
        }
        let force = (float(paid) / float(received)).ln() * float(paid) / weighted;
        if force > 0.0 && force < HIGHEST_FORCE { force } else { 0.03 }
    }

    /// Present value at a force of interest, and its derivative: `Σ a·e^(−yt)`, `−Σ a·t·e^(−yt)`.
    fn present_value(&self, force: f64) -> (f64, f64) {
        let month = (-force / 12.0).exp();
        let mut total = (0.0, 0.0);
        for column in &self.columns {
            let days = f64::from(column.days) / 365.0;
            let shift = (-force * days).exp();
            let (value, slope) = polynomial(&column.by_month, month);
            total.0 += shift * value;
            total.1 -= shift * (days * value + slope / 12.0);
        }
        total
    }
}

/// `Σ a·x^m` and `Σ m·a·x^m`, by Horner from the last flow to the first. Every fourth flow makes a
/// strand of its own in `x⁴`: a processor works on the four at once instead of waiting for each.
fn polynomial(amounts: &[Cents], x: f64) -> (f64, f64) {
    const STRANDS: usize = 4;
    let step = x.powi(4);
    let (mut values, mut slopes) = ([0.0; STRANDS], [0.0; STRANDS]);
    let (whole, rest) = amounts.as_chunks::<STRANDS>();
    for (value, amount) in values.iter_mut().zip(rest) {
        *value = float(*amount);
    }
    for chunk in whole.iter().rev() {
        for strand in 0..STRANDS {
            slopes[strand] = slopes[strand] * step + values[strand];
            values[strand] = values[strand] * step + float(chunk[strand]);
        }
    }
    let (mut value, mut slope) = (0.0, 0.0);
    let (mut power, mut place) = (1.0, 0.0);
    for (of_strand, steps) in values.into_iter().zip(slopes) {
        value += power * of_strand;
        slope += power * (place * of_strand + 4.0 * step * steps);
        power *= x;
        place += 1.0;
    }
    (value, slope)
}

#[expect(clippy::cast_precision_loss, reason = "amounts are far under 2^53 cents")]
const fn float(amount: Cents) -> f64 {
    amount.get() as f64
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn flows(amounts: &[(i16, i8, i8, i64)]) -> CashFlows {
        let mut flows = CashFlows::new(date(2026, 1, 1));
        for (year, month, day, euros) in amounts {
            flows.add(date(*year, *month, *day), Cents::from_euros(*euros));
        }
        flows
    }

    #[test]
    fn official_example_of_one_repayment_after_eighteen_months() {
        // Décret 2002-928, annexe, first example: 1 000 lent, 1 200 repaid: 12.92 %.
        let rate = flows(&[(2026, 1, 1, 1000), (2027, 7, 1, -1200)]).annual_rate();
        assert_eq!(rate.map(AnnualRate::rounded), Ok(129_243));
    }

    #[test]
    fn several_releases_are_one_credit() {
        // 1 000 now and 1 000 in a year, at 10 %: 1 210 + 1 100 in two years.
        let rate = flows(&[(2026, 1, 1, 1000), (2027, 1, 1, 1000), (2028, 1, 1, -2310)]);
        assert_eq!(rate.annual_rate().map(AnnualRate::rounded), Ok(100_000));
    }

    #[test]
    fn a_free_loan_costs_exactly_nothing() {
        let rate =
            flows(&[(2026, 1, 1, 1000), (2026, 7, 1, -600), (2027, 1, 1, -400)]).annual_rate();
        assert_eq!(rate, Ok(AnnualRate(0.0)));
    }

    #[test]
    fn impossible_flows_have_no_rate() {
        for amounts in [
            &[][..],
            &[(2026, 1, 1, 1000)],
            &[(2027, 1, 1, -1000)],
            &[(2026, 1, 1, 1000), (2027, 1, 1, -999)],
            &[(2026, 1, 1, 1), (2026, 2, 1, -1_000_000)],
        ] {
            assert_eq!(flows(amounts).annual_rate(), Err(NotDefined), "{amounts:?}");
        }
    }

    #[test]
    fn shows_four_decimals() {
        assert_eq!(AnnualRate(0.175_84).to_string(), "0.1758");
        assert_eq!(AnnualRate(-0.000_05).to_string(), "-0.0001");
        assert_eq!(AnnualRate(12.924_26).to_string(), "12.9243");
    }
}
