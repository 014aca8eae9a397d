//! Premiums at one flat rate, as banks quote them (`domain.md` §3.4), or at one amount a month.

use jiff::civil::Date;

use super::basis::Basis;
use super::periods::{Share, Timeline, share_on};
use crate::domain::loan::Schedule;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// One premium and the day it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlatPremium {
    /// Due date.
    pub due: Date,
    /// Amount.
    pub amount: Cents,
}

/// Premiums of a flat annual rate: `round2(base × share × rate / 1200)` each month, whatever the
/// age.
pub fn at_rate(
    rate: Rate,
    basis: Basis,
    shares: &[Share],
    schedule: &Schedule,
    effect: Date,
) -> Vec<FlatPremium> {
    let timeline = Timeline::new(schedule, effect);
    let priced = timeline.periods.iter().filter_map(|period| {
        let share = share_on(shares, period.start)?;
        let numerator = i128::from(timeline.base(basis, schedule, period).get())
            * i128::from(rate.micro_percent())
            * i128::from(share.get());
        let amount = Cents::of_ratio(numerator, i128::from(Rate::SCALE) * 100 * 1200);
        Some(FlatPremium {
            due: period.due,
            amount,
        })
    });
    priced.collect()
}

/// The same amount with every instalment of the loan that ends last.
pub fn monthly(amount: Cents, schedules: &[&Schedule], effect: Date) -> Vec<FlatPremium> {
    let longest = schedules.iter().max_by_key(|schedule| schedule.end());
    let periods = longest.map(|schedule| Timeline::new(schedule, effect).periods);
    let dues = periods.into_iter().flatten().map(|period| period.due);
    dues.map(|due| FlatPremium { due, amount }).collect()
}
