//! Limits that answer in words: the size of the head, of the body, the requests at once, the time.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::settings::{ServerSettings, UploadRoute};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::body;
use crate::platform::web::problem::Refusal;

/// The limits of a request, shared by the layers below.
#[derive(Clone)]
pub(super) struct Limits {
    settings: Arc<ServerSettings>,
    in_flight: Arc<Semaphore>,
}

impl Limits {
    pub(super) fn new(settings: &ServerSettings) -> Self {
        Self {
            in_flight: Arc::new(Semaphore::new(settings.in_flight_max)),
            settings: Arc::new(settings.clone()),
        }
    }
}

/// An address or headers that are too long: 414, 431.
pub(super) async fn small_head(
    State(limits): State<Limits>,
    request: Request,
    next: Next,
) -> Response {
    let address = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
    let headers = request.headers();
    if address > limits.settings.uri_bytes_max {
        return refuse(Kind::UriTooLong);
    }
    if headers.len() > limits.settings.headers_max
        || size(headers) > limits.settings.header_bytes_max
    {
        return refuse(Kind::HeadersTooLarge);
    }
    next.run(request).await
}

/// As they were written: name, colon, space, value, end of line.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// A body that is too large or too slow: 413 at once when it says so itself, else 413 or 408 while
/// it is read.
pub(super) async fn bounded_body(
    State(limits): State<Limits>,
    request: Request,
    next: Next,
) -> Response {
    let settings = &limits.settings;
    let announced = announced(request.headers());
    let (max, within) = match settings.upload(route(&request)) {
        // Only what says how long it is: anything else would be read ahead of its handler.
        Some(upload) if announced > 0 => (upload.body_bytes_max, upload.body_read_timeout()),
        _ => (settings.body_bytes_max, settings.body_read_timeout()),
    };
    if announced > max {
        return refuse(Kind::TooLarge);
    }
    next.run(request.map(|it| body::bound(it, max, within))).await
}

/// The address as it is routed.
fn route(request: &Request) -> Option<&str> {
    request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)
}

fn announced(headers: &HeaderMap) -> usize {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}

/// More requests at once than can be worked on well: 503, while those under way stay fast.
pub(super) async fn room_to_work(
    State(limits): State<Limits>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_room) = limits.in_flight.try_acquire() else {
        metrics::counter!("http_requests_shed_total").increment(1);
        let busy = Problem::new(Kind::Unavailable).retry_after(Duration::from_secs(1));
        return refuse(busy);
    };
    next.run(request).await
}

/// An answer that takes too long: 504, and the work is dropped.
pub(super) async fn in_time(
    State(limits): State<Limits>,
    request: Request,
    next: Next,
) -> Response {
    let upload = limits.settings.upload(route(&request));
    let arrival = upload.map_or(Duration::ZERO, UploadRoute::body_read_timeout);
    tokio::time::timeout(limits.settings.request_timeout() + arrival, next.run(request))
        .await
        .unwrap_or_else(|_| refuse(Kind::Timeout))
}

fn refuse(problem: impl Into<Problem>) -> Response {
    Refusal::to_anybody(problem).into_response()
}
