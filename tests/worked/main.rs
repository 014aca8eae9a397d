//! Worked examples: every row of the tables in `tests/data` and every worked number of the
//! reference is a test.

mod costs;
mod laws;
mod loans;
mod premiums;
mod project;
mod published;
mod table;
