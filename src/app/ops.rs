//! What operators ask: is the process alive, can it work, how is it doing.

use std::future::Future;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

use crate::gateway::Stop;
use crate::platform::db::{Database, DbError};
use crate::platform::telemetry;
use crate::platform::web::json::Json;

/// An orchestrator asks every few seconds: an answer later than this is a no.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the questions need.
#[derive(Clone)]
pub(super) struct Ops {
    pub(super) database: Database,
    pub(super) stop: Stop,
}

/// For orchestrators and balancers: `/healthz`, `/readyz`.
pub(super) fn health(ops: Ops) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(ops)
}

/// For operators only: the same and `/metrics`.
pub(super) fn admin(ops: Ops) -> Router {
    health(ops).route("/metrics", get(figures))
}

#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    parts: [Part; 3],
}

#[derive(Serialize)]
struct Part {
    name: &'static str,
    status: &'static str,
    duration_ms: u128,
}

/// Alive: the process answers. Nothing else is asked, because restarting it repairs nothing else.
async fn alive() -> Response {
    Json(serde_json::json!({ "status": "ok" })).into_response()
}

/// Ready: everything that a request needs is there. A balancer sends nothing here until it is.
async fn ready(State(ops): State<Ops>) -> Response {
    let stopping = ops.stop.is_asked();
    let (database, schema, process) = tokio::join!(
        part("database", async { ops.database.ping().await.map(|()| true) }),
        part("schema", ops.database.is_migrated()),
        part("process", async move { Ok(!stopping) }),
    );
    let parts = [database, schema, process];
    let ready = parts.iter().all(|part| part.status == "up");
    let (code, status) = if ready {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    };
    (code, Json(Readiness { status, parts })).into_response()
}

async fn part(name: &'static str, asked: impl Future<Output = Result<bool, DbError>>) -> Part {
    let started = Instant::now();
    let status = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(true)) => "up",
        Ok(Ok(false)) => "behind",
        Ok(Err(error)) => {
            tracing::warn!(part = name, %error, "not ready");
            "down"
        }
        Err(_) => "slow",
    };
    Part { name, status, duration_ms: started.elapsed().as_millis() }
}

async fn figures() -> Response {
    let media = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, media)], telemetry::metrics().render()).into_response()
}
