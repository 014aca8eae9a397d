//! Loans (*prêts*): what was agreed, the schedule that follows from it, and the balance at a date.

pub mod purpose;

pub use purpose::{LoanKind, Purpose, Usage};
