//! Migrations, compiled in, and applied by one copy of the program at a time.
//!
//! The lock is a named one of the server: it is given back when its connection ends, even when the
//! copy that holds it dies. We take it ourselves because the library would wait for it for ever.

use std::time::{Duration, Instant};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, MySqlConnection};

use super::{Database, DbError};
use crate::platform::db::statements;

statements! {
    /// 1 when the lock is ours, 0 when the wait was too long. Named after the database, because
    /// named locks are the whole server's and names end at 64 characters.
    LOCK = "SELECT GET_LOCK(CONCAT('assurly.migrate.', LEFT(SHA2(DATABASE(), 256), 32)), ?)";
    /// Gives the lock back.
    UNLOCK = "SELECT RELEASE_LOCK(CONCAT('assurly.migrate.', LEFT(SHA2(DATABASE(), 256), 32)))";
    /// Whether the table of applied migrations exists.
    HAS_TABLE = "SELECT COUNT(*) FROM information_schema.tables \
                 WHERE table_schema = DATABASE() AND table_name = '_sqlx_migrations'";
    /// The newest migration that is applied.
    NEWEST = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    /// What was applied after this one, and how long each took, in nanoseconds.
    SINCE = "SELECT version, description, execution_time FROM _sqlx_migrations \
             WHERE success AND version > ? ORDER BY version";
}

/// Why the tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// Another copy holds the lock for too long.
    #[error("another copy has been migrating for more than {} s", .0.as_secs())]
    Locked(Duration),
    /// The program was asked to stop while it waited for its turn.
    #[error("given up: the program is stopping")]
    GivenUp,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Database(sqlx::Error),
    /// A migration failed, or was changed after it was applied.
    #[error(transparent)]
    Migration(#[from] MigrateError),
}

/// The error is said in the sentence itself: as a source it would be said twice.
impl From<sqlx::Error> for MigrationError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// The migrations of this program.
pub fn migrator() -> Migrator {
    sqlx::migrate!("./migrations")
}

impl Database {
    /// Applies the migrations that are missing.
    ///
    /// # Errors
    /// [`MigrationError`]; nothing more was applied.
    pub async fn migrate(&self) -> Result<(), MigrationError> {
        self.migrate_unless(std::future::pending(), migrator()).await
    }

    /// The same with these migrations, given up when `stopped` ends, but only while it waits for
    /// its turn. A migration that has begun is never cut: the engines commit each statement by
    /// itself, and the rest of a file would have to be repaired by hand (`migrations/README.md`).
    ///
    /// # Errors
    /// As [`Self::migrate`]; [`MigrationError::GivenUp`].
    pub async fn migrate_unless(
        &self,
        stopped: impl Future<Output = ()>,
        mut migrator: Migrator,
    ) -> Result<(), MigrationError> {
        migrator.set_locking(false);
        // A newer copy may have added to the tables already: expand, then contract.
        migrator.set_ignore_missing(true);
        let mut connection = tokio::select! {
            connection = self.locked_connection() => connection?,
            () = stopped => return Err(MigrationError::GivenUp),
        };
        let before = newest(&mut connection).await?;
        let outcome = migrator.run_direct(None, &mut connection, false).await;
        tell(&mut connection, before).await;
        if outcome.is_err() {
            metrics::counter!("db_migrations_failed_total").increment(1);
        }
        // The server gives the lock back with the connection: a failure here changes nothing.
        drop(sqlx::query(UNLOCK).execute(&mut connection).await);
        drop(connection.close().await);
        Ok(outcome?)
    }

    /// A connection that holds the lock.
    pub(super) async fn locked_connection(&self) -> Result<MySqlConnection, MigrationError> {
        let mut connection = self.patient_connection().await?;
        lock(&mut connection, self.lock_wait()).await?;
        Ok(connection)
    }

    /// Whether every migration of this program is applied.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn is_migrated(&self) -> Result<bool, DbError> {
        let mut connection = self.pool().acquire().await?;
        Ok(is_migrated(&mut connection).await?)
    }
}

/// Whether every migration of this program is applied.
pub(super) async fn is_migrated(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
    let needed = migrator().iter().map(|m| m.version).max().unwrap_or(0);
    Ok(newest(connection).await? >= needed)
}

/// The newest migration that is applied; 0 when there is none.
pub(super) async fn newest(connection: &mut MySqlConnection) -> Result<i64, sqlx::Error> {
    let tables: i64 = sqlx::query_scalar(HAS_TABLE).fetch_one(&mut *connection).await?;
    if tables == 0 {
        return Ok(0);
    }
    sqlx::query_scalar(NEWEST).fetch_one(&mut *connection).await
}

/// Says what was applied after `before`. We hold the lock: all of it is our own work.
async fn tell(connection: &mut MySqlConnection, before: i64) {
    let applied = sqlx::query_as::<_, (i64, String, i64)>(SINCE).bind(before);
    // Only a line of the log is lost when this fails.
    for (version, description, nanos) in applied.fetch_all(connection).await.unwrap_or_default() {
        metrics::counter!("db_migrations_applied_total").increment(1);
        tracing::info!(version, description, duration_ms = nanos / 1_000_000, "migration applied");
    }
}

async fn lock(connection: &mut MySqlConnection, wait: Duration) -> Result<(), MigrationError> {
    if is_taken(connection, 0).await? {
        return Ok(());
    }
    tracing::info!(longest_s = wait.as_secs(), "waiting for another copy that migrates");
    let started = Instant::now();
    let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
    if !is_taken(connection, seconds).await? {
        return Err(MigrationError::Locked(wait));
    }
    let waited_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(waited_ms, "the other copy has migrated");
    Ok(())
}

/// Whether the lock could be taken within so many seconds.
async fn is_taken(connection: &mut MySqlConnection, wait_s: i64) -> Result<bool, sqlx::Error> {
    let taken: Option<i64> = sqlx::query_scalar(LOCK).bind(wait_s).fetch_one(connection).await?;
    Ok(taken == Some(1))
}
