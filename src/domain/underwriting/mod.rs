//! What an assessment of risk says of one person, guarantee by guarantee, and what becomes of their
//! request (`docs/underwriting.md`).
//!
//! Pure. Nothing here knows why a guarantee is loaded or refused: reasons are the medical service's own.

pub mod aeras;
pub mod cap;
mod decision;
pub mod evidence;
mod outcome;
pub mod words;

pub use decision::{Conditions, PersonDecision, decide};
pub use outcome::{GuaranteeOutcome, Outcome};
