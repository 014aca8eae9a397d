//! Loads and segments in the back office, on real rows: followed, counted, kept, exported.

use crate::etl::{Bench, dvf, real};
use crate::harness::app::App;
use crate::harness::staff::Staffer;

#[tokio::test]
async fn a_campaign_manager_counts_keeps_and_exports_a_segment() {
    let bench = Bench::new("office").await;
    let source = real("valeursfoncieres-2020-dep01.txt");
    bench.done(&["load", "--schema", &dvf(), &source]).await;
    let app = App::on_database(&bench.database, &[]).await;
    let (mut staffer, list) = Staffer::at(&app, &["campagnes"], "/gestion/segments").await;
    assert_eq!(list.heading(), "Segments", "{}", list.body);
    let browser = &mut staffer.browser;
    let wrong = "/gestion/segments/nouveau?compter=1&du=31/02/2020&au=31/12/2020";
    let page = browser.open(wrong).await;
    assert_eq!(page.status, 422, "{}", page.body);
    assert!(page.says("Indiquez un jour qui existe"), "{}", page.body);
    let asked = "/gestion/segments/nouveau?compter=1&zone=departements&zones=01\
                 &du=01/01/2020&au=31/12/2020&nature=vente&maison=1";
    let page = browser.open(asked).await;
    let sql = "SELECT COUNT(*) FROM dvf_sale_r1 WHERE kind = 1 AND price_cents >= 10000 \
               AND nature = 'Vente' AND sold_on BETWEEN '2020-01-01' AND '2020-12-31'";
    let expected = assurly::kernel::french::number(bench.number(sql).await);
    assert!(page.body.contains(&format!("{expected}\u{a0}ventes")), "{expected}: {}", page.body);
    let form = page.form("/gestion/segments/nouveau").with(&[("nom", "=Maisons de l’Ain")]);
    let kept = browser.submit(&form).await;
    assert!(kept.says("Le segment est enregistré."), "{}", kept.body);
    browser.submit(&form).await;
    assert_eq!(bench.number("SELECT COUNT(*) FROM campaign_segment").await, 1, "one act");
    let path = kept.at.split('?').next().expect("a path");
    let export = browser.open(&format!("{path}/export.csv")).await;
    assert!(export.body.starts_with("departement,commune,type,ventes"), "{}", export.body);
    assert!(export.headers["content-type"].to_str().expect("text").starts_with("text/csv"));
    let events = "SELECT COUNT(*) FROM campaign_event WHERE party IS NOT NULL AND kind = ";
    for (kind, count) in [("counted", 1), ("kept", 1), ("exported", 1)] {
        assert_eq!(bench.number(&format!("{events}'{kind}'")).await, count, "{kind}");
    }
    let mut foreign = form.clone();
    foreign.values.insert("jeton".to_owned(), "0".repeat(64));
    assert_eq!(browser.submit(&foreign).await.status, 403);
    let loads = browser.open("/gestion/chargements").await;
    assert!(loads.says("Publié"), "{}", loads.body);
    let run = browser.open("/gestion/chargements/1").await;
    let rows =
        assurly::kernel::french::number(bench.number("SELECT COUNT(*) FROM dvf_row_r1").await);
    assert!(run.says("Rapport") && run.body.contains(&rows), "{}", run.body);
    assert_eq!(browser.open("/gestion/chargements/99").await.status, 404);
    let (mut other, _) = Staffer::at(&app, &["gestionnaires"], "/gestion").await;
    assert_eq!(other.browser.open("/gestion/segments").await.status, 403);
    assert_eq!(other.browser.open(&format!("{path}/export.csv")).await.status, 403);
    bench.pool.close().await;
}
