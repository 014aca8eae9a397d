//! The rate of invalidity and the guarantee it opens, `docs/domain/product.md`.
//!
//! The medical adviser records whole percentages. The rate is assessed independently of social
//! security, and both conditions of the contract must hold: one's own activity impossible (not
//! decided here) and the rate reached.

use crate::domain::{benefit::rules::Rules, guarantee::Guarantee};
use crate::kernel::rate::Percent;

/// The rate `N = (IF² × IP)^(1/3)` rounded half-up to a whole percentage, from the functional rate
/// (*taux d'incapacité fonctionnelle*) and the occupational one (*taux d'incapacité
/// professionnelle*). Without an occupation at the event, `N = IF`.
///
/// The formula is a reconstruction that gives back the double-entry grids two insurers publish.
pub fn invalidity_rate(functional: Percent, occupational: Option<Percent>) -> Percent {
    let Some(occupational) = occupational else {
        return functional;
    };
    let product = u32::from(functional.get()).pow(2) * u32::from(occupational.get());
    // N is the whole number whose half above passes the root: (N + 1/2)³ > IF² × IP. Times eight,
    // both sides are whole, and the left one is odd, so the half itself never occurs.
    let rounds_to = |n: &u8| (2 * u32::from(*n) + 1).pow(3) > 8 * product;
    let rate = (0..=100).find(rounds_to).and_then(Percent::new);
    rate.expect("the root of at most a million is at most a hundred")
}

/// The guarantee that a rate opens: IPP from 33 to 65, IPT from 66, none below.
pub fn invalidity_guarantee(rate: Percent, rules: &Rules) -> Option<Guarantee> {
    if rate >= rules.ipt_from {
        Some(Guarantee::Ipt)
    } else if rate >= rules.ipp_from {
        Some(Guarantee::Ipp)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(functional: u8, occupational: u8) -> u8 {
        let percent = |value| Percent::new(value).expect("a percentage");
        invalidity_rate(percent(functional), Some(percent(occupational))).get()
    }

    #[test]
    fn thresholds_open_the_guarantees() {
        for (n, guarantee) in [
            (0, None),
            (32, None),
            (33, Some(Guarantee::Ipp)),
            (65, Some(Guarantee::Ipp)),
            (66, Some(Guarantee::Ipt)),
            (100, Some(Guarantee::Ipt)),
        ] {
            let rate = Percent::new(n).expect("a percentage");
            assert_eq!(invalidity_guarantee(rate, &Rules::V1), guarantee, "{n}");
        }
    }

    #[test]
    fn without_an_occupation_the_functional_rate_decides() {
        let functional = Percent::new(47).expect("a percentage");
        assert_eq!(invalidity_rate(functional, None), functional);
    }

    proptest! {
        #[test]
        fn the_rate_lies_between_its_two_parts_and_grows_with_each(
            functional in 0..=99_u8, occupational in 0..=99_u8,
        ) {
            let n = rate(functional, occupational);
            prop_assert!(n >= functional.min(occupational) && n <= functional.max(occupational));
            prop_assert!(rate(functional + 1, occupational) >= n);
            prop_assert!(rate(functional, occupational + 1) >= n);
            prop_assert_eq!(rate(functional, functional), functional);
        }
    }
}
