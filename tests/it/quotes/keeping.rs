//! Quotes: made once per key, shown as they were made, copied with changes.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{project, read, with};
use crate::harness::app::App;
use crate::harness::soon;

const DAY: Duration = Duration::from_hours(24);

/// A key that no other test uses.
fn key() -> String {
    assurly::platform::clock::Entropy::system().key()
}

async fn quote(app: &App) -> Value {
    let (status, quote) = read(app.keep("/v1/quotes", &key(), &project()).await).await;
    assert_eq!(status, 201, "{quote}");
    quote
}

#[tokio::test]
async fn a_quote_is_found_again_as_it_was_made() {
    let app = App::start().await;
    let answer = app.keep("/v1/quotes?include=schedule", &key(), &project()).await;
    let location = answer.headers()["location"].to_str().expect("text").to_owned();
    let (status, made) = read(answer).await;
    assert_eq!(status, 201, "{made}");
    let number = made["number"].as_str().expect("a number");
    assert!(number.starts_with("AS-2026-") && number.len() == 17, "{number}");
    let (_, found) = read(app.get(&format!("{location}?include=schedule")).await).await;
    assert_eq!(found, made);
    let loan = &found["request"]["loans"][0];
    assert_eq!(loan["capital_cents"], 20_000_000);
    assert_eq!(loan["first_due_date"], "2027-01-05");
    let (_, short) = read(app.get(&location).await).await;
    assert_eq!(short["result"]["project"]["schedule"], Value::Null);
    let (_, priced) = read(app.simulate(&project()).await).await;
    assert_eq!(short["result"], priced);
}

/// Eight requests at once with one key: how many say that they made a quote, and the numbers.
async fn eight_at_once(app: &App, key: &str, document: &Value) -> (usize, Vec<Value>) {
    let mut asked = JoinSet::new();
    for _ in 0..8 {
        let request = app.client.post(app.url("/v1/quotes")).header("idempotency-key", key);
        let request = request.header("content-type", "application/json");
        asked.spawn(request.body(document.to_string()).send());
    }
    let (mut made, mut numbers) = (0, Vec::new());
    for answer in soon(asked.join_all()).await {
        let answer = answer.expect("an answer");
        made += usize::from(!answer.headers().contains_key("idempotency-replayed"));
        let (status, quote) = read(answer).await;
        assert_eq!(status, 201, "{quote}");
        numbers.push(quote["number"].clone());
    }
    (made, numbers)
}

#[tokio::test]
async fn the_same_key_makes_one_quote_however_many_ask() {
    let app = App::start().await;
    let (made, numbers) = eight_at_once(&app, &key(), &project()).await;
    assert_eq!(made, 1);
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
}

#[tokio::test]
async fn a_key_whose_time_is_over_makes_one_new_quote_however_many_ask() {
    let app = App::start().await;
    let key = key();
    let (_, first) = read(app.keep("/v1/quotes", &key, &project()).await).await;
    app.clock.advance(DAY * 30);
    let (made, numbers) = eight_at_once(&app, &key, &starting("2027-01-05", "2027-02-05")).await;
    assert_eq!(made, 1);
    assert!(numbers.iter().all(|number| *number == numbers[0] && *number != first["number"]));
}

/// The project, starting later.
fn starting(effect: &str, first_due: &str) -> Value {
    let later = with(project(), "/effect_date", json!(effect));
    let later = with(later, "/loans/0/release_date", json!(effect));
    with(later, "/loans/0/first_due_date", json!(first_due))
}

#[tokio::test]
async fn a_key_belongs_to_one_document_until_it_is_forgotten() {
    let app = App::start().await;
    let key = key();
    let (_, first) = read(app.keep("/v1/quotes", &key, &project()).await).await;
    let other = with(project(), "/loans/0/months", json!(180));
    let (status, problem) = read(app.keep("/v1/quotes", &key, &other).await).await;
    assert_eq!(status, 422);
    assert!(problem["type"].as_str().is_some_and(|kind| kind.ends_with("/idempotency-key-reused")));
    app.clock.advance(DAY * 30);
    let later = starting("2027-01-05", "2027-02-05");
    let (status, second) = read(app.keep("/v1/quotes", &key, &later).await).await;
    assert_eq!(status, 201, "{second}");
    assert_ne!(second["number"], first["number"]);
}

#[tokio::test]
async fn without_a_key_nothing_is_kept() {
    let app = App::start().await;
    let (status, problem) =
        read(app.post("/v1/quotes", "application/json", project().to_string()).await).await;
    assert_eq!(status, 400);
    assert!(
        problem["type"].as_str().is_some_and(|kind| kind.ends_with("/idempotency-key-missing"))
    );
}

#[tokio::test]
async fn a_quote_commits_so_it_refuses_what_a_simulation_only_says() {
    let app = App::start().await;
    let rental = with(project(), "/options", json!({"pack": "dc_ptia"}));
    let cases = [
        (with(project(), "/effect_date", json!("2026-11-23")), "EFFECT_DATE"),
        (with(project(), "/effect_date", json!("2027-11-24")), "EFFECT_DATE"),
        (with(project(), "/insured/0/residence_country", json!("BE")), "NOT_ELIGIBLE"),
        (rental, "PACK_NOT_AVAILABLE"),
    ];
    for (document, code) in cases {
        let (status, problem) = read(app.keep("/v1/quotes", &key(), &document).await).await;
        assert_eq!((status, &problem["errors"][0]["code"]), (422, &json!(code)), "{problem}");
        assert_eq!(app.simulate(&document).await.status(), 200, "{code}");
    }
}

#[tokio::test]
async fn a_change_of_insurance_that_leaves_the_bank_no_time_is_told() {
    let app = App::start().await;
    let running = with(project(), "/loans/0/release_date", json!("2020-12-05"));
    let running = with(running, "/loans/0/first_due_date", json!("2021-01-05"));
    // Monday 23 November 2026: ten business days end on Monday 7 December.
    for (document, effect, told) in [
        (&running, "2026-12-04", true),
        (&running, "2026-12-07", false),
        (&project(), "2026-12-04", false),
    ] {
        let document = with(document.clone(), "/effect_date", json!(effect));
        let (status, quote) = read(app.keep("/v1/quotes", &key(), &document).await).await;
        assert_eq!(status, 201, "{quote}");
        let warnings = quote["result"]["warnings"].as_array().expect("a list");
        let soon = warnings.iter().find(|warning| warning["code"] == "EFFECT_DATE");
        assert_eq!(soon.is_some(), told, "{effect}: {quote}");
        if let Some(soon) = soon {
            assert!(soon["detail"].to_string().contains("7\u{A0}décembre 2026"), "{soon}");
        }
    }
}

#[tokio::test]
async fn a_quote_expires_and_keeps_its_figures() {
    let app = App::start().await;
    let made = quote(&app).await;
    let path = format!("/v1/quotes/{}", made["id"].as_str().expect("an id"));
    app.clock.advance(DAY * 30 - Duration::from_micros(1));
    assert_eq!(read(app.get(&path).await).await.1["status"], "valid");
    app.clock.advance(Duration::from_micros(1));
    let (_, expired) = read(app.get(&path).await).await;
    assert_eq!(expired["status"], "expired");
    assert_eq!(expired["result"], made["result"]);
}

#[tokio::test]
async fn a_quote_of_an_older_tariff_shows_its_own_figures() {
    let app = App::start().await;
    let made = quote(&app).await;
    let id = made["id"].as_str().expect("an id");
    let hex = id.strip_prefix("quo_").expect("the prefix");
    // As an older version of the tariff would have left it.
    let changed = sqlx::query(
        "UPDATE quote SET tariff_version = 'demo-v0', \
         result = JSON_SET(result, '$.tariff_version', 'demo-v0', '$.project.total_cents', 12345) \
         WHERE id = UNHEX(?)",
    );
    let database = app.database().open();
    let done = changed.bind(hex).execute(database.pool()).await.expect("changed");
    assert_eq!(done.rows_affected(), 1);
    let (_, found) = read(app.get(&format!("/v1/quotes/{id}")).await).await;
    assert_eq!(found["result"]["tariff_version"], "demo-v0");
    assert_eq!(found["result"]["project"]["total_cents"], 12345);
    database.close().await;
}

#[tokio::test]
async fn a_copy_changes_what_it_is_asked_to() {
    let app = App::start().await;
    let made = quote(&app).await;
    let path = format!("/v1/quotes/{}/copy", made["id"].as_str().expect("an id"));
    let patch = json!({"options": {"franchise_days": 30}});
    let (status, copy) = read(app.keep(&path, &key(), &patch).await).await;
    assert_eq!((status, &copy["copied_from"]), (201, &made["id"]), "{copy}");
    assert_eq!(copy["request"]["options"]["franchise_days"], 30);
    assert_ne!(copy["number"], made["number"]);
    let price = |quote: &Value| quote["result"]["project"]["first_month_cents"].as_i64();
    assert!(price(&copy) > price(&made));
    for (patch, pointer) in [
        (json!({"options": {"surprise": 1}}), "/options/surprise"),
        (json!({"loans": null}), "/loans"),
    ] {
        let (status, problem) = read(app.keep(&path, &key(), &patch).await).await;
        assert_eq!(
            (status, problem["errors"][0]["pointer"].as_str()),
            (422, Some(pointer)),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_copy_is_made_once_per_key_too() {
    let app = App::start().await;
    let made = quote(&app).await;
    let path = format!("/v1/quotes/{}/copy", made["id"].as_str().expect("an id"));
    let (key, patch) = (key(), json!({"options": {"franchise_days": 60}}));
    let (_, first) = read(app.keep(&path, &key, &patch).await).await;
    let again = app.keep(&path, &key, &patch).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(read(again).await.1, first);
    // The same document asked for otherwise than as a copy is another act.
    let (status, _) = read(app.keep("/v1/quotes", &key, &first["request"]).await).await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn what_is_no_quote_is_not_found() {
    let app = App::start().await;
    for id in [
        "quo_00000000000070008000000000000000",
        "quo_x",
        "AS-2026-0000001-5",
        "quo_0190000000007000800000000000000G",
    ] {
        let (status, problem) = read(app.get(&format!("/v1/quotes/{id}")).await).await;
        assert_eq!(status, 404, "{id}: {problem}");
    }
    let (status, problem) = read(app.get("/v1/quotes/%00").await).await;
    assert_eq!(status, 400, "{problem}");
}

#[tokio::test]
async fn without_a_database_prices_go_on_and_quotes_say_when_to_come_back() {
    let app = App::without_database(&[("DATABASE__ACQUIRE_TIMEOUT_MS", "200")]).await;
    assert_eq!(app.simulate(&project()).await.status(), 200);
    let answer = app.keep("/v1/quotes", &key(), &project()).await;
    assert!(answer.headers().contains_key("retry-after"));
    let (status, problem) = read(answer).await;
    assert_eq!(status, 503, "{problem}");
    assert!(!problem.to_string().contains("127.0.0.1:1"), "the cause is ours alone: {problem}");
}
