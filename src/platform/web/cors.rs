//! Pages of other origins: the headers by which a browser lets one read our answers. Who decides is the
//! caller; how it is said is here, once. Never with cookies.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How long a browser remembers the answer to its question.
const REMEMBERED: &str = "600";

/// The origin of the page that asks; none for a program, and for two.
pub fn asking(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.next().filter(|_| origins.next().is_none()).cloned()
}

/// Says that the answer depends on who asks, whether or not it may be read.
pub fn varies(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// Lets this page read the answer, and these of its headers.
pub fn allow(headers: &mut HeaderMap, page: HeaderValue, seen: &'static str) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(seen));
}

/// The answer to what a browser asks before it sends a method or a header of its own, when the page may.
pub fn preflight(headers: &mut HeaderMap, methods: &HeaderValue, sent: &'static str) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(sent));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(REMEMBERED));
}

/// An answer that holds nothing.
pub fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
