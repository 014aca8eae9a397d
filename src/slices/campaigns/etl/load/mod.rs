//! Loading: rows, rejects and checkpoint of a chunk in one transaction, which is the whole argument for
//! "exactly once". The only room that knows `mysql_async`, because sqlx cannot stream LOAD DATA LOCAL.
//! It never sends a value that was not checked, and never publishes half an edition.

mod buffers;
mod chunk;
mod error;
mod events;
mod finish;
mod insert;
mod job;
mod loader;
mod months;
mod open;
mod repair;
mod report;
mod session;
mod store;

pub use error::LoadError;
pub use events::{Event, Listener, Phase};
pub use job::LoadOptions;
pub use loader::{LoadRequest, Loader};
pub use report::{FileReport, Report};

/// Every statement of this room, for the test that prepares them.
pub(crate) const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
