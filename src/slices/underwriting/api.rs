//! Where the engine says that there is a decision: on a listener of its own, which customers do not
//! reach.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use super::callback::{self, Head};
use super::service::Underwriting;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::DbError;
use crate::platform::web::body;
use crate::platform::web::problem::ApiError;

/// A hint is never longer.
const BYTES: usize = 4096;

/// Time for it to arrive.
const WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// The address of callbacks.
pub fn callbacks(underwriting: &Underwriting) -> Router {
    Router::new().route("/internal/reflex/callback", post(take)).with_state(underwriting.clone())
}

async fn take(
    State(underwriting): State<Underwriting>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let body = body::read(body::bound(body, BYTES, WITHIN)).await?;
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let head = Head {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
    };
    let result = underwriting.take_callback(head, &body).await;
    let (label, answer) = match result {
        Ok(Taken::Noted) => ("noted", Ok(StatusCode::ACCEPTED.into_response())),
        Ok(Taken::Unknown) => ("unknown", Ok(StatusCode::ACCEPTED.into_response())),
        Ok(Taken::Again) => ("again", Ok(StatusCode::OK.into_response())),
        Err(problem) => ("refused", Err(ApiError(problem))),
    };
    metrics::counter!("reflex_callbacks_total", "result" => label).increment(1);
    answer
}

/// What became of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Its session is looked at.
    Noted,
    /// Nobody waits for such a session.
    Unknown,
    /// It was taken before.
    Again,
}

impl Underwriting {
    async fn take_callback(&self, head: Head<'_>, body: &[u8]) -> Result<Taken, Problem> {
        let (shared, now) = (&self.0, self.0.clock.now());
        if let Err(why) = callback::verify(&shared.callback_keys, head, body, now) {
            tracing::warn!(?why, "a callback that is not the engine’s");
            return Err(Kind::Unauthenticated.into());
        }
        let event = callback::read(body).ok_or_else(|| Problem::new(Kind::Malformed))?;
        let mut transaction = shared.store.database.begin().await?;
        if !shared.store.see(&mut transaction, head.id, now).await? {
            return Ok(Taken::Again);
        }
        let is_known = shared.store.hint(&mut transaction, &event.session, now).await?;
        transaction.commit().await.map_err(DbError::from)?;
        shared.bell.notify_one();
        Ok(if is_known { Taken::Noted } else { Taken::Unknown })
    }
}
