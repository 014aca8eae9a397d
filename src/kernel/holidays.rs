//! Legal holidays of France (*jours fériés*), the business days between them, and TARGET days.
//!
//! French law counts delays in *jours ouvrés* (Monday to Friday) or *jours ouvrables* (Monday to
//! Saturday), both without the eleven holidays of art. L3133-1 C. trav.; the euro payment system
//! has a calendar of its own (`docs/domain/calendar.md`). The two holidays that only Alsace and Moselle
//! keep are left out: a delay must end the same day in all of France.
//!
//! A delay in calendar days is no business of this file: it is plain arithmetic on dates.

use jiff::{
    ToSpan,
    civil::{Date, Weekday, date},
};

/// Easter Sunday of `year`, by the anonymous Gregorian rule (Meeus, Jones, Butcher;
/// `docs/domain/calendar.md`). Single letters are those of the published rule.
///
/// # Panics
/// Outside the years 1583 to 9999, where the Gregorian rule has no meaning.
pub fn easter_sunday(year: i16) -> Date {
    assert!(year >= 1583, "the Gregorian calendar starts in 1582");
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let place = h + l - 7 * m + 114;
    let month = i8::try_from(place / 31).expect("Easter falls in March or April");
    let day = i8::try_from(place % 31 + 1).expect("a day of the month is 1 to 31");
    date(year, month, day)
}

/// The eleven legal holidays of `year`, in order of the law's list (art. L3133-1 C. trav.).
///
/// # Panics
/// As [`easter_sunday`].
pub fn legal_holidays(year: i16) -> [Date; 11] {
    let easter = easter_sunday(year);
    let after_easter = |days: i32| easter.saturating_add(days.days());
    [
        date(year, 1, 1),
        after_easter(1),
        date(year, 5, 1),
        date(year, 5, 8),
        after_easter(39),
        after_easter(50),
        date(year, 7, 14),
        date(year, 8, 15),
        date(year, 11, 1),
        date(year, 11, 11),
        date(year, 12, 25),
    ]
}

/// Whether `day` is one of the eleven legal holidays.
pub fn is_legal_holiday(day: Date) -> bool {
    legal_holidays(day.year()).contains(&day)
}

/// Whether `day` is a *jour ouvré*: Monday to Friday, no legal holiday.
pub fn is_business_day(day: Date) -> bool {
    !is_weekend(day) && !is_legal_holiday(day)
}

/// Whether `day` is a *jour ouvrable*: Monday to Saturday, no legal holiday.
pub fn is_working_day(day: Date) -> bool {
    day.weekday() != Weekday::Sunday && !is_legal_holiday(day)
}

/// Whether the euro payment system (TARGET) settles on `day`: Monday to Friday, except 1 January,
/// Good Friday, Easter Monday, 1 May, 25 and 26 December. Other French holidays are open.
pub fn is_target_day(day: Date) -> bool {
    let easter = easter_sunday(day.year());
    let closed = [
        date(day.year(), 1, 1),
        easter.saturating_sub(2.days()),
        easter.saturating_add(1.day()),
        date(day.year(), 5, 1),
        date(day.year(), 12, 25),
        date(day.year(), 12, 26),
    ];
    !is_weekend(day) && !closed.contains(&day)
}

/// The last day of a delay of `count` *jours ouvrés* that an event on `from` opens: counting starts
/// the day after, whatever `from` is. A delay of zero ends on `from`.
pub fn add_business_days(from: Date, count: u16) -> Date {
    nth_after(from, count, is_business_day)
}

/// The same in *jours ouvrables*.
pub fn add_working_days(from: Date, count: u16) -> Date {
    nth_after(from, count, is_working_day)
}

/// The same in TARGET days.
pub fn add_target_days(from: Date, count: u16) -> Date {
    nth_after(from, count, is_target_day)
}

/// `day`, or the next TARGET day when nothing settles on it: a direct debit is never collected
/// before its due date (SEPA Core rulebook, *requested collection date*).
pub fn target_day_on_or_after(day: Date) -> Date {
    let mut day = day;
    while !is_target_day(day) {
        day = next(day);
    }
    day
}

/// The last TARGET day strictly before `day`: the latest day a file for `day` may leave (D−1).
pub fn target_day_before(day: Date) -> Date {
    let mut day = day.saturating_sub(1.day());
    while !is_target_day(day) {
        day = day.saturating_sub(1.day());
    }
    day
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn next(day: Date) -> Date {
    day.saturating_add(1.day())
}

fn nth_after(from: Date, count: u16, counts: fn(Date) -> bool) -> Date {
    let mut day = from;
    for _ in 0..count {
        day = next(day);
        while !counts(day) {
            day = next(day);
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn easter_falls_where_the_church_says() {
        for easter in [
            date(1999, 4, 4),
            date(2000, 4, 23),
            date(2008, 3, 23),
            date(2011, 4, 24),
            date(2038, 4, 25),
            date(2285, 3, 22),
        ] {
            assert_eq!(easter_sunday(easter.year()), easter);
        }
    }

    #[test]
    fn saturday_counts_for_the_law_and_not_for_the_bank() {
        let saturday = date(2026, 6, 6);
        assert!(is_working_day(saturday) && !is_business_day(saturday));
        let saturday_holiday = date(2026, 8, 15);
        assert!(!is_working_day(saturday_holiday));
        assert!(!is_working_day(date(2026, 6, 7)));
    }

    #[test]
    fn target_keeps_its_own_holidays() {
        let good_friday = date(2026, 4, 3);
        assert!(!is_target_day(good_friday) && is_business_day(good_friday));
        let bastille_day = date(2026, 7, 14);
        assert!(is_target_day(bastille_day) && !is_business_day(bastille_day));
        assert!(!is_target_day(date(2028, 12, 26)));
        assert_eq!(target_day_on_or_after(date(2026, 4, 3)), date(2026, 4, 7));
        assert_eq!(target_day_before(date(2026, 4, 7)), date(2026, 4, 2));
    }

    #[test]
    fn a_delay_of_nothing_ends_at_once() {
        let sunday = date(2026, 6, 7);
        assert_eq!(add_business_days(sunday, 0), sunday);
        assert_eq!(add_business_days(sunday, 1), date(2026, 6, 8));
        assert_eq!(add_working_days(date(2026, 6, 5), 1), date(2026, 6, 6));
        assert_eq!(add_target_days(date(2026, 12, 24), 1), date(2026, 12, 28));
    }

    fn any_day() -> impl Strategy<Value = Date> {
        (0..40_000_i32).prop_map(|n| date(1990, 1, 1).saturating_add(n.days()))
    }

    proptest! {
        #[test]
        fn a_later_start_or_a_longer_delay_never_ends_sooner(
            day in any_day(), wait in 0..30_i32, count in 0..40_u16,
        ) {
            let later = day.saturating_add(wait.days());
            prop_assert!(add_business_days(later, count) >= add_business_days(day, count));
            prop_assert!(add_business_days(day, count + 1) > add_business_days(day, count));
            prop_assert!(add_working_days(day, count) <= add_business_days(day, count));
        }

        #[test]
        fn delays_end_on_business_days_and_add_up(
            day in any_day(), first in 1..20_u16, second in 0..20_u16,
        ) {
            let half_way = add_business_days(day, first);
            prop_assert!(is_business_day(half_way));
            prop_assert_eq!(
                add_business_days(half_way, second),
                add_business_days(day, first + second)
            );
        }

        #[test]
        fn a_debit_file_leaves_before_the_collection(day in any_day()) {
            let collection = target_day_on_or_after(day);
            prop_assert!(collection >= day && is_target_day(collection));
            prop_assert!(target_day_before(collection) < collection);
        }
    }
}
