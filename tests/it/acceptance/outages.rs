//! The engine is away when somebody comes to it: nothing is decided, and they are written to when it is back.

use std::time::Duration;

use super::evidence::letters;
use super::{Traveller, YEAR, app};
use crate::dossiers::{fill, written};
use crate::harness::app::App;
use crate::harness::eventually;
use crate::harness::tomcat::Tomcat;

const SUBJECT: &str = "Vous pouvez continuer votre dossier";

/// Waits until people who were stopped were looked for at this hour.
async fn looked(app: &App) {
    let now = app.clock.now().strftime("%Y-%m-%d %H:%M:%S%.6f").to_string();
    eventually("they were looked for", async || {
        let sql = "SELECT COUNT(*) FROM job WHERE kind = 'acceptance.returns' AND due_at > ?";
        let query = sqlx::query_scalar::<_, i64>(sql).bind(&now);
        (query.fetch_one(app.opened().pool()).await.ok()? > 0).then_some(())
    })
    .await;
}

/// Letters of this kind that were ever posted.
async fn posted(app: &App) -> i64 {
    let sql = "SELECT COUNT(*) FROM message_outbox WHERE event LIKE 'dossiers/return/%'";
    sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("a count")
}

#[tokio::test]
async fn whoever_an_outage_stopped_is_written_to_once_when_it_is_over() {
    let mut tomcat = Tomcat::own("outage", None).await;
    let over = [
        ("UNDERWRITING__BREAKER_OPEN_MS", "100"),
        ("JOBS__RUN", "true"),
        ("JOBS__POLL_MS", "20"),
        ("JOBS__TEND_MS", "50"),
    ];
    let app = app(&tomcat, &over).await;
    let (mut one, gate) = Traveller::at_the_gate(&app, "stopped", YEAR, "150 000").await;
    let (mut two, other) = Traveller::at_the_gate(&app, "patient", YEAR, "150 000").await;
    tomcat.kill();
    for (who, gate) in [(&mut one, &gate), (&mut two, &other)] {
        let away = fill(&mut who.surfer, gate, &[("action", "accepter")]).await;
        assert_eq!(away.status, 503, "{}", away.body);
        assert!(away.says("nous vous écrirons par e-mail"), "{}", away.body);
        assert_eq!(written(&app, &who.base).await.0, "medical", "nothing is decided");
    }
    app.clock.advance(Duration::from_secs(300));
    looked(&app).await;
    assert_eq!(posted(&app).await, 0, "it is away still");
    tomcat.start().await;
    // Whoever came back by themselves is not written to.
    eventually("it is tried again", async || {
        let gate = two.surfer.open(&other.at).await;
        let first = fill(&mut two.surfer, &gate, &[("action", "accepter")]).await;
        (first.status == 200).then_some(())
    })
    .await;
    // Looked for every minute; the breaker may be a moment later than the engine.
    eventually("a letter", async || {
        app.clock.advance(Duration::from_secs(61));
        looked(&app).await;
        (posted(&app).await == 1).then_some(())
    })
    .await;
    eventually("it arrives", async || (letters(&app, &one, SUBJECT).await == 1).then_some(()))
        .await;
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(61));
        looked(&app).await;
    }
    assert_eq!(posted(&app).await, 1, "once, and to nobody else");
    assert_eq!(letters(&app, &two, SUBJECT).await, 0);
}
