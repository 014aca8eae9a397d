//! The mailbox of development: there for developers and test scripts, and for nobody else.

use serde_json::Value;

use super::{CODE, message, once, post};
use crate::harness::app::App;
use crate::harness::database::TestDatabase;
use crate::harness::eventually;

#[tokio::test]
async fn a_developer_sees_what_would_have_left() {
    let database = TestDatabase::own().await;
    // Looked at once a minute: what is sent here was woken by its commit.
    let app = App::on_database(&database, &[("MESSAGES__POLL_MS", "60000")]).await;
    post(&app, message("test/mail", "camille@exemple.fr")).await;
    post(&app, message("test/sms", "+33612345678")).await;
    once(&app, "test/mail", "sent").await;
    once(&app, "test/sms", "sent").await;
    let page = app.get("/dev/messages").await;
    assert_eq!(
        (page.status().as_u16(), &page.headers()["cache-control"]),
        (200, &"no-store".parse().expect("a value"))
    );
    let text = page.text().await.expect("text");
    for part in [CODE, "camille@exemple.fr", "+33612345678", "confirmer?jeton=abc", "étape 1"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let one = app.get("/dev/messages?to=camille%40exemple.fr").await.text().await.expect("text");
    assert!(one.contains("étape 1") && !one.contains("<h2>SMS</h2>"), "{one}");
    let json: Value =
        app.get("/dev/messages.json?to=%2B33612345678").await.json().await.expect("JSON");
    let found = json["messages"].as_array().expect("a list");
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0]["channel"], &found[0]["code"]), (&"sms".into(), &CODE.into()));
    assert!(app.get("/dev/messages.json?who=x").await.status() == 422);
}

#[tokio::test]
async fn the_mailbox_keeps_the_newest() {
    let database = TestDatabase::own().await;
    let app = App::on_database(&database, &[("MESSAGES__POLL_MS", "20")]).await;
    let mut transaction = app.opened().pool().begin().await.expect("a transaction");
    for number in 0..203 {
        let one = message(&format!("test/{number}"), "a@exemple.fr");
        app.messages.post(&mut transaction, one).await.expect("posted");
    }
    transaction.commit().await.expect("committed");
    let (sent, kept) = (
        "SELECT COUNT(*) FROM message_outbox WHERE state = 'sent'",
        "SELECT COUNT(*) FROM message_mailbox",
    );
    let count = async |sql: &'static str| {
        let count: i64 = sqlx::query_scalar(sql).fetch_one(app.opened().pool()).await.expect("n");
        count
    };
    eventually("all are sent", async || (count(sent).await == 203).then_some(())).await;
    assert_eq!(count(kept).await, 200);
}

#[tokio::test]
async fn production_has_no_mailbox() {
    let over = [("ENVIRONMENT", "production")];
    let app = App::with(&over).await;
    for path in ["/dev/messages", "/dev/messages.json", "/dev/messages?to=a"] {
        assert_eq!(app.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(app.get("/readyz").await.status(), 200);
}
