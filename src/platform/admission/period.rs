//! Periods of a quota: days, weeks from Monday, months; all of them begin at midnight in Paris, where
//! the people who read the count live.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan};

use crate::platform::clock::{date_in_paris, midnight_in_paris};

/// What a quota is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first.
    Month,
}

/// One day, week or month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Of which sort.
    pub period: Period,
    /// Its first day in Paris.
    pub starts: Date,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Period {
    /// Every period, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The stable code, also its name in `RateLimit`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The one with this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.code() == code)
    }

    /// Its usual length, as `RateLimit-Policy` says it, in seconds.
    pub const fn seconds(self) -> u64 {
        match self {
            Self::Day => 86_400,
            Self::Week => 604_800,
            Self::Month => 2_592_000,
        }
    }

    /// The one that `now` is in.
    pub fn window(self, now: Timestamp) -> Window {
        let today = date_in_paris(now);
        let starts = match self {
            Self::Day => today,
            Self::Week => today.saturating_sub(days_since_monday(today.weekday()).days()),
            Self::Month => today.first_of_month(),
        };
        let next = match self {
            Self::Day => starts.saturating_add(1.day()),
            Self::Week => starts.saturating_add(7.days()),
            Self::Month => starts.saturating_add(1.month()),
        };
        let (from, until) = (midnight_in_paris(starts), midnight_in_paris(next));
        Window { period: self, starts, from, until }
    }
}

impl Window {
    /// Whether this instant is in it.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }

    /// Whole seconds until it is over, rounded up.
    pub fn seconds_left(&self, now: Timestamp) -> u64 {
        let left = self.until.duration_since(now).as_millis();
        u64::try_from(left).unwrap_or(0).div_ceil(1000)
    }
}

fn days_since_monday(day: Weekday) -> i64 {
    i64::from(day.to_monday_zero_offset())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn periods_begin_at_midnight_in_paris() {
        // Wednesday 1 July 2026, half past midnight in Paris; still June in Greenwich.
        let now = at("2026-06-30T22:30:00Z");
        for (period, starts, from, until) in [
            (Period::Day, date(2026, 7, 1), "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
            (Period::Week, date(2026, 6, 29), "2026-06-28T22:00:00Z", "2026-07-05T22:00:00Z"),
            (Period::Month, date(2026, 7, 1), "2026-06-30T22:00:00Z", "2026-07-31T22:00:00Z"),
        ] {
            let window = period.window(now);
            assert_eq!((window.starts, window.from, window.until), (starts, at(from), at(until)));
            assert!(window.holds(now) && !window.holds(at(until)));
        }
        assert_eq!(Period::Day.window(now).seconds_left(at("2026-07-01T21:59:58.5Z")), 2);
    }

    /// The Sunday on which clocks go back has 25 hours.
    #[test]
    fn a_day_has_the_length_that_it_has() {
        let window = Period::Day.window(at("2026-10-25T12:00:00Z"));
        assert_eq!(window.until.duration_since(window.from).as_secs(), 25 * 3600);
    }
}
