//! What operators ask: is the process alive, can it work, how is it doing.
//!
//! The operators' address has a thread of its own (`boot`): pricing is work of the processor, and an
//! operator must not queue behind it. The public `/healthz` does queue, because it stands for what
//! the public gets; the queue is bounded by `server.in_flight_max`.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::readiness::{Readiness, Report};
use crate::platform::db::Database;
use crate::platform::telemetry;
use crate::platform::web::json::Json;

/// In seconds; a balancer asks every few.
const COME_BACK: &str = "5";

/// What the questions need.
#[derive(Clone)]
pub(super) struct Ops {
    pub(super) readiness: Readiness,
    pub(super) database: Database,
}

/// For orchestrators and balancers: `/healthz`, `/readyz`.
pub(super) fn health(ops: Ops) -> Router {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(ops)
}

/// For operators only: the same, with reasons, and `/metrics`.
pub(super) fn admin(ops: Ops) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready_with_reasons))
        .route("/metrics", get(figures))
        .with_state(ops)
}

/// Alive: the process answers. Nothing else is asked, because restarting it repairs nothing else.
async fn alive() -> Response {
    Json(serde_json::json!({ "status": "ok" })).into_response()
}

/// Ready: everything that a request needs is there. A balancer sends nothing here until it is.
async fn ready(State(ops): State<Ops>) -> Response {
    said(ops.readiness.report().await.without_reasons())
}

async fn ready_with_reasons(State(ops): State<Ops>) -> Response {
    said(ops.readiness.report().await)
}

fn said(report: Report) -> Response {
    if report.is_ready() {
        return Json(report).into_response();
    }
    let again = [(header::RETRY_AFTER, COME_BACK)];
    (StatusCode::SERVICE_UNAVAILABLE, again, Json(report)).into_response()
}

async fn figures(State(ops): State<Ops>) -> Response {
    ops.database.measure();
    let media = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, media)], telemetry::metrics().render()).into_response()
}
