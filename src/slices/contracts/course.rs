//! How a contract goes on, as its pages and the API say it: when its cover begins, and which premiums are still to
//! come. Pure: what was signed is read, never computed again.

use jiff::civil::Date;

use super::model::{BankRequest, Contract, Premium};
use crate::domain::dossier::State;
use crate::kernel::french;

/// When the cover of a contract begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    /// It will not: the lender refused, the contract was renounced or replaced.
    Never,
    /// On this day, or since then: not before the day that was signed, nor before the day that was asked of the lender.
    On(Date),
    /// Its day has come, and something is still missing: the lender's word, or who pays.
    Waits,
}

impl Begins {
    /// Of this contract, whose dossier stands so.
    pub(super) fn of(
        contract: &Contract,
        request: &BankRequest,
        (state, today): (State, Date),
    ) -> Self {
        let day = request.cover_from(contract);
        let has_begun = matches!(state, State::InForce | State::Amending | State::Suspended);
        if contract.ended_at.is_some() || request.is_refused() {
            Self::Never
        } else if has_begun || day > today {
            Self::On(day)
        } else {
            Self::Waits
        }
    }

    /// What people read; empty when it never begins.
    pub(super) fn words(self) -> String {
        match self {
            Self::Never => String::new(),
            Self::On(day) => french::day(day),
            Self::Waits => "Pas encore".to_owned(),
        }
    }

    /// The premiums that will be debited, or were, from this day on, in their order.
    pub(super) fn debits(self, premiums: &[Premium], from: Date) -> impl Iterator<Item = &Premium> {
        let from = match self {
            Self::On(day) => Some(day.max(from)),
            Self::Never | Self::Waits => None,
        };
        premiums.iter().filter(move |row| from.is_some_and(|from| row.due_on >= from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn premium(month: u32, due_on: &str) -> Premium {
        let due_on = due_on.parse().expect("a day");
        Premium { month, due_on, premium_cents: 1508, outstanding_cents: 0 }
    }

    #[test]
    fn nothing_is_debited_before_cover_begins_nor_when_it_never_does() {
        let premiums =
            [premium(1, "2026-12-15"), premium(2, "2027-01-15"), premium(3, "2027-02-15")];
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let months = |begins: Begins, from: &str| -> Vec<u32> {
            begins.debits(&premiums, day(from)).map(|row| row.month).collect()
        };
        let on = |text| Begins::On(day(text));
        assert_eq!(months(on("2026-12-11"), "2026-11-27"), [1, 2, 3]);
        assert_eq!(months(on("2027-02-01"), "2026-11-27"), [3]);
        assert_eq!(months(on("2026-12-11"), "2027-01-16"), [3]);
        for none in [Begins::Never, Begins::Waits] {
            assert_eq!(months(none, "2026-11-27"), Vec::<u32>::new());
        }
    }
}
