//! Work that is due at an hour, or again and again: rows of one table that all copies of the program
//! share, and that no two of them do twice.
//!
//! A copy claims a row for a limited time and commits that before it begins. What the work writes, it
//! writes in a transaction that ends the job too ([`Job::finish`]): a copy that was too slow finds its
//! claim gone and undoes everything, so an effect in the database happens once however often the work
//! is begun. Effects elsewhere (messages, objects) go through the outbox, or bear being done again.
//!
//! A row holds no data: it names what it is about. This room never knows what the work is.

mod operators;
mod runner;
mod schedule;
mod settings;
mod store;
mod task;
mod tending;

pub use operators::{JobId, Listed, Refusal};
pub use runner::Jobs;
pub use schedule::Schedule;
pub use settings::JobsSettings;
pub use task::{Job, Next, Task};

/// Every statement of this room, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
