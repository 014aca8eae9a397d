//! What an insured's cover offers on each criterion, `docs/domain/equivalence.md` (column "Assurly answer").
//!
//! Facts in, one place per criterion out: `Some(rank)` in the list of the criterion's values, zero
//! when it has none; `None` when the cover offers nothing at all. A lower rank offers more.

use jiff::civil::Date;

use crate::domain::{
    equivalence::criteria::FRANCHISE,
    guarantee::{Guarantee, Pack},
};
use crate::kernel::calendar::anniversary;

/// The facts of one insured's cover that the criteria look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Date of birth.
    pub birth_date: Date,
    /// Last repayment, the latest of the loans.
    pub loan_end: Date,
    /// Guarantees taken.
    pub pack: Pack,
    /// Waiting period of ITT, in days.
    pub franchise_days: u16,
    /// Whether back and psychic disorders (MNO) are covered without condition.
    pub mno_included: bool,
    /// Whether a sport practised at subscription is excluded.
    pub sport_excluded: bool,
    /// Whether professional or humanitarian stays abroad are excluded.
    pub travel_excluded: bool,
    /// Share covered on each loan, in percent, all insured together.
    pub shares_percent: Vec<u16>,
}

/// Yes, to a criterion without values; the most demanding value, to one that has some.
const BEST: Option<usize> = Some(0);

impl Cover {
    /// What the cover offers on criterion `number`.
    pub fn offers(&self, number: u8) -> Option<usize> {
        if !self.subscribes(number) {
            return None;
        }
        match number {
            1 => yes(!self.sport_excluded),
            2 => Some(usize::from(self.travel_excluded)),
            3 => yes(self.lasts(Guarantee::Deces)),
            4 => yes(self.lasts(Guarantee::Ptia)),
            5 => yes(self.lasts(Guarantee::Itt)),
            6 => self.franchise(),
            13 => yes(self.lasts(Guarantee::Ipt)),
            11 | 12 | 17 | 18 => self.mno(),
            // Written in the contract for everybody: own occupation, lump sum without reference to
            // income, half pay for 180 days of part-time, 100 % for the inactive, IPP from 33 %.
            7..=10 | 14..=16 => BEST,
            _ => None,
        }
    }

    /// Whether the guarantee that criterion `number` is about was taken.
    pub fn subscribes(&self, number: u8) -> bool {
        needed(number).is_none_or(|guarantee| self.pack.covers(guarantee))
    }

    /// Whether the last repayment comes before the birthday that ends the guarantee.
    pub fn lasts(&self, guarantee: Guarantee) -> bool {
        self.loan_end < anniversary(self.birth_date, guarantee.end_age())
    }

    /// The shortest waiting period of the list that the cover's own does not pass.
    fn franchise(&self) -> Option<usize> {
        let within = |days: &str| days.parse().is_ok_and(|days: u16| self.franchise_days <= days);
        FRANCHISE.iter().position(|value| within(value.code))
    }

    /// Without the option, a stay of ten days or surgery is the condition (`docs/domain/product.md`, mno).
    const fn mno(&self) -> Option<usize> {
        if self.mno_included { BEST } else { Some(2) }
    }
}

/// The guarantee without which a criterion is void; none for the first two.
const fn needed(number: u8) -> Option<Guarantee> {
    match number {
        3 => Some(Guarantee::Deces),
        4 => Some(Guarantee::Ptia),
        5..=12 => Some(Guarantee::Itt),
        16 => Some(Guarantee::Ipp),
        13..=18 => Some(Guarantee::Ipt),
        _ => None,
    }
}

const fn yes(is_met: bool) -> Option<usize> {
    if is_met { BEST } else { None }
}
