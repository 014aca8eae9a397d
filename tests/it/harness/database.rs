//! Databases of the tests, made on the server of `TEST_DATABASE_URL` and dropped with their last user.

use std::sync::{Arc, Weak};

use assurly::platform::clock::Entropy;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection};
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
        let database = Arc::new(Self::empty().await);
        database.open().migrate().await.expect("the migrations apply");
        *shared = Arc::downgrade(&database);
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
        let (server, drop) = (self.server.clone(), format!("DROP DATABASE {}", self.name));
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(run(server, drop))
        });
        // A server that is gone has no database left to drop.
        let _ended = dropped.join();
    }
}

#[expect(clippy::disallowed_methods, reason = "tests find their server there")]
fn server() -> String {
    std::env::var("TEST_DATABASE_URL").expect(MISSING)
}

async fn run(server: SecretString, sql: String) -> Result<(), sqlx::Error> {
    let mut connection = MySqlConnection::connect(server.expose_secret()).await?;
    // A test that fails in the middle of a transaction must be heard, not wait for itself.
    connection.execute("SET SESSION lock_wait_timeout = 10").await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await
}
