//! Worked examples: every number of the reference that the code must give back, and laws that hold
//! for every loan.
//!
//! One module per file of `tests/data` or per part of the trade; each reads its expectations from
//! the files, so that a number stands in one place only.

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
