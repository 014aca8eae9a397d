//! Loans (*prêts*): what was agreed, the schedule that follows from it, and the balance at a date.
//!
//! A loan is an ordered list of [`Segment`]s, whatever its commercial name: deferral, steps, in
//! fine and smoothing are one mechanism (`docs/domain/loans.md`). [`terms`] says what was agreed,
//! [`amortisation`] turns it into a [`Schedule`], [`imported`] takes a lender's own.

mod amortisation;
mod annuity;
mod imported;
pub mod purpose;
mod running;
mod schedule;
mod smoothing;
mod terms;

pub use imported::{ImportedRow, Mismatch, imported};
pub use purpose::{LoanKind, Purpose, Usage};
pub use running::elapsed_months;
pub use schedule::{Revision, Row, Schedule};
pub use smoothing::smoothed;
pub use terms::{Drawdown, EarlyRepayment, Keep, Payment, Segment, Terms, TermsError};
