//! A lender's own schedule, checked: it replaces the computed one (`docs/domain/loans.md`).

use jiff::civil::Date;

use super::purpose::LoanKind;
use super::schedule::{Revision, Row, Schedule};
use crate::kernel::calendar::add_months;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// One row as the lender gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedRow {
    /// Due date.
    pub due: Date,
    /// Interest.
    pub interest: Cents,
    /// Capital repaid; negative while interest is capitalised.
    pub principal: Cents,
}

/// Why a lender's schedule cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// No row at all.
    #[error("the schedule has no row")]
    Empty,
    /// A due date that does not come after the one before it, or after the release.
    #[error("row {row}: the due date is out of order")]
    Order {
        /// Place of the row, from 0.
        row: usize,
    },
    /// Negative interest, a negative instalment, or a balance below zero.
    #[error("row {row}: the amounts are impossible")]
    Amount {
        /// Place of the row, from 0.
        row: usize,
    },
    /// The capital repaid is not the capital lent.
    #[error("the schedule leaves {left} to repay")]
    Sum {
        /// What the last row leaves.
        left: Cents,
    },
}

/// The schedule of a loan of this kind from the lender's rows.
///
/// # Errors
/// [`Mismatch`] unless every due date comes after the one before, no amount is impossible, the
/// principals add up to the capital and the last balance is zero.
pub fn imported(
    kind: LoanKind,
    capital: Cents,
    rate: Rate,
    release: Date,
    given: &[ImportedRow],
) -> Result<Schedule, Mismatch> {
    let first = given.first().ok_or(Mismatch::Empty)?;
    let mut before = release;
    let mut outstanding = capital;
    let mut rows = Vec::with_capacity(given.len());
    for (place, row) in given.iter().enumerate() {
        if row.due <= before {
            return Err(Mismatch::Order { row: place });
        }
        before = row.due;
        outstanding -= row.principal;
        let instalment = row.interest + row.principal;
        if row.interest < Cents::ZERO || instalment < Cents::ZERO || outstanding < Cents::ZERO {
            return Err(Mismatch::Amount { row: place });
        }
        rows.push(Row {
            due: row.due,
            instalment,
            interest: row.interest,
            principal: row.principal,
            early_repayment: Cents::ZERO,
            outstanding,
            insurable: insurable(kind, row.interest, instalment),
        });
    }
    if !outstanding.is_zero() {
        return Err(Mismatch::Sum { left: outstanding });
    }
    let revisions = vec![Revision::new(&rows, 0, release)];
    Ok(Schedule {
        capital,
        rate,
        release,
        later_drawdowns: Vec::new(),
        period_start: add_months(first.due, -1),
        rows,
        revisions,
    })
}

/// The capital that an in fine loan repays at once is never indemnified (`docs/domain/benefits.md`).
fn insurable(kind: LoanKind, interest: Cents, instalment: Cents) -> Cents {
    match kind {
        LoanKind::InFine | LoanKind::Relais => interest.min(instalment),
        _ => instalment,
    }
}
