//! Worked examples: every row of the tables in `tests/data` and every worked number of the
//! reference is a test.

#[path = "premiums.rs"]
mod premiums;
mod project;
