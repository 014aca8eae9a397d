//! What an operation says of its answer: how long it may take, and whether its reader may have it
//! already.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::operation::Named;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::Cache;
use crate::platform::digest::{hex, plain_sha256};
use crate::platform::web::problem::ApiError;

/// A longer answer is sent each time: hashing it would hold it in memory.
const HASHED_MAX: u64 = 1024 * 1024;

/// Drops the work when the operation's own time is over; that of all requests holds anyway.
pub async fn in_its_time(request: Request, next: Next) -> Response {
    let limit = request.extensions().get::<Named>().and_then(|named| named.0.access.timeout());
    let Some(limit) = limit else { return next.run(request).await };
    let answered = tokio::time::timeout(limit, next.run(request)).await;
    answered.unwrap_or_else(|_| ApiError(Problem::new(Kind::Timeout)).into_response())
}

/// Answers 304 when the reader has this very answer. It is made for who asks, each time, so one reader
/// never gets what was made for another.
pub async fn revalidated(request: Request, next: Next) -> Response {
    let named = request.extensions().get::<Named>();
    let may_be_kept = named.is_some_and(|named| named.0.access.cache() != Cache::NoStore);
    if !may_be_kept || request.method() != Method::GET {
        return next.run(request).await;
    }
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect();
    let response = next.run(request).await;
    let is_small = response.body().size_hint().exact().is_some_and(|size| size <= HASHED_MAX);
    if response.status() != StatusCode::OK || !is_small {
        return response;
    }
    tagged(response, known).await
}

async fn tagged(response: Response, known: Vec<HeaderValue>) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        let bug = Problem::new(Kind::Bug).cause("an answer that cannot be read");
        return ApiError(bug).into_response();
    };
    // Weak: what is sent may be compressed after this.
    let tag = format!("W/\"{}\"", hex(&plain_sha256(&bytes)[..16]));
    let is_known = holds(&known, &tag);
    if let Ok(value) = HeaderValue::try_from(tag) {
        parts.headers.insert(header::ETAG, value);
    }
    if !is_known {
        return Response::from_parts(parts, Body::from(bytes));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    without_body(&mut parts.headers);
    Response::from_parts(parts, Body::empty())
}

/// Weak comparison (RFC 9110 §8.8.3.2).
fn holds(known: &[HeaderValue], tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let texts = known.iter().filter_map(|value| value.to_str().ok());
    let mut tags = texts.flat_map(|text| text.split(','));
    tags.any(|it| it.trim() == "*" || bare(it) == bare(tag))
}

fn without_body(headers: &mut HeaderMap) {
    headers.remove(header::CONTENT_TYPE);
    headers.remove(header::CONTENT_LENGTH);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly_and_lists_are_read() {
        let holds = |known: &str| holds(&[HeaderValue::from_str(known).expect("ASCII")], "W/\"a\"");
        for known in ["W/\"a\"", "\"a\"", "\"b\", W/\"a\"", "*"] {
            assert!(holds(known), "{known}");
        }
        for known in ["", "\"b\"", "a", "W/\"b\", \"c\""] {
            assert!(!holds(known), "{known}");
        }
    }
}
