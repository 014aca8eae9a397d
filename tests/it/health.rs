//! What operators ask: health, readiness, figures.

use serde_json::Value;

use crate::harness::app::App;
use crate::harness::eventually;

async fn readiness(app: &App) -> (u16, Value) {
    let answer = app.get("/readyz").await;
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

fn part<'a>(readiness: &'a Value, name: &str) -> &'a Value {
    let parts = readiness["parts"].as_array().expect("parts");
    parts.iter().find(|part| part["name"] == name).expect("the part")
}

#[tokio::test]
async fn with_its_database_it_is_alive_and_ready() {
    let app = App::start().await;
    let (status, readiness) = readiness(&app).await;
    assert_eq!((status, &readiness["status"]), (200, &"ready".into()), "{readiness}");
    assert_eq!(part(&readiness, "database")["status"], "up");
    assert!(part(&readiness, "schema")["duration_ms"].is_u64());
}

#[tokio::test]
async fn without_its_database_it_is_alive_and_says_what_is_missing() {
    let over = [("DATABASE__ACQUIRE_TIMEOUT_MS", "200")];
    let app = App::without_database(&over).await;
    assert_eq!(app.get("/healthz").await.status(), 200);
    let (status, readiness) = readiness(&app).await;
    assert_eq!((status, &readiness["status"]), (503, &"not_ready".into()));
    assert_eq!(part(&readiness, "database")["status"], "down");
    assert_eq!(part(&readiness, "schema")["status"], "unknown");
    assert_eq!(part(&readiness, "process")["status"], "up");
    assert_eq!(app.get("/readyz").await.headers()["retry-after"], "5");
    assert!(!readiness.to_string().contains("reason"), "for operators only: {readiness}");
    let answer = app.client.get(format!("http://{}/readyz", app.admin)).send().await;
    let readiness: Value = answer.expect("an answer").json().await.expect("JSON");
    let reason = part(&readiness, "database")["reason"].as_str().expect("a reason");
    assert!(reason.contains("refused"), "{reason}");
}

#[tokio::test]
async fn figures_stand_at_zero_before_anything_happens() {
    let app = App::start().await;
    let lines = app.metrics().await;
    for name in [
        "db_pool_wait_timeouts_total",
        "db_migrations_failed_total",
        "process_panics_total",
        "http_connections_refused_total{reason=\"client\"}",
        "db_pool_connections{state=\"in_use\"}",
        "db_up",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_start_time_seconds",
        "assurly_build_info{version=",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(name)), "{name} in {lines:#?}");
    }
}

#[tokio::test]
async fn a_database_whose_tables_are_missing_is_not_enough_until_it_is_migrated() {
    let database = crate::harness::database::TestDatabase::empty().await;
    let opened = database.open();
    assert!(!opened.is_migrated().await.expect("an answer"));
    opened.migrate().await.expect("the migrations apply");
    assert!(opened.is_migrated().await.expect("an answer"));
    opened.close().await;
}

#[tokio::test]
async fn figures_are_for_operators_only_and_count_by_route() {
    let app = App::start().await;
    assert_eq!(app.get("/metrics").await.status(), 404);
    let wanted = "http_requests_total{method=\"GET\",route=\"/test/cached\",status=\"200\"}";
    app.get("/test/cached").await;
    let lines = app.metrics().await;
    assert!(lines.iter().any(|line| line.starts_with(wanted)), "{lines:#?}");
    let bucket = "http_request_duration_seconds_bucket{method=\"GET\",route=\"/test/cached\"";
    eventually("the histogram", async || {
        app.metrics().await.into_iter().find(|line| line.starts_with(bucket))
    })
    .await;
    let odd = format!("BREW /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "pot".repeat(9));
    crate::harness::raw::answer(app.public, odd.as_bytes()).await;
    let lines = app.metrics().await;
    assert!(!lines.iter().any(|line| line.contains("BREW") || line.contains("potpot")));
    assert!(lines.iter().any(|line| line.contains("method=\"other\",route=\"unmatched\"")));
    assert!(lines.iter().any(|line| line.starts_with("http_requests_in_flight")));
}
