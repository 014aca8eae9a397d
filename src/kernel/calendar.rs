//! Civil dates: months that clamp, ages, and the time between two dates as the TAEG counts it.
//!
//! Legal holidays and business days are beside this file, in [`crate::kernel::holidays`].

use jiff::civil::{Date, date};

/// The day `months` months after `day`, clamped to the end of shorter months: the 31st gives the
/// 28th, 29th or 30th, and counting again from the 31st gives the 31st back (`docs/domain/loans.md`).
///
/// # Panics
/// Outside the years 1 to 9999, which validated dates never reach.
pub fn add_months(day: Date, months: i32) -> Date {
    month_day(day, months, day.day())
}

/// The day `number` of the month that comes `months` after that of `day`, clamped to its end.
///
/// # Panics
/// As [`add_months`].
pub fn month_day(day: Date, months: i32, number: i8) -> Date {
    let index = month_index(day) + months;
    let year = i16::try_from(index.div_euclid(12)).expect("years of contracts fit 16 bits");
    let month = i8::try_from(index.rem_euclid(12) + 1).expect("a month is 1 to 12");
    // Every month has 28 days.
    let last = if number <= 28 { number } else { date(year, month, 1).days_in_month() };
    date(year, month, number.min(last))
}

/// The `years`-th anniversary of `day`; of a 29 February it falls on the 28th in common years
/// (`docs/domain/tariff.md`).
pub fn anniversary(day: Date, years: i32) -> Date {
    add_months(day, years * 12)
}

/// Completed years from `from` to `to`; negative when `to` comes first.
pub fn completed_years(from: Date, to: Date) -> i32 {
    let years = i32::from(to.year()) - i32::from(from.year());
    if anniversary(from, years) > to { years - 1 } else { years }
}

/// Completed months from `from` to `to`, counted from `from`.
pub fn completed_months(from: Date, to: Date) -> i32 {
    let months = month_index(to) - month_index(from);
    if add_months(from, months) > to { months - 1 } else { months }
}

/// Months since year 0: equal for two days of one calendar month.
pub fn month_index(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month()) - 1
}

/// Days from `from` to `to`, not counting `from`.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// A time span as the TAEG counts it (annex to art. R314-3 C. conso., remarks c): whole months
/// counted back from the payment, then the days that remain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthsAndDays {
    /// Whole months, each a twelfth of a year.
    pub months: u16,
    /// Remaining days, each 1/365 of a year.
    pub days: u16,
}

/// The span from `from` to `to`; zero when `to` does not come after.
pub fn months_and_days(from: Date, to: Date) -> MonthsAndDays {
    let mut months = (month_index(to) - month_index(from)).max(0);
    if to.day() == from.day() {
        // The same day of the month, as nearly all payments of a loan: nothing remains.
        return MonthsAndDays { months: u16::try_from(months).unwrap_or(u16::MAX), days: 0 };
    }
    while months > 0 && add_months(to, -months) < from {
        months -= 1;
    }
    let back = add_months(to, -months);
    let days = if back == from { 0 } else { days_between(from, back).max(0) };
    MonthsAndDays {
        months: u16::try_from(months).unwrap_or(u16::MAX),
        days: u16::try_from(days).unwrap_or(u16::MAX),
    }
}

/// Dates in JSON: `YYYY-MM-DD` and nothing else, so that no other writing is read by luck.
pub mod iso {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Reads exactly ten characters, `YYYY-MM-DD`; `None` when they are not a day that exists.
    pub fn parse(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| match i {
                4 | 7 => *b == b'-',
                _ => b.is_ascii_digit(),
            });
        if !shaped {
            return None;
        }
        Date::new(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?).ok()
    }

    /// Writes the day.
    pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    /// Reads the day, or says what a day looks like.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| D::Error::custom("une date qui existe, comme 2026-06-05"))
    }

    /// The same for a date that may be missing.
    pub mod option {
        use super::{Date, Deserializer, Serializer};
        use serde::{Deserialize, Serialize};

        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        struct Day(#[serde(with = "super")] Date);

        /// Writes the day, or null.
        pub fn serialize<S: Serializer>(
            day: &Option<Date>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            day.map(Day).serialize(serializer)
        }

        /// Reads the day, or null.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Date>, D::Error> {
            Ok(Option::<Day>::deserialize(deserializer)?.map(|day| day.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_clamp_and_come_back() {
        let start = date(2026, 1, 31);
        assert_eq!(add_months(start, 1), date(2026, 2, 28));
        assert_eq!(add_months(start, 2), date(2026, 3, 31));
        assert_eq!(add_months(start, -2), date(2025, 11, 30));
        assert_eq!(anniversary(date(2024, 2, 29), 1), date(2025, 2, 28));
        assert_eq!(anniversary(date(2024, 2, 29), 4), date(2028, 2, 29));
    }

    #[test]
    fn ages_change_on_the_birthday() {
        let birth = date(1968, 9, 15);
        assert_eq!(completed_years(birth, date(2028, 9, 14)), 59);
        assert_eq!(completed_years(birth, date(2028, 9, 15)), 60);
        assert_eq!(completed_years(date(2024, 2, 29), date(2025, 2, 28)), 1);
        assert_eq!(completed_months(date(2026, 1, 31), date(2026, 2, 28)), 1);
        assert_eq!(completed_months(date(2026, 3, 17), date(2026, 5, 16)), 1);
    }

    #[test]
    fn spans_count_months_back_from_the_payment() {
        let span = |from, to| {
            let span = months_and_days(from, to);
            (span.months, span.days)
        };
        assert_eq!(span(date(2026, 3, 17), date(2026, 5, 5)), (1, 19));
        assert_eq!(span(date(2026, 6, 5), date(2026, 7, 5)), (1, 0));
        assert_eq!(span(date(2026, 6, 20), date(2026, 7, 5)), (0, 15));
        assert_eq!(span(date(2026, 6, 5), date(2046, 6, 5)), (240, 0));
        assert_eq!(span(date(2026, 6, 5), date(2026, 1, 1)), (0, 0));
    }

    #[test]
    fn reads_one_writing_of_a_date() {
        assert_eq!(iso::parse("2026-06-05"), Some(date(2026, 6, 5)));
        for text in ["2026-6-5", "20260605", "2026-02-30", "2026-06-05T00:00", "+026-06-05", ""] {
            assert_eq!(iso::parse(text), None, "{text}");
        }
    }
}
