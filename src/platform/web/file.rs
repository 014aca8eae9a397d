//! A file about somebody, as an answer: shown in the browser, kept by nobody on the way.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::platform::digest::hex;

/// A PDF.
pub const PDF: &str = "application/pdf";

/// The file, or «not modified» for who has these very bytes. `name` is letters, digits, `-` and `.`.
pub fn inline(
    media_type: &'static str,
    name: &str,
    sha256: &[u8; 32],
    bytes: Vec<u8>,
    asked: &HeaderMap,
) -> Response {
    let etag = format!("\"{}\"", hex(sha256));
    let mut response = if is_known(asked, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, media_type)], bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    for (header, value) in [
        (header::ETAG, etag),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header, value);
        }
    }
    response
}

/// Whether the caller has these bytes already.
fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = known.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
