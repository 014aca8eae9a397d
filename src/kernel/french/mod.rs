//! French as people read and type it: amounts, rates, dates, durations.
//!
//! [`write`] prints with the spaces of French typography (U+202F inside a number, U+00A0 before its
//! unit); [`read`] is liberal about what a person types and says `None` for what is not a value; names are compared as
//! banks write them.
//! No message to a person is written here, and no range is checked: the form that asks does both.

mod names;
pub mod read;
pub mod write;

pub use names::{same_name, together};
pub use write::*;
