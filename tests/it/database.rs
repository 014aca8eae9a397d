//! The database's own promises, on the server that is there: one or the other engine.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use assurly::app::statements;
use assurly::platform::db::{Database, DbError, Failure, Instant, MigrationError, again};
use sqlx::migrate::Migrator;
use sqlx::{Executor, Row, SqlSafeStr};

use crate::harness::app::settings;
use crate::harness::database::TestDatabase;
use crate::harness::soon;

async fn test_migrations() -> Migrator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/migrations");
    Migrator::new(path).await.expect("the migrations of this test")
}

fn open(database: &TestDatabase, over: &[(&str, &str)]) -> Database {
    let url = database.url();
    let mut all = vec![("DATABASE__URL", url.as_str())];
    all.extend(over);
    Database::open(&settings(&all).database).expect("the address is right")
}

#[tokio::test]
async fn every_statement_is_one_that_the_server_accepts() {
    let database = TestDatabase::shared().await;
    let opened = database.open();
    let mut connection = opened.pool().acquire().await.expect("a connection");
    let mut count = 0;
    for (name, sql) in statements::all() {
        let prepared = connection.prepare(sql.into_sql_str()).await;
        assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        count += 1;
    }
    assert!(count >= 5, "the list is not empty");
    let wrong = "SELECT nothing FROM _sqlx_migrations";
    assert!(connection.prepare(wrong.into_sql_str()).await.is_err(), "a wrong one is found");
    drop(connection);
    opened.close().await;
}

#[tokio::test]
async fn copies_that_start_together_migrate_once() {
    let database = TestDatabase::empty().await;
    let copies: Vec<_> = (0..4).map(|_| database.open()).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for copy in copies {
        let migrations = test_migrations().await;
        tasks.spawn(async move {
            let migrated = copy.migrate_unless(std::future::pending(), migrations).await;
            copy.close().await;
            migrated
        });
    }
    while let Some(migrated) = soon(tasks.join_next()).await {
        migrated.expect("no panic").expect("each copy ends well");
    }
    let opened = database.open();
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM applied")
        .fetch_one(opened.pool())
        .await
        .expect("the table is there");
    assert_eq!(rows, 1);
    opened.close().await;
}

#[tokio::test]
async fn a_copy_does_not_wait_for_ever_for_another_one() {
    let database = TestDatabase::empty().await;
    let opened = open(&database, &[("DATABASE__MIGRATE_LOCK_WAIT_S", "1")]);
    let mut other = opened.pool().acquire().await.expect("a connection");
    let lock = "SELECT GET_LOCK(CONCAT('assurly.migrate.', LEFT(SHA2(DATABASE(), 256), 32)), 0)";
    let taken: i64 = sqlx::query_scalar(lock).fetch_one(&mut *other).await.expect("an answer");
    assert_eq!(taken, 1);
    let refused = soon(opened.migrate()).await;
    assert!(matches!(refused, Err(MigrationError::Locked(wait)) if wait == Duration::from_secs(1)));
    drop(other);
    opened.close().await;
}

#[tokio::test]
async fn instants_come_back_equal() {
    let database = TestDatabase::empty().await;
    let opened = database.open();
    let table = "CREATE TABLE moment (at DATETIME(6) NOT NULL)";
    sqlx::query(table).execute(opened.pool()).await.expect("created");
    let at = Instant("2026-03-29T01:30:00.123456Z".parse().expect("an instant"));
    let insert = sqlx::query("INSERT INTO moment VALUES (?)").bind(at);
    insert.execute(opened.pool()).await.expect("inserted");
    let row = sqlx::query("SELECT at, CAST(at AS CHAR) AS text FROM moment");
    let row = row.fetch_one(opened.pool()).await.expect("a row");
    assert_eq!(row.get::<Instant, _>("at"), at);
    assert_eq!(row.get::<String, _>("text"), "2026-03-29 01:30:00.123456", "kept in UTC");
    opened.close().await;
}

#[tokio::test]
async fn both_engines_are_told_to_be_strict() {
    let database = TestDatabase::empty().await;
    let opened = open(&database, &[("DATABASE__LOCK_WAIT_TIMEOUT_S", "5")]);
    let session = "SELECT @@SESSION.sql_mode, @@SESSION.time_zone, @@SESSION.innodb_lock_wait_timeout, \
                   @@SESSION.collation_connection";
    let row = sqlx::query(session).fetch_one(opened.pool()).await.expect("a row");
    let mode: String = row.get(0);
    assert!(mode.contains("ONLY_FULL_GROUP_BY") && mode.contains("STRICT_ALL_TABLES"), "{mode}");
    assert_eq!(row.get::<String, _>(1), "+00:00");
    assert_eq!(row.get::<u64, _>(2), 5);
    assert_eq!(row.get::<String, _>(3), "utf8mb4_unicode_ci");
    opened.close().await;
}

#[tokio::test]
async fn failures_are_told_apart() {
    let database = TestDatabase::empty().await;
    let over = [
        ("DATABASE__LOCK_WAIT_TIMEOUT_S", "1"),
        ("DATABASE__STATEMENT_TIMEOUT_MS", "3000"),
        ("DATABASE__ACQUIRE_TIMEOUT_MS", "3000"),
        ("DATABASE__CONNECTIONS_MAX", "2"),
    ];
    let opened = open(&database, &over);
    let pool = opened.pool();
    let table = "CREATE TABLE thing (id INT PRIMARY KEY, n INT NOT NULL)";
    sqlx::query(table).execute(pool).await.expect("created");
    let insert = "INSERT INTO thing VALUES (1, 0)";
    sqlx::query(insert).execute(pool).await.expect("inserted");
    let failure = |error: sqlx::Error| DbError::from(error).failure();

    let twice = sqlx::query(insert).execute(pool).await.expect_err("a duplicate");
    assert_eq!(failure(twice), Failure::Duplicate);
    let unknown = sqlx::query("SELECT nope FROM thing").execute(pool).await;
    assert_eq!(failure(unknown.expect_err("no such column")), Failure::Other);

    let mut holder = pool.begin().await.expect("a transaction");
    let update = "UPDATE thing SET n = n + 1 WHERE id = 1";
    sqlx::query(update).execute(&mut *holder).await.expect("held");
    let waited = sqlx::query(update).execute(pool).await.expect_err("the row is held");
    assert_eq!(failure(waited), Failure::Busy);

    let _second = pool.acquire().await.expect("the second connection");
    let none = sqlx::query(update).execute(pool).await.expect_err("no third one");
    assert_eq!(failure(none), Failure::Unreachable);
    drop((holder, _second));
    opened.close().await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped_by_the_server() {
    let database = TestDatabase::empty().await;
    let opened = open(&database, &[("DATABASE__STATEMENT_TIMEOUT_MS", "200")]);
    // A join that takes minutes, in a form that both engines stop (MySQL's SLEEP only ends early).
    let long = "SELECT COUNT(*) FROM information_schema.columns a \
                JOIN information_schema.columns b JOIN information_schema.columns c";
    let stopped = soon(sqlx::query(long).execute(opened.pool())).await;
    let failure = DbError::from(stopped.expect_err("stopped")).failure();
    assert_eq!(failure, Failure::Busy);
    opened.close().await;
}

/// On the thread that the transaction would need to end: this is how tests end.
#[tokio::test]
async fn a_database_goes_while_somebody_is_in_a_transaction() {
    let server = TestDatabase::empty().await;
    let database = TestDatabase::empty().await;
    let name = database.url().rsplit('/').next().expect("a name").to_owned();
    let opened = database.open();
    sqlx::query("CREATE TABLE thing (n INT)").execute(opened.pool()).await.expect("created");
    let mut inside = opened.pool().begin().await.expect("a transaction");
    sqlx::query("INSERT INTO thing VALUES (1)").execute(&mut *inside).await.expect("inserted");
    drop(database);
    let elsewhere = server.open();
    let left: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ?",
    )
    .bind(&name)
    .fetch_one(elsewhere.pool())
    .await
    .expect("an answer");
    assert_eq!(left, 0);
    assert!(inside.commit().await.is_err(), "its connection is gone");
    elsewhere.close().await;
}

#[tokio::test]
async fn a_password_may_come_from_a_file() {
    let database = TestDatabase::empty().await;
    let mut url = url::Url::parse(&database.url()).expect("a URL");
    let password = url.password().expect("the tests' account has one").to_owned();
    url.set_password(Some("wrong")).expect("a URL with a host");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("password");
    std::fs::write(&file, format!("{password}\n")).expect("written");
    let wrong = open(&database, &[("DATABASE__URL", url.as_str())]);
    assert!(wrong.probe().await.migrated.is_err());
    let file = file.display().to_string();
    let over = [("DATABASE__URL", url.as_str()), ("DATABASE__PASSWORD_FILE", &file)];
    let right = open(&database, &over);
    right.probe().await.migrated.expect("the file’s password is used");
    right.close().await;
}

/// What the engines do with two transactions that wait for each other: one of them is undone.
#[tokio::test]
async fn two_acts_that_wait_for_each_other_are_both_done() {
    let database = TestDatabase::empty().await;
    let opened = database.open();
    for sql in [
        "CREATE TABLE both_of (id INT PRIMARY KEY, n INT)",
        "INSERT INTO both_of VALUES (1, 0), (2, 0)",
    ] {
        sqlx::query(sql).execute(opened.pool()).await.expect("done");
    }
    // Each holds its first row before either asks for its second: the first time only.
    let (barrier, tries) = (tokio::sync::Barrier::new(2), AtomicU32::new(0));
    let act = async |first: i32, second: i32| {
        let met = AtomicBool::new(false);
        let add = "UPDATE both_of SET n = n + 1 WHERE id = ?";
        again(|| async {
            tries.fetch_add(1, Ordering::Relaxed);
            let mut transaction = opened.begin().await?;
            sqlx::query(add).bind(first).execute(&mut *transaction).await?;
            if !met.swap(true, Ordering::Relaxed) {
                barrier.wait().await;
            }
            sqlx::query(add).bind(second).execute(&mut *transaction).await?;
            Ok::<_, DbError>(transaction.commit().await?)
        })
        .await
    };
    let (one, other) = soon(async { tokio::join!(act(1, 2), act(2, 1)) }).await;
    one.expect("done");
    other.expect("done");
    assert_eq!(tries.load(Ordering::Relaxed), 3, "one was undone, and done again");
    let sum = sqlx::query_scalar::<_, i64>("SELECT CAST(SUM(n) AS SIGNED) FROM both_of");
    assert_eq!(sum.fetch_one(opened.pool()).await.expect("summed"), 4, "each once");
    opened.close().await;
}
