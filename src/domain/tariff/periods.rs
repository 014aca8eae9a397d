//! The months of a loan that one cover prices, and the insurance year each belongs to.
//!
//! A premium goes with an instalment: month m is the period that ends on due date m, or begins there
//! when cover starts later (`docs/domain/tariff.md`).

use jiff::civil::Date;

use super::basis::Basis;
use crate::domain::loan::Schedule;
use crate::kernel::calendar::{anniversary, days_between};
use crate::kernel::money::Cents;
use crate::kernel::rate::Percent;

/// A share (*quotité*) from a day on; without a day, from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// First day of this share.
    pub from: Option<Date>,
    /// Part of the loan that is insured.
    pub percent: Percent,
}

/// One whole month of cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Place of the instalment it goes with, from 0.
    pub place: usize,
    /// First day.
    pub start: Date,
    /// Due date of the instalment and of the premium.
    pub due: Date,
    /// First day of the insurance year, an anniversary of the effect date.
    pub year_start: Date,
}

/// The days of cover before the first whole month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenStart {
    /// How many days.
    pub days: i32,
    /// Day on which their premium is collected: with the first instalment that follows them.
    pub collected: Date,
}

/// The cover of one loan in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// First day of cover: the effect date, or the release when it comes later.
    pub start: Date,
    /// Whole months, in order.
    pub periods: Vec<Period>,
    /// Days before the first whole month, if any.
    pub broken_start: Option<BrokenStart>,
}

impl Timeline {
    /// The cover of a loan from `effect` on.
    pub fn new(schedule: &Schedule, effect: Date) -> Self {
        let start = effect.max(schedule.release());
        let rows = schedule.rows();
        let first = (0..rows.len()).find(|place| schedule.period_start(*place) >= start);
        let mut years = Years::new(effect);
        let periods = (first.unwrap_or(rows.len())..rows.len()).map(|place| {
            let begin = schedule.period_start(place);
            Period { place, start: begin, due: rows[place].due, year_start: years.of(begin) }
        });
        let periods: Vec<_> = periods.collect();
        let broken_start = periods.first().and_then(|first| broken_start(start, first));
        Self { start, periods, broken_start }
    }

    /// The capital on which the premium of `period` is counted. An early repayment counts from
    /// the next month on, on every basis (`docs/domain/tariff.md`).
    pub fn base(&self, basis: Basis, schedule: &Schedule, period: &Period) -> Cents {
        let revised = schedule.revision_on(period.start).from;
        match basis {
            Basis::Ci if revised > self.start => schedule.outstanding_at(revised),
            Basis::Ci => schedule.committed_at(self.start),
            // The balance on the first day of the insurance year; a loan released within the year
            // has none yet, and counts from its release.
            Basis::CrdAnnual => {
                schedule.outstanding_at(period.year_start.max(self.start).max(revised))
            }
            Basis::CrdMonthly => schedule.outstanding_at(period.start),
        }
    }
}

fn broken_start(start: Date, first: &Period) -> Option<BrokenStart> {
    let days = days_between(start, first.start);
    // A month begins on the due date before it, except the first, which has none.
    let collected = if first.place == 0 { first.due } else { first.start };
    (days > 0).then_some(BrokenStart { days, collected })
}

/// Anniversaries of the effect date, walked once.
struct Years {
    effect: Date,
    year: i32,
    start: Date,
    next: Date,
}

impl Years {
    fn new(effect: Date) -> Self {
        Self { effect, year: 0, start: effect, next: anniversary(effect, 1) }
    }

    fn of(&mut self, day: Date) -> Date {
        while self.next <= day {
            self.year += 1;
            self.start = self.next;
            self.next = anniversary(self.effect, self.year + 1);
        }
        self.start
    }
}

/// The share in force on `day`: the last that has begun.
pub fn share_on(shares: &[Share], day: Date) -> Option<Percent> {
    let begun = shares.iter().filter(|share| share.from.is_none_or(|from| from <= day));
    begun.max_by_key(|share| share.from).map(|share| share.percent)
}

/// Whole years of instalments from `place` on, rounded up (`R` of `docs/domain/tariff.md`), of a loan of
/// `months` instalments.
pub fn remaining_years(months: usize, place: usize) -> i32 {
    i32::try_from(months.saturating_sub(place).div_ceil(12)).unwrap_or(i32::MAX)
}
