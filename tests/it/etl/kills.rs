//! Loads that are killed, cut, doubled or fooled: nothing is lost, nothing is there twice.

use std::fs;
use std::process::Stdio;
use std::sync::Arc;

use assurly::platform::clock::{Clock, Entropy};
use assurly::platform::db::Endpoint;
use assurly::slices::campaigns::etl::load::{Listener, LoadError, LoadOptions, Loader};
use assurly::slices::campaigns::etl::prepare;
use assurly::slices::campaigns::etl::schema::Definition;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{Bench, dvf};
use crate::harness::app::settings;
use crate::harness::wire::Wire;
use crate::harness::{eventually, soon};

/// A generated file and its oracle.
async fn generated(bench: &Bench, rows: &str, seed: &str) -> (String, Value) {
    let file = bench.path("valeursfoncieres-2021.txt");
    let bad = ["generate", &file, "--rows", rows, "--seed", seed, "--bad-every", "500"];
    let oracle = bench.done(&bad).await;
    (file, oracle)
}

/// What was loaded is what the generator says.
async fn as_the_oracle_says(bench: &Bench, run: u64, oracle: &Value, report: &Value) {
    assert_eq!(report["rows"], oracle["rows"], "{report}");
    assert_eq!(report["sales"], oracle["sales"], "{report}");
    let reasons: std::collections::BTreeMap<String, u64> =
        serde_json::from_value::<Vec<(String, u64)>>(report["reasons"].clone())
            .expect("reasons")
            .into_iter()
            .collect();
    assert_eq!(serde_json::to_value(reasons).expect("JSON"), oracle["rejects"]);
    let check = |sql: String, key: &'static str| {
        let expected = oracle[key].as_i64().expect("a number");
        async move { assert_eq!(bench.number(&sql).await, expected, "{key}") }
    };
    let table = format!("dvf_row_r{run}");
    check(format!("SELECT COUNT(*) FROM {table}"), "rows").await;
    let cents = format!("SELECT CAST(SUM(valeur_fonciere) * 100 AS SIGNED) FROM {table}");
    check(cents, "price_cents").await;
    let none = format!("SELECT COUNT(*) FROM {table} WHERE valeur_fonciere IS NULL");
    check(none, "without_price").await;
    let corsica = format!("SELECT COUNT(*) FROM {table} WHERE code_departement IN ('2A', '2B')");
    check(corsica, "corsica").await;
    let letters = format!("SELECT COUNT(*) FROM {table} WHERE lot_1 LIKE 'A%'");
    check(letters, "lots_with_letters").await;
    check(format!("SELECT COUNT(*) FROM {table} WHERE voie LIKE '\"%'"), "quotes").await;
    let back = format!("SELECT COUNT(*) FROM {table} WHERE INSTR(voie, CHAR(92)) > 0");
    check(back, "backslashes").await;
    let length = format!("SELECT CAST(SUM(CHAR_LENGTH(voie)) AS SIGNED) FROM {table}");
    check(length, "street_characters").await;
    let sales = format!("SELECT COUNT(*) FROM dvf_sale_r{run}");
    check(sales, "sales").await;
}

/// Runs a load until so many chunks are committed, then kills it.
async fn killed(bench: &Bench, arguments: &[&str], commits: u64) -> bool {
    let mut child =
        bench.etl(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it runs");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut seen = 0;
    while let Some(line) = soon(lines.next_line()).await.expect("readable") {
        seen += u64::from(line.contains("committed"));
        if seen == commits {
            child.kill().await.expect("killed");
            return true;
        }
    }
    drop(child.wait().await);
    false
}

#[tokio::test]
async fn a_load_that_is_killed_again_and_again_loads_everything_once() {
    for connections in ["1", "2"] {
        let bench = Bench::new(&format!("killed-{connections}")).await;
        let (file, oracle) = generated(&bench, "30000", "7").await;
        let schema = dvf();
        let load = [
            "load",
            "--schema",
            &schema,
            "--chunk",
            "65536",
            "--connections",
            connections,
            "--log",
            "json",
            &file,
        ];
        let draw = Entropy::seeded(11);
        let mut kills = 0;
        for round in 0..6 {
            let commits = u64::from(draw.bytes::<1>()[0] % 9) + 1;
            let resume = ["resume", "--connections", connections, "--log", "json"];
            // The same command goes on, and so does `resume`.
            let arguments: &[&str] = if round % 2 == 0 { &load } else { &resume };
            kills += u64::from(killed(&bench, arguments, commits).await);
            let chunks = "SELECT CAST(COALESCE(SUM(rows_ok), 0) AS SIGNED) FROM etl_chunk";
            let rows = bench.number("SELECT COUNT(*) FROM dvf_row_r1");
            assert_eq!(rows.await, bench.number(chunks).await, "after kill {kills}");
            assert_eq!(bench.number("SELECT COUNT(*) FROM etl_edition").await, 0);
        }
        assert_eq!(kills, 6);
        let report = bench.done(&load).await;
        as_the_oracle_says(&bench, 1, &oracle, &report).await;
        assert_eq!(bench.number("SELECT COUNT(*) FROM etl_run").await, 1);
        bench.pool.close().await;
    }
}

/// Every conversation breaks while rows are on the wire: the loader says so and what to do, and what was
/// on its way is not in the table.
#[tokio::test]
async fn a_wire_that_is_cut_stops_the_load_and_resume_goes_on() {
    let bench = Bench::new("cut").await;
    let (file, oracle) = generated(&bench, "30000", "8").await;
    let schema = dvf();
    let wire = Wire::to(&bench.database.url()).await;
    let held = bench.hold(5).await;
    let load = ["load", "--schema", &schema, "--chunk", "65536", "--log", "none", &file];
    let mut command = bench.etl(&load);
    command.env("DATABASE_URL", wire.url(&bench.database.url()));
    let running = crate::harness::begun(super::output(command));
    bench.waits("INSERT INTO etl_chunk").await;
    wire.cut();
    let (code, _, err) = soon(running).await.expect("it ends");
    assert!(code == Some(1) && err.contains("connection to the database broke"), "{err}");
    assert!(err.contains("etl resume"), "{err}");
    held.rollback().await.expect("let go");
    // The server rolls back, and takes the lock away, once it has seen that nobody is there.
    let report = eventually("the load goes on", async || {
        let (code, out, err) = bench.run(&["resume"]).await;
        assert!(code == Some(0) || err.contains("another loader"), "{err}");
        (code == Some(0)).then(|| serde_json::from_str::<Value>(&out).expect("JSON"))
    })
    .await;
    as_the_oracle_says(&bench, 1, &oracle, &report).await;
    bench.pool.close().await;
}

#[tokio::test]
async fn a_second_loader_is_refused_while_the_first_one_works() {
    let bench = Bench::new("second").await;
    let (file, _) = generated(&bench, "2000", "9").await;
    let mut holder = bench.pool.pool().acquire().await.expect("a connection");
    let lock = "SELECT GET_LOCK(CONCAT('assurly.etl.', LEFT(SHA2(CONCAT(DATABASE(), '.', 'dvf'), 256), 32)), 0)";
    let taken: i64 = sqlx::query_scalar(lock).fetch_one(&mut *holder).await.expect("an answer");
    assert_eq!(taken, 1);
    let (code, _, err) = bench.run(&["load", "--schema", &dvf(), &file]).await;
    assert!(code == Some(1) && err.contains("another loader"), "{err}");
    drop(holder);
    bench.pool.close().await;
}

#[tokio::test]
async fn a_file_that_was_changed_is_refused_before_a_resume() {
    let bench = Bench::new("changed").await;
    let (file, _) = generated(&bench, "20000", "10").await;
    let schema = dvf();
    let load = ["load", "--schema", &schema, "--chunk", "65536", "--log", "json", &file];
    assert!(killed(&bench, &load, 2).await);
    let mut bytes = fs::read(&file).expect("the file");
    let at = bytes.len() - 2;
    bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
    fs::write(&file, bytes).expect("written");
    let (code, _, err) = bench.run(&["resume"]).await;
    assert!(code == Some(1) && err.contains("was changed"), "{err}");
    assert_eq!(bench.number("SELECT COUNT(*) FROM etl_edition").await, 0);
    // As a new run it is another content, which is right.
    let report = bench.done(&["load", "--schema", &schema, &file]).await;
    assert_eq!((&report["run"], &report["state"]), (&2.into(), &"published".into()));
    bench.pool.close().await;
}

/// What is loaded is what was looked at: a file that changes between the two is refused, and nothing of
/// the changed part is in a table.
#[tokio::test]
async fn a_file_that_changes_between_profile_and_load_is_refused() {
    let bench = Bench::new("between").await;
    let (file, _) = generated(&bench, "3000", "12").await;
    let settings = settings(&[("DATABASE__URL", &bench.database.url())]);
    let silent: Listener = Arc::new(|_| ());
    let text = fs::read_to_string(dvf()).expect("the schema");
    let definition = Definition::read_sealed(&text).expect("sealed");
    let s3 = &settings.campaigns.s3;
    let inputs = [file.clone()];
    let how = (1 << 20, false);
    let request = prepare::request(&inputs, definition, None, how, s3, &silent).await;
    let request = request.expect("a profile");
    let mut bytes = fs::read(&file).expect("the file");
    let at = bytes.len() - 2;
    bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
    fs::write(&file, bytes).expect("written");
    let endpoint = Endpoint::of(&settings.database).expect("an address");
    let loader = Loader::new(&endpoint, Clock::system(), s3.clone(), silent);
    let refused = soon(loader.load(&request, &LoadOptions::default())).await;
    assert!(matches!(refused, Err(LoadError::Changed(name)) if name == file));
    assert_eq!(bench.number("SELECT COUNT(*) FROM dvf_row_r1").await, 0);
    assert_eq!(bench.number("SELECT COUNT(*) FROM etl_edition").await, 0);
    bench.pool.close().await;
}
