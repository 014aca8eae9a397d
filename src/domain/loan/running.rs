//! A loan already running, known by what is left to repay.

use jiff::civil::Date;

use super::terms::Terms;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// How many instalments of an ordinary loan are paid when about `outstanding` is left: the month
/// whose balance is nearest, the earlier of two equals, never the last.
///
/// `None` when the loan has no schedule.
pub fn elapsed_months(capital: Cents, rate: Rate, months: u32, outstanding: Cents) -> Option<u32> {
    // The balance does not depend on the dates.
    let schedule =
        Terms::amortising(capital, rate, months, Date::constant(2000, 1, 1)).schedule().ok()?;
    let last = schedule.rows().len().saturating_sub(1);
    let distance = |paid: &usize| (schedule.outstanding_after(*paid) - outstanding).abs();
    (0..=last).min_by_key(distance).and_then(|paid| u32::try_from(paid).ok())
}
