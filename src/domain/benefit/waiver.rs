//! Premiums given back while a benefit runs (*exonération des primes*), `docs/domain/product.md`.

use jiff::civil::Date;

use crate::domain::benefit::spell::Spell;
use crate::kernel::money::Cents;

/// A premium of one insured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Premium {
    /// Day it falls due.
    pub date: Date,
    /// Amount, tax included.
    pub amount: Cents,
}

/// The premiums to refund: those that fall due on an indemnified day of incapacity, therapeutic
/// part-time or partial invalidity. The waiting period is not waived.
pub fn waived_premiums(premiums: &[Premium], indemnified: &[Spell]) -> Vec<Premium> {
    let waived = |premium: &&Premium| indemnified.iter().any(|spell| spell.holds(premium.date));
    premiums.iter().filter(waived).copied().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn premiums_due_on_indemnified_days_are_refunded() {
        let amount = Cents::new(2_357);
        let premiums: Vec<_> =
            (4..=10).map(|month| Premium { date: date(2028, month, 5), amount }).collect();
        let spell = Spell::new(date(2028, 5, 10), date(2028, 9, 20)).expect("a spell");
        let waived = waived_premiums(&premiums, &[spell]);
        assert_eq!(waived, premiums[2..=5]);
        assert_eq!(waived_premiums(&premiums, &[]), []);
    }
}
