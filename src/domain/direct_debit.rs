//! Premiums by direct debit (*prélèvement SEPA*): the day on which a premium is debited, and the premiums
//! whose debit is announced on a day (*pre-notification* of the SEPA Core rulebook).

use jiff::ToSpan;
use jiff::civil::Date;

use crate::kernel::holidays::{target_day_before, target_day_on_or_after};

/// The day on which a premium that is due on this day is debited: the next TARGET day when banks are closed,
/// never a day before (SEPA Core rulebook, *requested collection date*).
pub fn debited_on(due_on: Date) -> Date {
    target_day_on_or_after(due_on)
}

/// The first and the last day on which a premium is due that is announced on `today`: it is debited within so
/// many days, and not today any more, since the debtor may object until the day before. `None` when nothing is
/// debited so soon.
pub fn announced(today: Date, within_days: u8) -> Option<(Date, Date)> {
    let last_before = |day: Date| target_day_before(day.saturating_add(1.day()));
    // What is due after a TARGET day is debited on the next one or later.
    let first = last_before(today).saturating_add(1.day());
    let last = last_before(today.saturating_add(i64::from(within_days).days()));
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_due_on_a_sunday_is_debited_and_announced_as_on_monday() {
        let sunday = date(2027, 1, 10);
        assert_eq!(debited_on(sunday), date(2027, 1, 11));
        let is_announced = |today| {
            announced(today, 5).is_some_and(|(first, last)| (first..=last).contains(&sunday))
        };
        let days: Vec<Date> =
            (1..=31).map(|day| date(2027, 1, day)).filter(|day| is_announced(*day)).collect();
        assert_eq!(days, (6..=10).map(|day| date(2027, 1, day)).collect::<Vec<_>>());
    }

    #[test]
    fn within_a_long_closure_nothing_is_debited_within_a_day() {
        assert_eq!(announced(date(2026, 4, 3), 1), None, "from Good Friday to Easter Monday");
        assert!(announced(date(2026, 4, 3), 5).is_some());
    }

    proptest! {
        #[test]
        fn a_premium_is_announced_on_the_days_before_its_debit_and_on_no_other(
            start in 0..40_000_i32, due in 0..30_i32, days in 1..=14_u8,
        ) {
            let today = date(1999, 1, 1).saturating_add(start.days());
            let due = today.saturating_add((due - 7).days());
            let debit = debited_on(due);
            let is_soon = today < debit && debit <= today.saturating_add(i64::from(days).days());
            let window = announced(today, days);
            let is_in = window.is_some_and(|(first, last)| first <= due && due <= last);
            prop_assert_eq!(is_in, is_soon, "{} due {} debited {}", today, due, debit);
        }
    }
}
