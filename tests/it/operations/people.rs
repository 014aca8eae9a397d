//! What people have a right to: everything that is kept about them, or nothing of it; and time forgets who led
//! to nothing.

use std::time::Duration;

use serde_json::Value;

use super::Place;
use crate::dossiers::{begin, describe, fill, health, hex, quote, somebody, written};
use crate::harness::app::{App, HEALTH_KEYRING, KEYRING};
use crate::harness::database::TestDatabase;
use crate::harness::eventually;
use crate::harness::surfer::Surfer;

/// The command line on this database, with the keys of the tests.
pub(super) fn place(database: &TestDatabase) -> Place {
    let mut place = Place::new(&database.url());
    place.set("CRYPTO__KEYRING_FILE", &KEYRING);
    place.set("HEALTH__KEYRING_FILE", &HEALTH_KEYRING);
    place
}

/// Somebody who declared their health and stands before the offer; their address and the page's.
pub(super) async fn declared(app: &App, name: &str) -> ((String, String), String) {
    let quote = quote(app, "1985", "150 000").await;
    let mut surfer = Surfer::new(app);
    let who = somebody(name);
    let page = begin(app, &mut surfer, &quote, &who).await;
    let gate = describe(&mut surfer, page).await;
    let questions = fill(&mut surfer, &gate, &[("action", "accepter")]).await;
    let answers: Vec<_> = health(&[]).into_iter().collect();
    let recap = fill(&mut surfer, &questions, &answers).await;
    assert_eq!(recap.heading(), "Vérifiez avant de signer", "{}", recap.body);
    (who, recap.at)
}

pub(super) async fn said(place: &Place, arguments: &[&str]) -> Value {
    let (code, text) = place.run(arguments).await;
    assert_eq!(code, Some(0), "{text}");
    serde_json::from_str(&text).expect("JSON")
}

pub(super) async fn count(app: &App, sql: &'static str, at: &str) -> i64 {
    let id = at.split('/').nth(2).and_then(|id| id.strip_prefix("dos_")).expect("a dossier");
    sqlx::query_scalar(sql).bind(hex(id)).fetch_one(app.opened().pool()).await.expect("a count")
}

pub(super) const DECLARATIONS: &str = "SELECT COUNT(*) FROM health_declaration h JOIN dossier_insured i \
    ON i.id = h.insured_id WHERE i.dossier_id = ?";
const ERASURES: &str = "SELECT COUNT(*) FROM health_access h JOIN dossier_insured i \
    ON i.id = h.insured_id WHERE i.dossier_id = ? AND h.act = 'erased' AND h.reason = 'erasure'";
pub(super) const NAMED: &str = "SELECT COUNT(*) FROM dossier_insured WHERE dossier_id = ? AND \
    (email IS NOT NULL OR mobile IS NOT NULL OR CAST(person AS CHAR) LIKE '%Camille%')";

#[tokio::test]
async fn somebody_gets_what_is_kept_and_then_has_it_erased() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[]).await;
    let place = place(&database);
    let (who, at) = declared(&app, "nora").await;
    let (other, other_at) = declared(&app, "paul").await;

    let export = said(&place, &["person", "export", "--email", &who.0]).await;
    let held = &export["dossiers"][0];
    assert_eq!(held["person"]["given_name"], "Camille");
    assert_eq!(
        (&held["mobile"], &held["health"]["centimetres"]),
        (&who.1.clone().into(), &178.into())
    );
    assert!(!export.to_string().contains(&other.0), "nobody else's");

    let erased = said(&place, &["person", "erase", "--email", &who.0]).await;
    assert_eq!(erased["dossiers"]["erased"].as_array().map(Vec::len), Some(1), "{erased}");
    // In development the mailbox shows what was sent; nowhere else is the address written.
    let left = erased["proof"]["still_written_in"].as_array().expect("a list").clone();
    let left =
        left.iter().filter_map(Value::as_str).filter(|one| !one.starts_with("message_mailbox."));
    assert_eq!(left.count(), 0, "{erased}");
    assert_eq!(count(&app, DECLARATIONS, &at).await, 0);
    assert_eq!(count(&app, ERASURES, &at).await, 1);
    assert_eq!(count(&app, NAMED, &at).await, 0);
    let (state, version, acts) = written(&app, &at).await;
    assert_eq!(state, "abandoned");
    assert_eq!(usize::try_from(version).expect("small"), acts.len(), "the history goes on");
    assert_eq!(acts.last().map(String::as_str), Some("forget"));
    // The other person's is as it was.
    assert_eq!(count(&app, DECLARATIONS, &other_at).await, 1);
    assert_eq!(count(&app, NAMED, &other_at).await, 1);
    let again = said(&place, &["person", "export", "--email", &who.0]).await;
    assert_eq!(again["dossiers"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn what_the_law_has_us_keep_is_kept_and_said() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[]).await;
    let place = place(&database);
    let (who, at) = declared(&app, "lea").await;
    let id = at.split('/').nth(2).and_then(|id| id.strip_prefix("dos_")).expect("a dossier");
    let signed = "UPDATE dossier SET state = 'contract' WHERE id = ?";
    sqlx::query(signed).bind(hex(id)).execute(app.opened().pool()).await.expect("written");
    let erased = said(&place, &["person", "erase", "--email", &who.0]).await;
    let kept = erased["dossiers"]["kept"][0][1].as_str().expect("a reason");
    assert!(kept.contains("contract"), "{erased}");
    assert_eq!(erased["account"], "kept: it opens what is kept");
    assert_eq!(count(&app, NAMED, &at).await, 1);
    assert_eq!(count(&app, DECLARATIONS, &at).await, 1);
}

#[tokio::test]
async fn three_years_after_a_dossier_that_led_to_nothing_it_names_nobody() {
    let database = TestDatabase::own().await;
    let fast = [("JOBS__RUN", "true"), ("JOBS__POLL_MS", "20"), ("JOBS__TEND_MS", "50")];
    let app = App::on_database(&database, &fast).await;
    let (_, at) = declared(&app, "zoe").await;
    let day = Duration::from_secs(86_400);
    app.clock.advance(31 * day);
    eventually("the offer is over", async || {
        (written(&app, &at).await.0 == "expired").then_some(())
    })
    .await;
    assert_eq!(count(&app, NAMED, &at).await, 1, "its time has not come");
    app.clock.advance(1065 * day);
    // Another job may be at this dossier in the turn that would forget it: then it is that of the next day.
    let mut looks = 0_u32;
    eventually("it names nobody", async || {
        looks += 1;
        if looks.is_multiple_of(100) {
            app.clock.advance(day);
        }
        (count(&app, NAMED, &at).await == 0).then_some(())
    })
    .await;
    let (state, _, acts) = written(&app, &at).await;
    assert_eq!((state.as_str(), acts.last().map(String::as_str)), ("expired", Some("forget")));
}
