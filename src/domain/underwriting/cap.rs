//! The cap of premiums of the AERAS convention (*écrêtement*): a household of modest income whose request
//! was studied at level 2 or 3 does not pay supplements beyond what makes the insurance weigh 1.40 point
//! in the loan's effective rate. Insurers and banks pay the rest. Somebody under 35 who buys with a
//! zero-interest loan (*prêt à taux zéro*) pays no supplement at all.
//!
//! What is capped is supplements: an insurance that weighs more than that without any is at the price of
//! everybody of its age, and nothing of it is a risk that somebody else would pay for (docs/underwriting.md).

use crate::domain::loan::Purpose;
use crate::kernel::money::Cents;

/// Most that the insurance weighs, in ten-thousandths of a percent a year.
pub const MOST: i64 = 14_000;

/// *Plafond annuel de la sécurité sociale* of 2026: 48 060 €.
pub const PASS: Cents = Cents::from_euros(48_060);

/// Largest insured share, in euros; the cover ends before [`AGE`].
const EUROS: u32 = 420_000;

/// The birthday before which the cover ends.
const AGE: u32 = 71;

/// The birthday before which somebody with a zero-interest loan pays no supplement.
const ZERO_INTEREST_AGE: i32 = 35;

/// The whole of a scale of supplements.
pub const WHOLE: u16 = 10_000;

/// What a household says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Household {
    /// Taxable income of the year (*revenu fiscal de référence*).
    pub income: Cents,
    /// Quarters of parts of the tax household (*parts fiscales*): 6 is one part and a half.
    pub quarters: u16,
}

impl Household {
    /// The income above which nothing is capped: 1, 1.25 or 1.5 times the ceiling of social security for
    /// one part, one and a half to two and a half, three and more. What lies between has the lower one.
    pub const fn ceiling(self) -> Cents {
        let quarters = match self.quarters {
            0..=5 => 4,
            6..=11 => 5,
            _ => 6,
        };
        Cents::of_ratio(PASS.get() as i128 * quarters, 4)
    }

    /// Whether the income lets the premium be capped.
    pub fn is_entitled(self) -> bool {
        self.income <= self.ceiling()
    }
}

/// Whether a loan is one whose premiums are capped: a main home or premises of a trade, within the limits
/// of the convention, after a refusal was studied again (levels 2 and 3).
pub fn is_within(
    refusals: u32,
    purpose: Purpose,
    capital_euros: u32,
    age: u8,
    months: u16,
) -> bool {
    let is_home = matches!(purpose, Purpose::ResidencePrincipale | Purpose::Professionnel);
    let ends_at = u32::from(age) + u32::from(months).div_ceil(12);
    refusals > 0 && is_home && capital_euros <= EUROS && ends_at < AGE
}

/// Whether insurers and banks pay the whole of the supplements: of somebody of this age at the first day of
/// cover, whose project has a zero-interest loan.
pub const fn is_paid_whole(age: i32, has_zero_interest_loan: bool) -> bool {
    has_zero_interest_loan && age < ZERO_INTEREST_AGE
}

/// The largest scale of the supplements, in ten-thousandths, at which the insurance weighs no more than
/// [`MOST`]; [`WHOLE`] when it never does. `weight` says what it weighs at a scale, and grows with it.
pub fn scale(mut weight: impl FnMut(u16) -> Option<i64>) -> u16 {
    let mut is_light = |scale| weight(scale).is_some_and(|it| it <= MOST);
    if is_light(WHOLE) {
        return WHOLE;
    }
    let (mut low, mut high) = (0, WHOLE);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_light(middle) { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::cost::{CashFlows, taea};
    use crate::kernel::calendar::add_months;

    #[test]
    fn a_ceiling_grows_with_the_parts() {
        let ceiling = |quarters| Household { income: Cents::ZERO, quarters }.ceiling();
        assert_eq!(ceiling(4), Cents::from_euros(48_060));
        assert_eq!(ceiling(5), ceiling(4), "between two steps, the lower one");
        assert_eq!(ceiling(6), Cents::from_euros(60_075));
        assert_eq!(ceiling(10), ceiling(6));
        assert_eq!(ceiling(12), Cents::from_euros(72_090));
        let just = Household { income: Cents::from_euros(48_060), quarters: 4 };
        assert!(just.is_entitled());
        assert!(!Household { income: just.income + Cents::ONE, ..just }.is_entitled());
    }

    #[test]
    fn only_a_home_or_a_trade_within_the_convention_after_a_refusal() {
        use Purpose as P;
        assert!(is_within(1, P::ResidencePrincipale, 420_000, 50, 240));
        assert!(is_within(2, P::Professionnel, 100_000, 30, 84));
        assert!(!is_within(0, P::ResidencePrincipale, 100_000, 30, 240), "level 1");
        assert!(!is_within(1, P::Locatif, 100_000, 30, 240));
        assert!(!is_within(1, P::ResidencePrincipale, 420_001, 30, 240));
        assert!(!is_within(1, P::ResidencePrincipale, 100_000, 51, 240), "ends at 71");
    }

    #[test]
    fn under_35_with_a_zero_interest_loan_no_supplement_is_paid() {
        assert!(is_paid_whole(34, true));
        assert!(!is_paid_whole(35, true), "from the 35th birthday");
        assert!(!is_paid_whole(34, false), "another loan");
    }

    /// The example of the reference: 150 000 € at 3.50 % over 240 months, a level premium of 125.00 €
    /// weighs 1.6227; what weighs 1.40 is 107.40 € a month.
    #[test]
    fn the_example_of_the_reference_is_capped_at_107_40() {
        let start = date(2026, 1, 5);
        let flows = |premium: i64| {
            let mut flows = CashFlows::new(start);
            flows.add(start, Cents::from_euros(150_000));
            for month in 1..=240 {
                flows.add(add_months(start, month), Cents::new(-86_994 - premium));
            }
            flows.annual_rate().expect("a rate")
        };
        let weight = |premium| taea(flows(0), flows(premium)).rounded();
        assert!((weight(12_500) - 16_227).abs() <= 2, "{}", weight(12_500));
        let premium = |scale: u16| 12_500 * i64::from(scale) / i64::from(WHOLE);
        let capped = premium(scale(|scale| Some(weight(premium(scale)))));
        assert!((capped - 10_740).abs() <= 2, "{capped}");
        assert_eq!(scale(|scale| Some(weight(premium(scale) / 2))), WHOLE, "light enough");
        assert_eq!(scale(|_| Some(MOST + 1)), 0, "heavy without any supplement");
    }
}
