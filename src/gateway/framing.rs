//! Where one request ends and the next begins: the question that smuggling answers twice.
//!
//! A request that announces both a length and chunks is read by its chunks, as RFC 9112 §6.3 says;
//! something in front of us may have read it by its length. So nothing is read after a chunked
//! request on its connection, nor after one of HTTP/1.0: the connection is closed with the answer.

use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;

/// Closes the connection after a request whose end could be disputed.
pub(super) async fn certain_end(request: Request, next: Next) -> Response {
    let version = request.version();
    let is_chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let is_disputable = version <= Version::HTTP_10 || (version == Version::HTTP_11 && is_chunked);
    let mut response = next.run(request).await;
    if is_disputable {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}
