//! From terms to schedule: one walk over the segments, month by month, in whole cents.
//!
//! Interest of a month is rounded, instalments are rounded, and the last instalment settles the
//! balance exactly (`docs/domain/loans.md`). This holds for every kind of loan.

use rust_decimal::Decimal;

use super::annuity::{months_to_repay, weighted_instalment};
use super::schedule::{Revision, Row, Schedule};
use super::terms::{EarlyRepayment, Keep, Payment, Segment, Terms, TermsError, monthly_interest};
use crate::kernel::money::Cents;

impl Terms {
    /// The schedule (*tableau d'amortissement*) that follows from these terms.
    ///
    /// # Errors
    /// [`TermsError`] when the terms do not repay the loan.
    pub fn schedule(&self) -> Result<Schedule, TermsError> {
        if self.segments.is_empty() || self.segments.iter().any(|segment| segment.months == 0) {
            return Err(TermsError::Empty);
        }
        let rows = self.rows(self.early_repayments.len())?;
        let period_start = self.due(-1);
        let revisions = self.revisions(&rows)?;
        Ok(Schedule {
            capital: self.capital,
            rate: self.rate,
            release: self.release,
            later_drawdowns: self.later_drawdowns.clone(),
            period_start,
            rows,
            revisions,
        })
    }

    /// The rows with the first `repayments` early repayments alone.
    fn rows(&self, repayments: usize) -> Result<Vec<Row>, TermsError> {
        let mut walk = Walk::new(self, repayments);
        walk.run()?;
        if walk.next_repayment < repayments {
            return Err(TermsError::EarlyRepayment { place: walk.next_repayment });
        }
        Ok(walk.rows)
    }

    /// What the loan was before and after each early repayment.
    fn revisions(&self, rows: &[Row]) -> Result<Vec<Revision>, TermsError> {
        let mut revisions = Vec::with_capacity(self.early_repayments.len() + 1);
        let mut paid = 0;
        for made in 0..self.early_repayments.len() {
            revisions.push(Revision::new(&self.rows(made)?, paid, self.release));
            paid = self.early_repayments[made].after_month as usize;
        }
        revisions.push(Revision::new(rows, paid, self.release));
        Ok(revisions)
    }
}

struct Walk<'a> {
    terms: &'a Terms,
    /// What is left to do: shortened by early repayments that keep the instalment.
    segments: Vec<Segment>,
    balance: Cents,
    /// Instalment of weight 1, once the balance to repay is known.
    base: Option<Decimal>,
    /// Early repayments that are taken; the later ones are left out.
    repayments: &'a [EarlyRepayment],
    next_repayment: usize,
    rows: Vec<Row>,
}

impl<'a> Walk<'a> {
    fn new(terms: &'a Terms, repayments: usize) -> Self {
        Self {
            terms,
            repayments: &terms.early_repayments[..repayments],
            segments: terms.segments.clone(),
            balance: terms.capital,
            base: None,
            next_repayment: 0,
            rows: Vec::with_capacity(terms.months() as usize),
        }
    }

    fn run(&mut self) -> Result<(), TermsError> {
        let mut place = 0;
        while place < self.segments.len() && self.balance.is_positive() {
            self.segment(place)?;
            place += 1;
        }
        Ok(())
    }

    fn segment(&mut self, place: usize) -> Result<(), TermsError> {
        let mut done = 0;
        let mut planned = self.planned(place, done);
        self.check_amortises(place, planned)?;
        while done < self.segments[place].months && self.balance.is_positive() {
            done += 1;
            let last = done == self.segments[place].months && place + 1 == self.segments.len();
            self.month(self.segments[place].payment, planned, last);
            if self.repay_early(place, done)? {
                planned = self.planned(place, done);
            }
        }
        Ok(())
    }

    /// The instalment of a segment of which `done` months are over; `None` when it follows the
    /// interest.
    fn planned(&mut self, place: usize, done: u32) -> Option<Cents> {
        match self.segments[place].payment {
            Payment::Nothing | Payment::Interest => None,
            Payment::Fixed(instalment) => Some(instalment),
            Payment::Weighted(weight) => {
                let base = self.base.unwrap_or_else(|| self.solve(place, done));
                self.base = Some(base);
                Some(Cents::rounded(base * weight))
            }
        }
    }

    fn solve(&self, place: usize, done: u32) -> Decimal {
        let mut ahead = self.segments[place..].to_vec();
        ahead[0].months -= done;
        if ahead[0].months == 0 {
            ahead.remove(0);
        }
        let months_ahead: u32 = ahead.iter().map(|segment| segment.months).sum();
        if months_ahead == 0 {
            return Decimal::ZERO;
        }
        weighted_instalment(self.balance.to_decimal(), self.terms.rate.monthly(), &ahead)
    }

    /// Each step repays more than the interest of its first month, or the loan would grow.
    fn check_amortises(&self, place: usize, planned: Option<Cents>) -> Result<(), TermsError> {
        let interest = monthly_interest(self.balance, self.terms.rate);
        match planned {
            Some(instalment) if instalment <= interest => {
                Err(TermsError::NotAmortising { segment: place })
            }
            _ => Ok(()),
        }
    }

    fn month(&mut self, payment: Payment, planned: Option<Cents>, last: bool) {
        let number = i32::try_from(self.rows.len()).unwrap_or(i32::MAX);
        let regular_interest = monthly_interest(self.balance, self.terms.rate);
        // Broken days are paid with the first instalment, or join the capital when nothing is paid.
        let broken = if number == 0 { self.terms.broken_period_interest() } else { Cents::ZERO };
        let interest = regular_interest + broken;
        let owed = self.balance + interest;
        let (regular, insurable) = match (payment, planned) {
            (Payment::Nothing, _) => (Cents::ZERO, Cents::ZERO),
            // The capital of an in fine loan falls due at the end and is never indemnified.
            (_, None) => (interest, regular_interest),
            (_, Some(_)) if last => (owed, owed - broken),
            (_, Some(instalment)) => (instalment + broken, instalment.min(owed - broken)),
        };
        let instalment = if last { owed } else { regular.min(owed) };
        self.balance -= instalment - interest;
        self.rows.push(Row {
            due: self.terms.due(number),
            instalment,
            interest,
            principal: instalment - interest,
            early_repayment: Cents::ZERO,
            outstanding: self.balance,
            insurable,
        });
    }

    /// Takes the early repayment that falls after this month, if any; whether there was one.
    fn repay_early(&mut self, place: usize, done: u32) -> Result<bool, TermsError> {
        let mut any = false;
        while let Some(repayment) = self.repayments.get(self.next_repayment) {
            let month = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
            if repayment.after_month > month {
                break;
            }
            let possible = repayment.after_month == month
                && repayment.amount.is_positive()
                && repayment.amount < self.balance;
            let row = self.rows.last_mut().filter(|_| possible);
            let Some(row) = row else {
                return Err(TermsError::EarlyRepayment { place: self.next_repayment });
            };
            self.balance -= repayment.amount;
            row.early_repayment += repayment.amount;
            row.outstanding = self.balance;
            self.next_repayment += 1;
            match repayment.keep {
                Keep::Term => self.base = None,
                Keep::Instalment => self.shorten(place, done),
            }
            any = true;
        }
        Ok(any)
    }

    /// Keeps the instalment of the last segment and lets the term follow. In earlier segments the
    /// instalments simply go on until nothing is owed.
    fn shorten(&mut self, place: usize, done: u32) {
        let Some(segment) =
            self.segments.get_mut(place).filter(|_| place + 1 == self.terms.segments.len())
        else {
            return;
        };
        let (Some(base), Payment::Weighted(weight)) = (self.base, segment.payment) else { return };
        let instalment = Cents::rounded(base * weight).to_decimal();
        let months = months_to_repay(
            self.balance.to_decimal(),
            self.terms.rate.monthly(),
            instalment,
            segment.months - done,
        );
        segment.months = months.map_or(segment.months, |months| done + months);
    }
}

#[cfg(test)]
mod tests;
