//! Generated files in the real layout, all departments, with an oracle: what a right load must find.
//! Seeded: the same seed writes the same bytes. Reads nothing.

mod oracle;
mod rows;

pub use oracle::Oracle;
pub use rows::{GenerateOptions, generate};
