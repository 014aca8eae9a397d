//! Worked examples: every number of the reference that the code must give back, and laws that hold
//! for every loan.
//!
//! One module per file of `tests/data` or per part of the trade; each reads its expectations from
//! the files, so that a number stands in one place only.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a number that is missing or cannot be read is a failing test"
)]

mod benefits;
mod costs;
mod data;
mod derivation;
mod holidays;
mod laws;
mod loans;
mod premiums;
mod project;
mod public_tables;
mod published;
mod readings;
mod waf;
