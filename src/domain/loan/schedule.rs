//! The schedule of a loan (*tableau d'amortissement*), computed or imported.

use jiff::civil::Date;

use super::terms::Drawdown;
use crate::kernel::calendar::days_between;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// One instalment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Due date.
    pub due: Date,
    /// Paid on that day, insurance and early repayment excluded.
    pub instalment: Cents,
    /// Interest of the period, broken days of the first included.
    pub interest: Cents,
    /// Capital repaid; negative while interest is capitalised.
    pub principal: Cents,
    /// Repaid before term on the same day.
    pub early_repayment: Cents,
    /// Balance after all this (*capital restant dû*).
    pub outstanding: Cents,
    /// The part of the instalment that an inability to work indemnifies: without the broken days
    /// of the first period, without the final capital of an in fine loan (`docs/domain/benefits.md`).
    pub insurable: Cents,
}

/// A schedule: whatever the kind of loan, capital, dates and rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    pub(super) capital: Cents,
    pub(super) rate: Rate,
    pub(super) release: Date,
    pub(super) later_drawdowns: Vec<Drawdown>,
    pub(super) period_start: Date,
    pub(super) rows: Vec<Row>,
    pub(super) revisions: Vec<Revision>,
}

/// What is known of a loan from a day on, until the next early repayment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The release, or the day of the early repayment.
    pub from: Date,
    /// How many instalments the whole loan has.
    pub months: usize,
    /// Mean of the instalments from then on that an inability to work would indemnify.
    pub mean_insurable: Cents,
}

impl Revision {
    /// The loan of these rows, of which `paid` are paid when it becomes so.
    pub(super) fn new(rows: &[Row], paid: usize, release: Date) -> Self {
        let ahead = &rows[paid.min(rows.len())..];
        let total: Cents = ahead.iter().map(|row| row.insurable).sum();
        let months = i128::try_from(ahead.len().max(1)).unwrap_or(1);
        Self {
            from: paid
                .checked_sub(1)
                .and_then(|last| rows.get(last))
                .map_or(release, |row| row.due),
            months: rows.len(),
            mean_insurable: Cents::of_ratio(i128::from(total.get()), months),
        }
    }
}

impl Schedule {
    /// Capital lent.
    pub const fn capital(&self) -> Cents {
        self.capital
    }

    /// Nominal annual rate.
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// Day on which the funds are released, or the first part of them.
    pub const fn release(&self) -> Date {
        self.release
    }

    /// Every release of funds, in order.
    pub fn drawdowns(&self) -> impl Iterator<Item = Drawdown> {
        let first = self.capital - self.unreleased(self.release);
        std::iter::once(Drawdown { on: self.release, amount: first })
            .chain(self.later_drawdowns.iter().copied())
    }

    /// What is still to be released after `day`.
    fn unreleased(&self, day: Date) -> Cents {
        let later = self.later_drawdowns.iter().filter(|drawdown| drawdown.on > day);
        later.map(|drawdown| drawdown.amount).sum()
    }

    /// Every instalment, in order; never empty.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Last due date.
    pub fn end(&self) -> Date {
        self.rows.last().map_or(self.release, |row| row.due)
    }

    /// First day of the period that ends with instalment `place` (from 0): the due date before it,
    /// or a month before the first.
    pub fn period_start(&self, place: usize) -> Date {
        match place.checked_sub(1).and_then(|before| self.rows.get(before)) {
            Some(before) => before.due,
            None => self.period_start,
        }
    }

    /// How many instalments are due on or before `day`.
    pub fn due_by(&self, day: Date) -> usize {
        self.rows.partition_point(|row| row.due <= day)
    }

    /// Balance after `paid` instalments.
    pub fn outstanding_after(&self, paid: usize) -> Cents {
        match paid.checked_sub(1).and_then(|last| self.rows.get(last)) {
            Some(row) => row.outstanding,
            None => self.capital,
        }
    }

    /// Balance on `day` (*capital restant dû*): an instalment due on that day counts as paid
    /// (`docs/domain/benefits.md`); what is not released yet is not owed.
    pub fn outstanding_at(&self, day: Date) -> Cents {
        if day < self.release {
            return Cents::ZERO;
        }
        match self.due_by(day) {
            0 => self.capital - self.unreleased(day),
            paid => self.outstanding_after(paid),
        }
    }

    /// What would settle the loan on `day`: the balance and the interest run since the last
    /// instalment, counted in exact days over 365.
    pub fn owed_at(&self, day: Date) -> Cents {
        let since = match self.due_by(day).checked_sub(1) {
            Some(last) => self.rows[last].due,
            None => self.release.min(day),
        };
        let owed = self.outstanding_at(day);
        let numerator = i128::from(owed.get())
            * i128::from(self.rate.micro_percent())
            * i128::from(days_between(since, day));
        owed + Cents::of_ratio(numerator, i128::from(Rate::SCALE) * 100 * 365)
    }

    /// What is lent on `day`, released or not: the whole capital until the first instalment, then
    /// the balance.
    pub fn committed_at(&self, day: Date) -> Cents {
        self.outstanding_after(self.due_by(day))
    }

    /// What is known of the loan on `day`: early repayments to come are not.
    pub fn revision_on(&self, day: Date) -> Revision {
        let begun = self.revisions.iter().rfind(|revision| revision.from <= day);
        *begun.unwrap_or(&self.revisions[0])
    }

    /// Interest over the whole loan.
    pub fn total_interest(&self) -> Cents {
        self.rows.iter().map(|row| row.interest).sum()
    }

    /// The instalment that most months share, broken days and last month aside: what a borrower
    /// calls *the* instalment. The earliest of equals.
    pub fn usual_instalment(&self) -> Cents {
        let mut best = (0, Cents::ZERO);
        let mut run = (0, Cents::ZERO);
        for row in &self.rows {
            run = if row.insurable == run.1 { (run.0 + 1, run.1) } else { (1, row.insurable) };
            if run.0 > best.0 && run.1.is_positive() {
                best = run;
            }
        }
        best.1
    }
}
