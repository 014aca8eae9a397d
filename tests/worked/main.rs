//! Worked examples: every number of the reference that the code must give back.
//!
//! One module per file of `tests/data` or per part of the trade; each reads its expectations from
//! the files, so that a number stands in one place only.

mod benefits;
mod data;
mod derivation;
mod holidays;
mod public_tables;
