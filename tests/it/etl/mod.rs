//! Loads of open data: real files, a real database, the real program, killed for real.

mod contract;
mod dvf;
mod geo;
mod kills;
mod layouts;
mod odd_files;
mod readers;
mod segments;
mod segments_api;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use assurly::platform::db::Transaction;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};
use tokio::process::Command;

use crate::harness::database::TestDatabase;
use crate::harness::{eventually, soon};

/// A database of one's own, migrated, and a folder of one's own.
pub(crate) struct Bench {
    pub(crate) database: Arc<TestDatabase>,
    pub(crate) pool: assurly::platform::db::Database,
    pub(crate) folder: PathBuf,
}

impl Bench {
    pub(crate) async fn new(name: &str) -> Self {
        let database = Arc::new(TestDatabase::empty().await);
        let pool = database.open();
        soon(pool.migrate()).await.expect("the migrations apply");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("etl-{name}"));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).expect("a folder");
        Self { database, pool, folder }
    }

    /// A file of the folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Writes a file of the folder.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    /// `assurly etl …` on this database.
    pub(crate) fn etl(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assurly"));
        command.arg("etl").args(arguments).env_clear().env("DATABASE_URL", self.database.url());
        command.kill_on_drop(true).stdin(Stdio::null());
        command
    }

    /// Runs it, and gives the code, the output and the errors.
    pub(crate) async fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        output(self.etl(arguments)).await
    }

    /// Runs it, which must end well, and gives its document.
    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) -> impl Future<Output = Value> {
        let running = output(self.etl(arguments));
        let shown = arguments.join(" ");
        async move {
            let (code, out, err) = running.await;
            assert_eq!(code, Some(0), "{shown}: {err}");
            serde_json::from_str(&out).unwrap_or(Value::String(out))
        }
    }

    /// Proposes a schema for these sources and seals it after `correct` had a look.
    pub(crate) async fn schema(
        &self,
        name: &str,
        sources: &[&str],
        options: &[&str],
        correct: impl FnOnce(String) -> String,
    ) -> String {
        let mut arguments = vec!["profile", "--name", name];
        arguments.extend(options);
        arguments.extend(sources);
        let (code, out, err) = self.run(&arguments).await;
        assert_eq!(code, Some(0), "{err}");
        let path = self.write(&format!("{name}.toml"), correct(out));
        self.done(&["profile", "--seal", &path]).await;
        path
    }

    /// Holds a chunk of run 1 back: nobody commits it, and so nothing is published, until the
    /// transaction that is given here has ended. To be called before the load.
    pub(crate) async fn hold(&self, chunk: u32) -> Transaction {
        let mut held = self.pool.begin().await.expect("a transaction");
        let insert = format!(
            "INSERT INTO etl_chunk (run_id, file_no, chunk_no, byte_from, byte_to, line_from, rows_ok, \
             rejects, blanks, trailers, sales, crc, committed_at) \
             VALUES (1, 1, {chunk}, 0, 0, 0, 0, 0, 0, 0, 0, 0, NOW(6))"
        );
        sqlx::query(AssertSqlSafe(insert)).execute(&mut *held).await.expect("held");
        held
    }

    /// Waits until a statement that begins so waits for somebody.
    pub(crate) async fn waits(&self, statement: &str) {
        let waiting = format!(
            "SELECT COUNT(*) FROM information_schema.processlist \
             WHERE db = DATABASE() AND info LIKE '{statement}%'"
        );
        // Seen twice: a statement that is only passing is gone by then. MySQL refuses the whole look while
        // somebody's statement holds bytes that are no text (error 3854): it is taken again.
        let mut seen = 0;
        eventually(statement, async || {
            let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(waiting.clone()));
            let count = query.fetch_one(self.pool.pool()).await.unwrap_or_default();
            seen = if count > 0 { seen + 1 } else { 0 };
            (seen > 2).then_some(())
        })
        .await;
    }

    /// One number.
    #[expect(clippy::panic, reason = "this is how a test fails")]
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let row = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(self.pool.pool()).await;
        let row = row.unwrap_or_else(|error| panic!("{sql}: {error}"));
        row.try_get::<i64, _>(0).unwrap_or_else(|_| {
            let unsigned: u64 = row.get(0);
            i64::try_from(unsigned).expect("small")
        })
    }

    /// Rows of texts; NULL is empty.
    #[expect(clippy::panic, reason = "this is how a test fails")]
    pub(crate) async fn texts(&self, sql: &str) -> Vec<Vec<String>> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(self.pool.pool()).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let value = |row: &sqlx::mysql::MySqlRow, place: usize| {
            row.get::<Option<String>, _>(place).unwrap_or_default()
        };
        rows.iter().map(|row| (0..row.len()).map(|place| value(row, place)).collect()).collect()
    }
}

async fn output(mut command: Command) -> (Option<i32>, String, String) {
    let output = soon(command.output()).await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// A file of `tests/data/dvf`.
pub(crate) fn real(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/dvf");
    folder.join(name).display().to_string()
}

/// The reviewed schema of DVF.
pub(crate) fn dvf() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/dvf.toml").display().to_string()
}
