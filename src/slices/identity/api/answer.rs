//! Answers to programs: JSON of RFC 6749 §5, and redirections. Why a tool failed is for the log.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::page::PageError;
use crate::slices::identity::grants::OAuthError;
use crate::slices::identity::issuing::TokenError;
use crate::slices::identity::model::ErrorCode;

/// What an application is refused with.
pub(super) enum Failure {
    /// It asked wrongly, or may not.
    OAuth(OAuthError),
    /// Not before so long.
    Later(Duration),
    /// A tool failed.
    Problem(Problem),
}

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Refused(error) => Self::OAuth(error),
            TokenError::Later(delay) => Self::Later(delay),
            TokenError::Failed(problem) => Self::Problem(problem),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::OAuth(error) => refused(error),
            Self::Later(delay) => {
                let error = OAuthError::new(ErrorCode::TemporarilyUnavailable, "too many tries");
                later(StatusCode::TOO_MANY_REQUESTS, error, Some(delay))
            }
            Self::Problem(problem) => failed(&problem),
        }
    }
}

fn refused(error: OAuthError) -> Response {
    let is_client = error.code == ErrorCode::InvalidClient;
    let status = if is_client { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
    let mut response = said(status, error);
    if is_client {
        // RFC 9110 §15.5.2 asks for it with every 401, however the application authenticates.
        let challenge = HeaderValue::from_static("Basic realm=\"assurly\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn failed(problem: &Problem) -> Response {
    let (status, code, description) = match problem.kind {
        Kind::Unavailable | Kind::Timeout => {
            (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TemporarilyUnavailable, "try again later")
        }
        Kind::NotFound => (StatusCode::NOT_FOUND, ErrorCode::InvalidRequest, "no such pool"),
        Kind::TooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::InvalidRequest, "the form is too large")
        }
        Kind::Malformed | Kind::RequestTimeout => {
            (StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, "the form did not arrive whole")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::ServerError, "our fault"),
    };
    if status.is_server_error() {
        tracing::error!(cause = problem.cause, code = code.code(), "a grant failed");
    }
    later(status, OAuthError::new(code, description), problem.retry_after)
}

fn later(status: StatusCode, error: OAuthError, delay: Option<Duration>) -> Response {
    let mut response = said(status, error);
    if let Some(delay) = delay {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn said(status: StatusCode, error: OAuthError) -> Response {
    let body = json!({ "error": error.code, "error_description": error.description });
    (status, Json(body)).into_response()
}

/// An answer; the gateway forbids to keep it, like everything that does not say otherwise. The older
/// header is asked for by RFC 6749 §5.1.
pub(super) fn given(body: &impl Serialize) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    (headers, Json(body)).into_response()
}

/// Sends the browser elsewhere by GET, never with what it has just sent (RFC 9700 §4.12).
pub(super) fn see(location: &str) -> Result<Response, PageError> {
    let value = HeaderValue::try_from(location);
    let value = value.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, value)]).into_response())
}
