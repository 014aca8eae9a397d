//! A loan as a benefit sees it: what was released, what falls due, and what is still owed.
//!
//! These are the rows of the stored schedule (*tableau d'amortissement*), the lender's when it was
//! imported; nothing here computes a schedule. Late instalments and penalties are never covered,
//! so they have no place here.

use jiff::civil::Date;

use crate::domain::loan::{Drawdown, Row, Schedule};
use crate::kernel::{
    calendar::{add_months, days_between},
    money::Cents,
    rate::{Percent, Rate},
};

/// Money handed over by the lender (*déblocage*); several for a home bought on plan (VEFA).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Day of the transfer.
    pub date: Date,
    /// Amount.
    pub amount: Cents,
}

/// One row of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Day the instalment falls due.
    pub date: Date,
    /// What a monthly benefit may pay: capital and interest without insurance; for an *in fine* or
    /// bridge loan the interest alone, because the final capital is never indemnified.
    pub instalment: Cents,
    /// Balance once the instalment is paid (*capital restant dû*), capitalised interest included.
    pub outstanding: Cents,
}

impl Release {
    /// The releases of a loan.
    pub fn all(schedule: &Schedule) -> Vec<Self> {
        let release = |drawdown: Drawdown| Self { date: drawdown.on, amount: drawdown.amount };
        schedule.drawdowns().map(release).collect()
    }
}

impl Due {
    /// The rows of a schedule.
    pub fn rows(schedule: &Schedule) -> Vec<Self> {
        let due = |row: &Row| Self {
            date: row.due,
            instalment: row.insurable,
            outstanding: row.outstanding,
        };
        schedule.rows().iter().map(due).collect()
    }
}

/// One loan of one insured.
#[derive(Clone, Copy, Debug)]
pub struct InsuredLoan<'a> {
    /// Releases in the order of their dates; their sum is the capital.
    pub releases: &'a [Release],
    /// Nominal annual rate.
    pub rate: Rate,
    /// Rows in the order of their dates.
    pub dues: &'a [Due],
    /// Share covered for this insured (*quotité*).
    pub share: Percent,
    /// Share of this loan that a capital benefit already repaid for the other insured.
    pub share_repaid: Percent,
}

/// What is owed on a day, instalments paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Balance after the last instalment due, without what is not released yet.
    pub outstanding: Cents,
    /// Interest run since then, counted in days over 365.
    pub accrued: Cents,
}

impl Owed {
    /// Both together.
    pub fn total(self) -> Cents {
        self.outstanding + self.accrued
    }
}

/// A row of the schedule with the period it pays for, from `start` to the day before it is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    pub(super) due: Due,
    pub(super) start: Date,
}

impl InsuredLoan<'_> {
    /// The share a benefit may still count: a loan is never indemnified above the whole.
    pub fn payable_share(&self) -> Percent {
        let left = Percent::FULL.get().saturating_sub(self.share_repaid.get());
        self.share.min(Percent::new(left).unwrap_or(Percent::FULL))
    }

    /// What is owed on `day` (`docs/domain/benefits.md`). An instalment due that day counts as paid; before
    /// the first release nothing is owed.
    pub fn owed_on(&self, day: Date) -> Owed {
        let last_due = self.dues.iter().rfind(|due| due.date <= day);
        let scheduled = last_due.map_or_else(|| self.capital(), |due| due.outstanding);
        Owed {
            outstanding: (scheduled - self.unreleased(day)).max(Cents::ZERO),
            accrued: self.accrued(day, last_due),
        }
    }

    /// Sum of the releases.
    fn capital(&self) -> Cents {
        self.releases.iter().map(|release| release.amount).sum()
    }

    fn unreleased(&self, day: Date) -> Cents {
        let later = self.releases.iter().filter(|release| release.date > day);
        later.map(|release| release.amount).sum()
    }

    /// Interest from the last instalment, and from its own day for money released since.
    fn accrued(&self, day: Date, last_due: Option<&Due>) -> Cents {
        let since = last_due.map(|due| due.date);
        let carried = last_due.map_or(Cents::ZERO, |due| {
            (due.outstanding - self.unreleased(due.date)).max(Cents::ZERO)
        });
        let fresh = self.releases.iter().filter(|release| {
            release.date <= day && since.is_none_or(|since| release.date > since)
        });
        let on_carried = since.map_or(0, |since| cent_days(carried, since, day));
        let on_fresh: i128 = fresh.map(|r| cent_days(r.amount, r.date, day)).sum();
        Cents::of_ratio(
            (on_carried + on_fresh) * i128::from(self.rate.micro_percent()),
            365 * 100 * i128::from(Rate::SCALE),
        )
    }

    /// The periods of the instalments. The first one starts with the loan; when its releases are
    /// unknown, a month before the first instalment.
    pub(super) fn periods(&self) -> impl Iterator<Item = Period> {
        let released = self.releases.first().map(|release| release.date);
        let month_before = self.dues.first().map(|due| add_months(due.date, -1));
        let first = released.or(month_before).into_iter();
        let starts = first.chain(self.dues.iter().map(|due| due.date));
        let periods = starts.zip(self.dues);
        periods.map(|(start, due)| Period { due: *due, start })
    }
}

fn cent_days(amount: Cents, from: Date, to: Date) -> i128 {
    i128::from(amount.get()) * i128::from(days_between(from, to))
}

/// The rows that count for a stop starting on `stop` when the borrower changed the instalments on
/// `changed`: a rise decided in the 90 days before the stop is ignored, a fall applies at once
/// (`docs/domain/benefits.md`). Rows are matched by their date.
pub fn without_recent_rise(before: &[Due], after: &[Due], changed: Date, stop: Date) -> Vec<Due> {
    const SUSPECT_DAYS: i32 = 90;
    let recent = changed <= stop && days_between(changed, stop) <= SUSPECT_DAYS;
    let counted = |due: &Due| {
        let old = before.iter().find(|old| old.date == due.date && recent);
        let instalment = old.map_or(due.instalment, |old| due.instalment.min(old.instalment));
        Due { instalment, ..*due }
    };
    after.iter().map(counted).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn due(date: Date, instalment: i64, outstanding: i64) -> Due {
        let (instalment, outstanding) = (Cents::new(instalment), Cents::new(outstanding));
        Due { date, instalment, outstanding }
    }

    fn on_plan() -> ([Release; 2], [Due; 2]) {
        let amount = Cents::from_euros(100_000);
        (
            [
                Release { date: date(2026, 1, 5), amount },
                Release { date: date(2026, 7, 4), amount },
            ],
            [due(date(2026, 6, 5), 50_000, 20_000_000), due(date(2026, 8, 5), 50_000, 19_950_000)],
        )
    }

    fn loan<'a>(releases: &'a [Release], dues: &'a [Due]) -> InsuredLoan<'a> {
        InsuredLoan {
            releases,
            rate: "3.65".parse().expect("a rate"),
            dues,
            share: Percent::FULL,
            share_repaid: Percent::new(0).expect("no share"),
        }
    }

    #[test]
    fn only_what_was_released_is_owed() {
        let (releases, dues) = on_plan();
        let loan = loan(&releases, &dues);
        let owed = |day| {
            let owed = loan.owed_on(day);
            (owed.outstanding.get(), owed.accrued.get())
        };
        assert_eq!(owed(date(2026, 1, 4)), (0, 0));
        assert_eq!(owed(date(2026, 1, 15)), (10_000_000, 10_000));
        assert_eq!(owed(date(2026, 6, 5)), (10_000_000, 0));
        assert_eq!(owed(date(2026, 6, 15)), (10_000_000, 10_000));
        // Thirty days on the first half, one day on the second.
        assert_eq!(owed(date(2026, 7, 5)), (20_000_000, 31_000));
        assert_eq!(owed(date(2026, 8, 5)), (19_950_000, 0));
    }

    #[test]
    fn shares_repaid_leave_the_rest() {
        let (releases, dues) = on_plan();
        let mut loan = loan(&releases, &dues);
        loan.share = Percent::new(50).expect("a share");
        assert_eq!(loan.payable_share().get(), 50);
        loan.share_repaid = Percent::new(60).expect("a share");
        assert_eq!(loan.payable_share().get(), 40);
        loan.share_repaid = Percent::FULL;
        assert_eq!(loan.payable_share().get(), 0);
    }

    #[test]
    fn a_rise_shortly_before_the_stop_is_ignored_and_a_fall_is_not() {
        let stop = date(2026, 6, 1);
        let before = [due(stop, 100, 0), due(date(2026, 7, 1), 100, 0)];
        let after = [due(stop, 150, 0), due(date(2026, 7, 1), 80, 0)];
        let counted = |changed| -> Vec<i64> {
            let rows = without_recent_rise(&before, &after, changed, stop);
            rows.iter().map(|due| due.instalment.get()).collect()
        };
        assert_eq!(counted(date(2026, 3, 3)), [100, 80]);
        assert_eq!(counted(date(2026, 3, 2)), [150, 80]);
        assert_eq!(counted(date(2026, 6, 2)), [150, 80]);
    }
}
