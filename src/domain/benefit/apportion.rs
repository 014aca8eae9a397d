//! Shares an amount out to the cent, so that the parts always make the whole.

use std::cmp::Reverse;

use crate::kernel::money::Cents;

/// Several insured indemnified for one instalment: together never more than the instalment, each
/// reduced in proportion (`docs/domain/benefits.md`, co-borrowers).
pub fn limited_to_instalment(instalment: Cents, amounts: &[Cents]) -> Vec<Cents> {
    if amounts.iter().copied().sum::<Cents>() <= instalment {
        return amounts.to_vec();
    }
    let weights: Vec<i128> = amounts.iter().map(|amount| i128::from(amount.get())).collect();
    apportion(instalment, &weights)
}

/// Shares `total` out in proportion to the weights, to the cent. What rounding leaves or lacks goes
/// to the largest, and to the next ones when the largest cannot bear it.
pub(super) fn apportion(total: Cents, weights: &[i128]) -> Vec<Cents> {
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return vec![Cents::ZERO; weights.len()];
    }
    let share = |weight: &i128| Cents::of_ratio(i128::from(total.get()) * weight, sum);
    let mut shares: Vec<Cents> = weights.iter().map(share).collect();
    let mut residual = total - shares.iter().copied().sum::<Cents>();
    let mut by_weight: Vec<usize> = (0..weights.len()).collect();
    by_weight.sort_by_key(|place| Reverse(weights[*place]));
    for place in by_weight {
        let change = residual.max(-shares[place]);
        shares[place] += change;
        residual -= change;
    }
    shares
}

/// Least common multiple of two positive numbers.
pub(super) fn lcm(a: i128, b: i128) -> i128 {
    let (mut gcd, mut rest) = (a, b);
    while rest != 0 {
        (gcd, rest) = (rest, gcd % rest);
    }
    a / gcd * b
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn insured_together_never_pass_the_instalment() {
        let cents = |values: &[i64]| values.iter().copied().map(Cents::new).collect::<Vec<_>>();
        let limited = |amounts| limited_to_instalment(Cents::new(113_947), &cents(amounts));
        assert_eq!(limited(&[68_368, 45_579]), cents(&[68_368, 45_579]));
        assert_eq!(limited(&[113_947, 113_947]), cents(&[56_973, 56_974]));
        assert_eq!(limited(&[113_947, 56_974]), cents(&[75_964, 37_983]));
    }

    proptest! {
        #[test]
        fn sharing_out_loses_no_cent(
            total in 0..1_000_000_i64, weights in prop::collection::vec(0..1_000_000_i128, 1..7),
        ) {
            let shares = apportion(Cents::new(total), &weights);
            prop_assert!(shares.iter().all(|share| *share >= Cents::ZERO));
            let sum: Cents = shares.into_iter().sum();
            let nothing = weights.iter().all(|weight| *weight == 0);
            prop_assert_eq!(sum, if nothing { Cents::ZERO } else { Cents::new(total) });
        }
    }
}
