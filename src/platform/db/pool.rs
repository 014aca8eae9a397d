//! The pool, and what every connection is told when it opens.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Executor, MySqlConnection};

use super::{DatabaseSettings, DbError, statements};

statements! {
    /// Names the engine; MariaDB says so in its version.
    VERSION = "SELECT VERSION()";
}

/// MySQL's strictness on both engines: no truncation in silence, no group without its columns.
const SQL_MODE: &str = "ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,\
                        ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// The pool that slices take their connections from.
pub type Pool = MySqlPool;

/// One connection: what a use-case hands from store to store inside its transaction.
pub type Connection = MySqlConnection;

/// A transaction; dropped without a commit, nothing of it was done.
pub type Transaction = sqlx::Transaction<'static, sqlx::MySql>;

/// The database of this program. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: MySqlPool,
    options: MySqlConnectOptions,
    lock_wait: Duration,
}

/// Why the database's address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is not one.
    #[error("`database.url` cannot be used")]
    Url(#[source] sqlx::Error),
    /// The password's file cannot be read.
    #[error("`database.password_file` cannot be read")]
    Password(#[source] std::io::Error),
}

impl Database {
    /// Begins a transaction.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin(&self) -> Result<Transaction, DbError> {
        Ok(self.pool.begin().await?)
    }

    /// Prepares the pool; connects to nothing yet. Must be called on the runtime.
    ///
    /// # Errors
    /// The address or the password's file is wrong.
    pub fn open(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let options = connect_options(settings)?;
        let session = Session::new(settings);
        let pool = MySqlPoolOptions::new()
            .min_connections(settings.connections_min)
            .max_connections(settings.connections_max)
            .acquire_timeout(settings.acquire_timeout())
            .idle_timeout(Duration::from_millis(settings.idle_timeout_ms))
            .max_lifetime(Duration::from_millis(settings.connection_life_ms))
            .after_connect(move |connection, _| Box::pin(session.begin(connection)))
            .connect_lazy_with(options.clone());
        Ok(Self { pool, options, lock_wait: Duration::from_secs(settings.migrate_lock_wait_s) })
    }

    /// The pool.
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Writes the pool's figures down.
    pub fn measure(&self) {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        let open = self.pool.size();
        metrics::gauge!("db_pool_connections", "state" => "idle").set(idle);
        metrics::gauge!("db_pool_connections", "state" => "in_use").set(open.saturating_sub(idle));
        metrics::gauge!("db_pool_connections_max").set(self.pool.options().get_max_connections());
    }

    /// How to open a connection outside the pool.
    pub(super) const fn connect_options(&self) -> &MySqlConnectOptions {
        &self.options
    }

    /// Closes every connection; waits for those in use.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// How long a copy waits for another one that migrates.
    pub(super) const fn lock_wait(&self) -> Duration {
        self.lock_wait
    }

    /// A connection of its own with no limit of time per statement: for migrations.
    pub(super) async fn patient_connection(&self) -> Result<MySqlConnection, sqlx::Error> {
        let mut connection = self.options.connect().await?;
        let session = Session { statement: None, lock_wait_s: self.lock_wait.as_secs() };
        match session.begin(&mut connection).await {
            Ok(()) => Ok(connection),
            Err(error) => {
                // Already failing: whether the farewell arrives changes nothing.
                drop(connection.close().await);
                Err(error)
            }
        }
    }
}

fn connect_options(settings: &DatabaseSettings) -> Result<MySqlConnectOptions, OpenError> {
    let options: MySqlConnectOptions =
        settings.url.expose_secret().parse().map_err(OpenError::Url)?;
    let options = options
        .charset("utf8mb4")
        .collation("utf8mb4_unicode_ci")
        .timezone(Some("+00:00".to_owned()))
        // Both are said in `SQL_MODE`, once.
        .pipes_as_concat(false)
        .no_engine_substitution(false);
    Ok(match password(settings)? {
        Some(password) => options.password(password.expose_secret()),
        None => options,
    })
}

/// The password of the file, without the line's end that editors add.
pub(super) fn password(settings: &DatabaseSettings) -> Result<Option<SecretString>, OpenError> {
    if settings.password_file.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&settings.password_file).map_err(OpenError::Password)?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).into()))
}

/// What a connection is told when it opens.
#[derive(Clone, Copy)]
struct Session {
    /// Longest statement; no limit when `None`.
    statement: Option<Duration>,
    lock_wait_s: u64,
}

impl Session {
    const fn new(settings: &DatabaseSettings) -> Self {
        Self {
            statement: Some(Duration::from_millis(settings.statement_timeout_ms)),
            lock_wait_s: settings.lock_wait_timeout_s,
        }
    }

    async fn begin(self, connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
        let version: String = sqlx::query_scalar(VERSION).fetch_one(&mut *connection).await?;
        // Numbers and constants of ours only: nothing that anybody sent.
        let sql = format!(
            "SET SESSION sql_mode = '{SQL_MODE}', innodb_lock_wait_timeout = {}, {}",
            self.lock_wait_s,
            statement_limit(version.contains("MariaDB"), self.statement.unwrap_or_default()),
        );
        connection.execute(AssertSqlSafe(sql)).await?;
        // Rows are locked one by one: the default also locks the gaps between them, where two
        // transactions that write neighbours wait for each other. What is read and then decided on is
        // read FOR UPDATE.
        connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
        Ok(())
    }
}

/// The engines count differently: MySQL in milliseconds and for reads, MariaDB in seconds and for
/// every statement. Zero is no limit on both.
fn statement_limit(mariadb: bool, limit: Duration) -> String {
    if mariadb {
        format!("max_statement_time = {}", limit.as_secs_f64())
    } else {
        format!("max_execution_time = {}", limit.as_millis())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_is_told_the_limit_in_its_own_unit() {
        let limit = Duration::from_millis(2500);
        assert_eq!(statement_limit(true, limit), "max_statement_time = 2.5");
        assert_eq!(statement_limit(false, limit), "max_execution_time = 2500");
    }
}
