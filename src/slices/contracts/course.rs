//! How a contract goes on, as its pages and the API say it: when its cover begins, and which premiums are still to
//! come. Pure: what was signed is read, never computed again.

use jiff::civil::Date;

use super::model::{BankRequest, Contract, Premium};

/// The first day of cover of a contract that will have one: not before the day that was signed, nor before the day
/// that was asked of the lender. None of one that its lender refused, that was renounced, or that was replaced.
pub(super) fn begins(contract: &Contract, request: &BankRequest) -> Option<Date> {
    let lives = contract.ended_at.is_none() && request.state != "refused";
    lives.then(|| request.effect_on.max(contract.effect_on))
}

/// The premiums that will be debited from this day on, in their order.
pub(super) fn coming(
    begins: Option<Date>,
    premiums: &[Premium],
    today: Date,
) -> impl Iterator<Item = &Premium> {
    let from = begins.map(|day| day.max(today));
    premiums.iter().filter(move |row| from.is_some_and(|from| row.due_on >= from))
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
        let months = |begins: Option<&str>, today: &str| -> Vec<u32> {
            coming(begins.map(day), &premiums, day(today)).map(|row| row.month).collect()
        };
        assert_eq!(months(Some("2026-12-11"), "2026-11-27"), [1, 2, 3]);
        assert_eq!(months(Some("2027-02-01"), "2026-11-27"), [3]);
        assert_eq!(months(Some("2026-12-11"), "2027-01-16"), [3]);
        assert_eq!(months(None, "2026-11-27"), Vec::<u32>::new());
    }
}
