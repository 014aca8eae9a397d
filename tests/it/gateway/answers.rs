//! How often one address may ask, how long an operation may take, who has an answer already, and what
//! staff see of all this.

use std::time::Duration;

use assurly::handler;
use assurly::platform::access::{Anyone, Api, PublicOperation};
use serde_json::{Value, json};

use super::{EXAMPLE, slug};
use crate::harness::app::{Access, App};
use crate::harness::database::TestDatabase;
use crate::harness::staff::Staffer;

struct Slow;

impl PublicOperation for Slow {
    const ID: &'static str = "test.slow";
    const REASON: &'static str = "a test";
    const TIMEOUT: Option<Duration> = Some(Duration::from_millis(50));
}

#[utoipa::path(get, path = "/v1/test/slow", responses((status = 200)))]
async fn slow(_anyone: Anyone<Slow>) -> String {
    std::future::pending().await
}

#[tokio::test]
async fn an_operation_has_its_own_time() {
    let operations = Api::default().public::<Slow, _, _>(handler!(slow));
    let app = App::guarded(Access { operations, ..Access::default() }).await;
    assert_eq!(slug(app.get("/v1/test/slow").await).await, (504, "timeout".into()));
}

#[tokio::test]
async fn a_flood_of_one_address_is_held_and_health_is_not() {
    let over = [("SERVER__REQUESTS_PER_IP_PER_S", "1"), ("SERVER__REQUESTS_PER_IP_BURST", "5")];
    let app = App::with(&over).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(app.get("/v1/me").await.status().as_u16());
    }
    assert_eq!(statuses[..5], [401; 5]);
    assert!(statuses[5..].contains(&429), "{statuses:?}");
    let refused = app.get("/aide").await;
    if refused.status() == 429 {
        assert_eq!(refused.headers()["retry-after"], "1");
    }
    for _ in 0..20 {
        assert_eq!(app.get("/healthz").await.status(), 200);
    }
}

#[tokio::test]
async fn a_reader_that_has_the_answer_is_told_so() {
    let app = App::start().await;
    let dates = EXAMPLE.replace("2026-06-05", "2027-01-05").replace("2026-07-05", "2027-02-05");
    let request = app.client.post(app.url("/v1/quotes")).header("idempotency-key", "etag-test-1");
    let request = request.header("content-type", "application/json").body(dates);
    let kept = request.send().await.expect("an answer");
    assert!(kept.status().is_success(), "{:?}", kept.text().await);
    let quote: Value = kept.json().await.expect("JSON");
    let path = format!("/v1/quotes/{}", quote["id"].as_str().expect("an identifier"));
    let first = app.get(&path).await;
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    let tag = first.headers()["etag"].to_str().expect("ASCII").to_owned();
    let ask = async |tag: &str, path: &str| {
        let request = app.client.get(app.url(path)).header("if-none-match", tag);
        request.send().await.expect("an answer")
    };
    let again = ask(&tag, &path).await;
    assert_eq!(
        (again.status().as_u16(), &again.headers()["etag"]),
        (304, &first.headers()["etag"])
    );
    assert!(again.bytes().await.expect("a body").is_empty());
    assert_eq!(ask("\"another\"", &path).await.status(), 200);
    assert_eq!(ask(&tag, &format!("{path}?include=schedule")).await.status(), 200);
    let absent = "/v1/quotes/quo_00000000000070008000000000000000";
    let refused = ask("*", absent).await;
    assert_eq!(refused.status(), 404);
    assert_eq!(refused.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn staff_see_keys_and_who_was_refused() {
    let app = App::on_database(&TestDatabase::own().await, &[]).await;
    app.rule(
        &json!({"policies": [{"name": "closed", "effect": "deny", "operations": ["me.show"]}]}),
    )
    .await;
    let key = app.key("wide").await;
    assert_eq!(app.price(&key.secret).await.status(), 200);
    assert_eq!(app.get("/v1/me").await.status(), 403);
    let attack = app.get("/v1/quotes/x?q=1'+UNION+SELECT+password+FROM+users--").await;
    assert_eq!(attack.status(), 403);
    app.admissions.refresh().await.expect("written down");
    let (mut admin, seen) = Staffer::at(&app, &["administrateurs"], "/gestion/passerelle").await;
    assert_eq!(seen.heading(), "Passerelle", "{}", seen.body);
    for shown in [
        &key.prefix,
        &key.id,
        "policy closed",
        "access-denied",
        "/v1/me",
        "a key of the tests",
        "SQLI",
        "refusée",
    ] {
        assert!(seen.body.contains(shown), "{shown}: {}", seen.body);
    }
    assert!(!seen.body.contains(&key.secret) && !seen.body.contains("FROM users"));
    let none = admin.browser.open("/gestion/passerelle?de=192.0.2.7").await;
    assert!(none.body.contains("Aucune requête refusée"), "{}", none.body);
    let (_, closed) = Staffer::at(&app, &["medical"], "/gestion/passerelle").await;
    assert!(!closed.body.contains("policy closed"));
}
