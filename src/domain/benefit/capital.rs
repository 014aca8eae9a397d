//! The capital that death, PTIA and IPT repay (*capital restant dû*), `docs/domain/benefits.md`.
//!
//! Paid once: the guarantees of that insured on that loan then end, and PTIA and death are never
//! both paid. Remembering it is the caller's part, through the amounts and shares already paid.

use jiff::civil::Date;

use crate::domain::benefit::{
    loan::{InsuredLoan, Owed},
    rules::Rules,
};
use crate::kernel::{money::Cents, rate::Percent};

/// What the event repays on one loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapitalBenefit {
    /// What is owed on the day of the event, for the whole loan.
    pub owed: Owed,
    /// Share that counted, after what the others' benefits repaid.
    pub share: Percent,
    /// Paid to the lender.
    pub amount: Cents,
}

/// The benefits of one event on the loans of one insured, in the order of the loans.
///
/// `event` is the date of death, or of consolidation for PTIA and IPT. `already_paid` is what
/// capital benefits paid before for this insured, on any loan: the ceiling of the contract is used
/// up loan after loan.
pub fn capital_benefits(
    loans: &[InsuredLoan<'_>],
    event: Date,
    already_paid: Cents,
    rules: &Rules,
) -> Vec<CapitalBenefit> {
    let mut room = (rules.capital_ceiling - already_paid).max(Cents::ZERO);
    let mut repay = |loan: &InsuredLoan<'_>| {
        let owed = loan.owed_on(event);
        let amount = insured_part(loan, owed.total()).min(room);
        room -= amount;
        CapitalBenefit { owed, share: loan.payable_share(), amount }
    };
    loans.iter().map(&mut repay).collect()
}

/// The share of `owed`, and never a cent more than the others' shares left: two halves of an odd
/// amount would both be rounded up.
fn insured_part(loan: &InsuredLoan<'_>, owed: Cents) -> Cents {
    let repaid = part(owed, loan.share_repaid);
    part(owed, loan.payable_share()).min(owed - repaid)
}

fn part(amount: Cents, share: Percent) -> Cents {
    Cents::of_ratio(i128::from(amount.get()) * i128::from(share.get()), 100)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::benefit::loan::{Due, Release};
    use crate::kernel::rate::Rate;

    fn percent(value: u8) -> Percent {
        Percent::new(value).expect("a percentage")
    }

    fn benefits(capital: Cents, shares: &[(u8, u8)], paid: Cents) -> Vec<Cents> {
        let releases = [Release { date: date(2026, 1, 5), amount: capital }];
        let loans: Vec<_> = shares
            .iter()
            .map(|(share, repaid)| InsuredLoan {
                releases: &releases,
                rate: Rate::ZERO,
                dues: &[] as &[Due],
                share: percent(*share),
                share_repaid: percent(*repaid),
            })
            .collect();
        let benefits = capital_benefits(&loans, date(2026, 2, 1), paid, &Rules::V1);
        benefits.iter().map(|benefit| benefit.amount).collect()
    }

    #[test]
    fn the_ceiling_is_used_up_loan_after_loan() {
        let euros = Cents::from_euros;
        let two_loans = [(100, 0), (100, 0)];
        assert_eq!(
            benefits(euros(2_000_000), &two_loans, Cents::ZERO),
            [euros(2_000_000), euros(1_000_000)]
        );
        assert_eq!(
            benefits(euros(2_000_000), &two_loans, euros(1_500_000)),
            [euros(1_500_000), Cents::ZERO]
        );
        assert_eq!(
            benefits(euros(100_000), &two_loans, euros(3_000_000)),
            [Cents::ZERO, Cents::ZERO]
        );
    }

    #[test]
    fn two_halves_of_an_odd_amount_make_the_whole() {
        let owed = Cents::new(16_248_775);
        let first = benefits(owed, &[(50, 0)], Cents::ZERO)[0];
        let second = benefits(owed, &[(50, 50)], Cents::ZERO)[0];
        assert_eq!((first.get(), second.get()), (8_124_388, 8_124_387));
    }

    proptest! {
        #[test]
        fn a_loan_is_never_indemnified_above_the_whole(
            owed in 0..300_000_000_i64, first in 1..=100_u8, second in 1..=100_u8,
        ) {
            let owed = Cents::new(owed);
            let one = benefits(owed, &[(first, 0)], Cents::ZERO)[0];
            let other = benefits(owed, &[(second, first)], Cents::ZERO)[0];
            prop_assert!(one >= Cents::ZERO && other >= Cents::ZERO);
            prop_assert!(one + other <= owed);
            prop_assert!(first.saturating_add(second) < 100 || one + other == owed);
        }

        #[test]
        fn what_was_paid_before_never_raises_a_benefit(
            owed in 0..400_000_000_i64, share in 1..=100_u8, paid in 0..400_000_000_i64,
        ) {
            let fresh = benefits(Cents::new(owed), &[(share, 0)], Cents::ZERO)[0];
            let later = benefits(Cents::new(owed), &[(share, 0)], Cents::new(paid))[0];
            prop_assert!(Cents::ZERO <= later && later <= fresh);
            prop_assert!(later + Cents::new(paid) <= Rules::V1.capital_ceiling || later.is_zero());
        }
    }
}
