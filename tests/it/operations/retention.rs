//! What time does to what is kept, row by row of docs/data-life.md: what its own slice's tests do not show already.

use std::time::Duration;

use super::people::{DECLARATIONS, NAMED, count, declared};
use crate::dossiers::{hex, written};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::surfer::Surfer;

const DAY: Duration = Duration::from_secs(86_400);

/// The dossier came to this end.
async fn ended(app: &App, at: &str, state: &'static str) {
    let id = at.split('/').nth(2).and_then(|id| id.strip_prefix("dos_")).expect("a dossier");
    let query = sqlx::query("UPDATE dossier SET state = ? WHERE id = ?").bind(state);
    query.bind(hex(id)).execute(app.opened().pool()).await.expect("written");
}

async fn rows(app: &App, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("a count")
}

/// Five years of proof for a refusal, three for whoever went away, and a contract for as long as it may be disputed.
#[tokio::test]
async fn a_refusal_names_its_person_for_five_years_and_a_contract_for_longer() {
    let app = App::on_database(&TestDatabase::own().await, &[]).await;
    let (_, refused) = declared(&app, "refused").await;
    let (_, signed) = declared(&app, "signed").await;
    let (_, left) = declared(&app, "left").await;
    ended(&app, &refused, "declined").await;
    ended(&app, &signed, "contract").await;
    ended(&app, &left, "abandoned").await;
    app.clock.advance(1094 * DAY);
    assert_eq!(app.dossiers.forget_people().await.expect("looked"), 0, "not a day before");
    app.clock.advance(2 * DAY);
    assert_eq!(app.dossiers.forget_people().await.expect("looked"), 1);
    assert_eq!((count(&app, NAMED, &left).await, count(&app, NAMED, &refused).await), (0, 1));
    app.clock.advance(729 * DAY);
    assert_eq!(app.dossiers.forget_people().await.expect("looked"), 0, "not a day before");
    app.clock.advance(2 * DAY);
    assert_eq!(app.dossiers.forget_people().await.expect("looked"), 1);
    assert_eq!(count(&app, NAMED, &refused).await, 0);
    assert_eq!(count(&app, DECLARATIONS, &refused).await, 0);
    let (state, _, acts) = written(&app, &refused).await;
    assert_eq!((state.as_str(), acts.last().map(String::as_str)), ("declined", Some("forget")));
    app.clock.advance(3650 * DAY);
    assert_eq!(app.dossiers.forget_people().await.expect("looked"), 0);
    assert_eq!(
        (count(&app, NAMED, &signed).await, count(&app, DECLARATIONS, &signed).await),
        (1, 1)
    );
}

#[tokio::test]
async fn sessions_that_nobody_uses_and_links_that_open_nothing_go() {
    const SESSIONS: &str = "SELECT COUNT(*) FROM dossier_session";
    const LINKS: &str = "SELECT COUNT(*) FROM dossier_link";
    let app = App::on_database(&TestDatabase::own().await, &[]).await;
    let (_, at) = declared(&app, "sessions").await;
    assert!(rows(&app, SESSIONS).await > 0);
    app.dossiers.sweep().await.expect("looked");
    assert!(rows(&app, SESSIONS).await > 0, "it is in use");
    // A reminder brings a link.
    app.clock.advance(3 * DAY);
    app.dossiers.sweep().await.expect("looked");
    assert_eq!(rows(&app, SESSIONS).await, 0);
    assert!(rows(&app, LINKS).await > 0);
    assert_ne!(Surfer::new(&app).open(&at).await.heading(), "Vérifiez avant de signer");
    // As long as a dossier that nobody touches, and a month in which it says that it is over.
    app.clock.advance(122 * DAY);
    app.dossiers.sweep().await.expect("looked");
    assert_eq!(rows(&app, LINKS).await, 0);
}

#[tokio::test]
async fn who_was_refused_at_the_door_is_forgotten_when_it_is_over() {
    const REFUSED: &str = "SELECT COUNT(*) FROM admission_refusal";
    let over = [("ADMISSION__RETENTION_DAYS", "30")];
    let app = App::on_database(&TestDatabase::own().await, &over).await;
    let attack = app.get("/nowhere?a=1'+or+1=1--").await;
    assert_eq!(attack.status(), 403);
    app.admissions.refresh().await.expect("kept");
    assert_eq!(rows(&app, REFUSED).await, 1);
    app.clock.advance(29 * DAY);
    app.admissions.forget_old().await.expect("looked");
    assert_eq!(rows(&app, REFUSED).await, 1, "not a day before");
    app.clock.advance(2 * DAY);
    app.admissions.forget_old().await.expect("looked");
    assert_eq!(rows(&app, REFUSED).await, 0);
}
