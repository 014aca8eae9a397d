//! The database: one bounded pool, the same behaviour on MySQL and MariaDB, embedded migrations.
//!
//! With the slices' `store.rs`, the only rooms that know SQL. The pool connects when it is first
//! used, so that the service starts, and says what is wrong, while the database is away.

mod again;
mod endpoint;
mod errors;
mod migrate;
mod pool;
mod probe;
mod settings;
mod statements;
mod types;
mod whole;

pub use again::{Contended, again};
pub use endpoint::Endpoint;
pub use errors::{DbError, Failure};
pub use migrate::{MigrationError, migrator};
pub use pool::{Connection, Database, OpenError, Pool, Transaction};
pub use probe::Probe;
pub use settings::DatabaseSettings;
pub use statements::Statement;
pub(crate) use statements::statements;
pub use types::Instant;
pub use whole::{MigrationsHeld, Server, Table};

/// Every statement of this room, part by part, for the test that prepares them.
pub const STATEMENTS: &[&[Statement]] =
    &[pool::STATEMENTS, probe::STATEMENTS, migrate::STATEMENTS, whole::STATEMENTS];
