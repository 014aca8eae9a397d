//! What readers see while a load works: the old edition until the new one is whole, and how far it is.

use super::{Bench, dvf, real};
use crate::harness::app::App;
use crate::harness::staff::Staffer;
use crate::harness::{begun, eventually, soon};

const FILE: &str = "valeursfoncieres-2020-dep01.txt";

async fn sales(bench: &Bench) -> i64 {
    let ask = ["segment", "count", "--from", "2020-01-01", "--to", "2020-12-31"];
    bench.done(&ask).await["sales"].as_i64().expect("a count")
}

/// A reader counts the old edition as long as the new one is not published, however much of it is
/// there; then the new one, all at once; and after an undo the old one again.
#[tokio::test]
async fn a_reader_sees_one_edition_or_the_other() {
    let bench = Bench::new("swap").await;
    let text = std::fs::read_to_string(real(FILE)).expect("the file");
    let half: Vec<&str> = text.lines().take(5_000).collect();
    let first = bench.write("valeursfoncieres-2020.txt", half.join("\n"));
    bench.done(&["load", "--schema", &dvf(), &first]).await;
    let old = sales(&bench).await;
    let mut held = bench.pool.begin().await.expect("a transaction");
    let lock =
        "SELECT run_id FROM etl_edition WHERE dataset = 'dvf' AND period = '2020' FOR UPDATE";
    sqlx::query(lock).fetch_one(&mut *held).await.expect("held");
    let schema = dvf();
    let whole = real(FILE);
    let load = ["load", "--schema", &schema, "--chunk", "200000", "--log", "none", &whole];
    let running = begun(super::output(bench.etl(&load)));
    // Everything of the new edition is in its tables, and its indexes are made: it waits to be published.
    eventually("the new edition is ready", async || {
        let sql = "SELECT COUNT(*) FROM information_schema.tables \
                   WHERE table_schema = DATABASE() AND table_name = 'dvf_month_r2'";
        if bench.number(sql).await == 0 {
            return None;
        }
        (bench.number("SELECT COUNT(*) FROM dvf_month_r2").await > 0).then_some(())
    })
    .await;
    assert_eq!(bench.number("SELECT COUNT(*) FROM dvf_row_r2").await, 10_000);
    assert_eq!(sales(&bench).await, old);
    held.rollback().await.expect("let go");
    let (code, _, err) = soon(running).await.expect("it ends");
    assert_eq!(code, Some(0), "{err}");
    let new = sales(&bench).await;
    let plain = "SELECT COUNT(*) FROM dvf_sale_r2 WHERE nature = 'Vente' AND price_cents >= 10000";
    assert_eq!(new, bench.number(plain).await);
    assert!(new > old, "{old} {new}");
    bench.done(&["undo", "--period", "2020"]).await;
    assert_eq!(sales(&bench).await, old);
    bench.pool.close().await;
}

/// The page of a run that works says how far it is and asks for itself again; of one that is over it
/// does not.
#[tokio::test]
async fn the_page_of_a_load_that_works_says_how_far_it_is() {
    let bench = Bench::new("live").await;
    let app = App::on_database(&bench.database, &[]).await;
    let (mut staffer, _) = Staffer::at(&app, &["donnees"], "/gestion/chargements").await;
    let browser = &mut staffer.browser;
    let held = bench.hold(2).await;
    let (schema, source) = (dvf(), real(FILE));
    let load = ["load", "--schema", &schema, "--chunk", "200000", "--log", "none", &source];
    let running = begun(super::output(bench.etl(&load)));
    let chunks = "SELECT COUNT(*) FROM etl_chunk WHERE run_id = 1";
    // All but the one that is held, which nobody sees yet.
    let all = "SELECT COALESCE(MAX(LENGTH(chunks) DIV 20), 0) FROM etl_file WHERE run_id = 1";
    let of = eventually("the others are committed", async || {
        let of = bench.number(all).await;
        (of > 3 && bench.number(chunks).await == of - 1).then_some(of)
    })
    .await;
    bench.waits("INSERT INTO etl_chunk").await;
    let done = of - 1;
    let rows = bench.number("SELECT COUNT(*) FROM dvf_row_r1").await;
    let rows = assurly::kernel::french::number(rows);
    // What is committed is on the page at the next sign of life.
    let page = eventually("the page says how far it is", async || {
        let page = browser.open("/gestion/chargements/1").await;
        let is_told = page.says(&format!("{done} sur {of}")) && page.body.contains(&rows);
        is_told.then_some(page)
    })
    .await;
    assert!(page.says("En cours"), "{}", page.body);
    assert!(page.body.contains("http-equiv=\"refresh\""), "{}", page.body);
    let list = browser.open("/gestion/chargements").await;
    assert!(list.says("En cours") && list.body.contains("http-equiv=\"refresh\""), "{}", list.body);
    held.rollback().await.expect("let go");
    let (code, _, err) = soon(running).await.expect("it ends");
    assert_eq!(code, Some(0), "{err}");
    let page = browser.open("/gestion/chargements/1").await;
    assert!(page.says("Publié") && page.says(&format!("{of} sur {of}")), "{}", page.body);
    assert!(!page.body.contains("http-equiv=\"refresh\""), "{}", page.body);
    bench.pool.close().await;
}
