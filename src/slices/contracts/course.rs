//! How a contract goes on, as its pages and the API say it: when its cover begins, and what is debited of it. Pure: what
//! was signed is read, never computed again.

use jiff::civil::Date;

use super::model::{BankRequest, Contract, Due, Premium};
use crate::domain::dossier::State;
use crate::domain::tariff::collection::{Collection, on_account};
use crate::kernel::french;
use crate::kernel::money::Cents;

/// What is debited for these premiums once cover has begun on this day: those due before are not, and an amount below
/// the smallest waits for the next, but for the last (`docs/domain/tariff.md`). The premiums stay as they were signed. A
/// contract that knows no smallest amount has a debit for each premium.
pub(super) fn debits(premiums: &[Premium], from: Date, smallest: Option<i64>) -> Vec<Due> {
    let due = || premiums.iter().filter(|row| row.due_on >= from && row.premium_cents > 0);
    let Some(smallest) = smallest else {
        let alone = |row: &Premium| Due {
            month: row.month,
            due_on: row.due_on,
            amount_cents: row.premium_cents,
            premiums: 1,
        };
        return due().map(alone).collect();
    };
    let single =
        |row: &Premium| Collection { on: row.due_on, amount: Cents::new(row.premium_cents) };
    let collected = on_account(due().map(single).collect(), Cents::new(smallest));
    let mut rows = due().peekable();
    let debit = |one: Collection| {
        let (mut month, mut premiums) = (0, 0);
        while let Some(row) = rows.next_if(|row| row.due_on <= one.on) {
            (month, premiums) = (row.month, premiums + 1);
        }
        Due { month, due_on: one.on, amount_cents: one.amount.get(), premiums }
    };
    collected.into_iter().map(debit).collect()
}

/// How it is said beside a debit that it is of several premiums; empty when it is of one.
pub(super) fn gathered(debit: &Due) -> String {
    if debit.premiums < 2 {
        return String::new();
    }
    format!("Il réunit {} échéances, trop petites pour être prélevées seules.", debit.premiums)
}

/// How it is said that a debit below the smallest amount is carried to the next one; none when no premium is, from this
/// day on.
pub(super) fn carrying(premiums: &[Premium], from: Date, smallest: Option<i64>) -> Option<String> {
    let smallest = smallest?;
    let is_carried = debits(premiums, from, Some(smallest)).iter().any(|one| one.premiums > 1);
    is_carried.then(|| {
        format!(
            "Un prélèvement de moins de {} n’est pas fait\u{a0}: il s’ajoute au suivant. Le dernier est fait quel \
             qu’en soit le montant.",
            french::euros(Cents::new(smallest))
        )
    })
}

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

    /// What will be debited of this contract, or was, from this day on, in its order.
    pub(super) fn debits(
        self,
        (premiums, smallest): (&[Premium], Option<i64>),
        from: Date,
    ) -> impl Iterator<Item = Due> + use<> {
        let all = match self {
            Self::On(day) => debits(premiums, day, smallest),
            Self::Never | Self::Waits => Vec::new(),
        };
        all.into_iter().filter(move |one| one.due_on >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn premium(month: u32, due_on: &str, premium_cents: i64) -> Premium {
        Premium { month, due_on: day(due_on), premium_cents, outstanding_cents: 0 }
    }

    /// Number of the last month, cents and count of premiums of each debit.
    fn of(premiums: &[Premium], from: &str, smallest: Option<i64>) -> Vec<(u32, i64, u32)> {
        let all = debits(premiums, day(from), smallest).into_iter();
        all.map(|one| (one.month, one.amount_cents, one.premiums)).collect()
    }

    #[test]
    fn nothing_is_debited_before_cover_begins_nor_when_it_never_does() {
        let premiums = [
            premium(1, "2026-12-15", 1508),
            premium(2, "2027-01-15", 1508),
            premium(3, "2027-02-15", 1508),
        ];
        let alone = |month| (month, 1508, 1);
        assert_eq!(of(&premiums, "2026-12-11", Some(500)), [1, 2, 3].map(alone));
        assert_eq!(of(&premiums, "2027-02-01", Some(500)), [alone(3)]);
        assert_eq!(of(&premiums, "2027-02-01", None), [alone(3)]);
        let months = |begins: Begins, from: &str| -> Vec<u32> {
            begins.debits((&premiums, Some(500)), day(from)).map(|one| one.month).collect()
        };
        let on = |text| Begins::On(day(text));
        assert_eq!(months(on("2026-12-11"), "2026-11-27"), [1, 2, 3]);
        assert_eq!(months(on("2027-02-01"), "2026-11-27"), [3]);
        assert_eq!(months(on("2026-12-11"), "2027-01-16"), [3]);
        for none in [Begins::Never, Begins::Waits] {
            assert_eq!(months(none, "2026-11-27"), Vec::<u32>::new());
        }
    }

    #[test]
    fn a_debit_below_the_smallest_waits_for_the_next() {
        let premiums = [
            premium(1, "2026-12-15", 300),
            premium(2, "2027-01-15", 500),
            premium(3, "2027-02-15", 200),
            premium(4, "2027-03-15", 200),
            premium(5, "2027-04-15", 200),
            premium(6, "2027-05-15", 499),
            premium(7, "2027-06-15", 0),
        ];
        // The last one is whatever it is, on the day of the last premium that costs something.
        let carried = [(2, 800, 2), (5, 600, 3), (6, 499, 1)];
        assert_eq!(of(&premiums, "2026-12-11", Some(500)), carried);
        // What was due before cover begins is carried nowhere.
        assert_eq!(of(&premiums, "2027-01-01", Some(500)), [(2, 500, 1), (5, 600, 3), (6, 499, 1)]);
        assert_eq!(of(&premiums, "2027-03-01", Some(500)), [(6, 899, 3)]);
        // A contract of before: each premium alone.
        assert_eq!(of(&premiums, "2026-12-11", None).len(), 6);
        let said = carrying(&premiums, day("2026-12-11"), Some(500)).expect("carried");
        assert!(said.contains("5,00"), "{said}");
        assert_eq!(carrying(&premiums, day("2026-12-11"), Some(100)), None);
        assert_eq!(carrying(&premiums, day("2026-12-11"), None), None);
    }

    #[test]
    fn two_premiums_of_one_day_are_one_debit() {
        let premiums = [premium(1, "2027-01-05", 600), premium(2, "2027-01-05", 700)];
        assert_eq!(of(&premiums, "2026-12-11", Some(500)), [(2, 1300, 2)]);
    }

    proptest! {
        /// Not a cent more or less than the premiums, each premium once, and no debit too small but the last.
        #[test]
        fn debits_are_the_premiums(cents in prop::collection::vec(0_i64..2000, 0..60), first in 0_usize..60) {
            let start = day("2026-12-05");
            let premiums: Vec<_> = (1..).zip(&cents).map(|(month, cents)| Premium {
                month,
                due_on: crate::kernel::calendar::add_months(start, i32::try_from(month).unwrap_or(0)),
                premium_cents: *cents,
                outstanding_cents: 0,
            }).collect();
            let from = premiums.get(first).map_or(start, |row| row.due_on);
            let due: Vec<_> =
                premiums.iter().filter(|row| row.due_on >= from && row.premium_cents > 0).collect();
            let all = debits(&premiums, from, Some(500));
            prop_assert_eq!(
                all.iter().map(|one| one.amount_cents).sum::<i64>(),
                due.iter().map(|row| row.premium_cents).sum::<i64>()
            );
            let count: u32 = all.iter().map(|one| one.premiums).sum();
            prop_assert_eq!(usize::try_from(count).unwrap_or_default(), due.len());
            for (place, one) in all.iter().enumerate() {
                prop_assert!(one.amount_cents >= 500 || place + 1 == all.len());
                prop_assert!(due.iter().any(|row| row.month == one.month && row.due_on == one.due_on));
            }
        }
    }
}
