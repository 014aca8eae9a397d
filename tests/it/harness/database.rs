//! Databases of the tests, made on the server of `TEST_DATABASE_URL` and dropped with their last user.

use std::sync::{Arc, Weak};

use assurly::platform::clock::Entropy;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, Row};
use tokio::sync::Mutex;
use url::Url;

const MISSING: &str = "TEST_DATABASE_URL is not set. The integration tests need a MySQL or MariaDB \
    server and an account that may create databases, for example:\n  \
    TEST_DATABASE_URL=mysql://assurly_test:secret@127.0.0.1:3306 cargo test --test it";

/// A database that exists as long as somebody holds it.
pub(crate) struct TestDatabase {
    server: SecretString,
    name: String,
}

impl TestDatabase {
    /// The database that tests share, migrated. Each test makes its own people in it.
    pub(crate) async fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<TestDatabase>> = Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(database) = shared.upgrade() {
            return database;
        }
        let database = Self::own().await;
        *shared = Arc::downgrade(&database);
        database
    }

    /// A migrated database of one's own: for tests that move their clock over other people's rows.
    pub(crate) async fn own() -> Arc<Self> {
        let database = Arc::new(Self::empty().await);
        database.open().migrate().await.expect("the migrations apply");
        database
    }

    /// An empty database of one's own: for tests that count rows or run migrations.
    pub(crate) async fn empty() -> Self {
        let server = server();
        let name = format!("assurly_test_{}", Entropy::system().hex::<6>());
        let database = Self { server: server.into(), name };
        let create = format!(
            "CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
            database.name
        );
        run(database.server.clone(), create).await.expect("the account may create databases");
        database
    }

    /// Its address, as the configuration takes it.
    pub(crate) fn url(&self) -> String {
        let mut url = Url::parse(self.server.expose_secret()).expect("a URL");
        url.set_path(&self.name);
        url.into()
    }

    /// Opened as the program does.
    pub(crate) fn open(&self) -> assurly::platform::db::Database {
        let settings = super::app::settings(&[("DATABASE__URL", &self.url())]);
        assurly::platform::db::Database::open(&settings.database).expect("the address is right")
    }
}

impl Drop for TestDatabase {
    /// On a thread of its own: a test may end, or panic, in the middle of any runtime.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(remove(server, &name))
        });
        // A server that is gone has no database left to drop.
        let _ended = dropped.join();
    }
}

#[expect(clippy::disallowed_methods, reason = "tests find their server there")]
fn server() -> String {
    std::env::var("TEST_DATABASE_URL").expect(MISSING)
}

/// Drops a database whoever is in it. The program of a test that ends may stand in the middle of a
/// transaction, on the very thread that waits here: the server would wait for it, and it for us.
async fn remove(server: SecretString, name: &str) -> Result<(), sqlx::Error> {
    let mut connection = MySqlConnection::connect(server.expose_secret()).await?;
    connection.execute("SET SESSION lock_wait_timeout = 30").await?;
    for row in sqlx::raw_sql("SHOW PROCESSLIST").fetch_all(&mut connection).await? {
        if row.try_get_unchecked::<Option<String>, _>("db")?.as_deref() == Some(name) {
            let kill = format!("KILL {}", row.try_get_unchecked::<u64, _>("Id")?);
            // It may be gone by now.
            let _gone = connection.execute(sqlx::raw_sql(AssertSqlSafe(kill))).await;
        }
    }
    connection.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await?;
    connection.close().await
}

async fn run(server: SecretString, sql: String) -> Result<(), sqlx::Error> {
    let mut connection = MySqlConnection::connect(server.expose_secret()).await?;
    // A test that fails in the middle of a transaction must be heard, not wait for itself.
    connection.execute("SET SESSION lock_wait_timeout = 10").await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await
}
