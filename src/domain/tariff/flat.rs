//! Premiums at one flat rate, as banks quote them (`docs/domain/tariff.md`), or at one amount a month.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::basis::Basis;
use super::collection::Collection;
use super::periods::{Share, Timeline, share_on};
use crate::domain::loan::Schedule;
use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// Premiums of a flat annual rate: `round2(base × share × rate / 1200)` each month, whatever the
/// age.
pub fn at_rate(
    rate: Rate,
    basis: Basis,
    shares: &[Share],
    schedule: &Schedule,
    effect: Date,
) -> Vec<Collection> {
    let timeline = Timeline::new(schedule, effect);
    let priced = timeline.periods.iter().filter_map(|period| {
        let share = share_on(shares, period.start)?;
        let base = match basis {
            // The capital lent, even when the cover begins in the middle of the loan.
            Basis::Ci => schedule.capital(),
            Basis::CrdAnnual | Basis::CrdMonthly => timeline.base(basis, schedule, period),
        };
        let numerator =
            i128::from(base.get()) * i128::from(rate.micro_percent()) * i128::from(share.get());
        let amount = Cents::of_ratio(numerator, i128::from(Rate::SCALE) * 100 * 1200);
        Some(Collection { on: period.due, amount })
    });
    priced.collect()
}

/// The same amount in every calendar month in which an instalment of one of the loans falls due, on
/// the first of these days.
pub fn monthly(amount: Cents, schedules: &[&Schedule], effect: Date) -> Vec<Collection> {
    let mut months: BTreeMap<i32, Date> = BTreeMap::new();
    for schedule in schedules {
        for period in Timeline::new(schedule, effect).periods {
            let day = months.entry(month_index(period.due)).or_insert(period.due);
            *day = period.due.min(*day);
        }
    }
    months.into_values().map(|on| Collection { on, amount }).collect()
}
