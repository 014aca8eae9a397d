//! Where one request ends and the next begins: the question that smuggling answers twice.
//!
//! A request that announces both a length and chunks is read by its chunks, as RFC 9112 §6.3 says;
//! something in front of us may have read it by its length. So nothing is read after a chunked
//! request on its connection, nor after one of HTTP/1.0: the connection is closed with the answer.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::problem::Refusal;

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

/// Refuses a head that two programs may read in two ways, and a body in a code that nobody undoes.
pub(super) async fn plain_head(request: Request, next: Next) -> Response {
    match wrong(request.version(), request.headers()) {
        Some(problem) => Refusal::to_anybody(problem).into_response(),
        None => next.run(request).await,
    }
}

fn wrong(version: Version, headers: &HeaderMap) -> Option<Problem> {
    let is = |name, wanted: &str| {
        headers
            .get_all(name)
            .iter()
            .all(|value| value.as_bytes().eq_ignore_ascii_case(wanted.as_bytes()))
    };
    if version == Version::HTTP_11 && !has_one_host(headers) {
        let detail = "Une requête HTTP/1.1 a un en-tête Host, un seul, et valide (RFC 9112, 3.2).";
        return Some(Problem::new(Kind::Malformed).detail(detail));
    }
    if !is(header::TRANSFER_ENCODING, "chunked") {
        let detail = "Le seul Transfer-Encoding lu ici est chunked.";
        return Some(Problem::new(Kind::Malformed).detail(detail));
    }
    if !is(header::CONTENT_ENCODING, "identity") {
        let detail =
            "Envoyez le corps sans Content-Encoding\u{202f}: il n’est pas décompressé ici.";
        return Some(Problem::new(Kind::UnsupportedMediaType).detail(detail));
    }
    None
}

/// A name and perhaps a port: no user, no path, nothing empty (RFC 9112 §3.2).
fn has_one_host(headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (all.next(), all.next()) else {
        return false;
    };
    let host = host.to_str().ok().filter(|host| !host.contains('@'));
    host.and_then(|host| host.parse::<Authority>().ok()).is_some_and(|it| !it.host().is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn refused(version: Version, headers: &[(HeaderName, &'static str)]) -> Option<Kind> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_static(value));
        }
        wrong(version, &map).map(|problem| problem.kind)
    }

    #[test]
    fn a_host_stands_once_and_is_one() {
        for right in ["assurly.example", "127.0.0.1:8080", "[::1]:80", "x"] {
            assert_eq!(refused(Version::HTTP_11, &[(header::HOST, right)]), None, "{right}");
        }
        for wrong in ["", "a b", "a/b", "user@host", "a:b:c"] {
            let refused = refused(Version::HTTP_11, &[(header::HOST, wrong)]);
            assert_eq!(refused, Some(Kind::Malformed), "{wrong}");
        }
        let twice = [(header::HOST, "a"), (header::HOST, "a")];
        assert_eq!(refused(Version::HTTP_11, &twice), Some(Kind::Malformed));
        assert_eq!(refused(Version::HTTP_11, &[]), Some(Kind::Malformed));
        assert_eq!(refused(Version::HTTP_10, &[]), None);
    }

    #[test]
    fn a_body_comes_as_it_is() {
        let with = |name, value| refused(Version::HTTP_11, &[(header::HOST, "a"), (name, value)]);
        assert_eq!(with(header::TRANSFER_ENCODING, "Chunked"), None);
        assert_eq!(with(header::TRANSFER_ENCODING, "gzip, chunked"), Some(Kind::Malformed));
        assert_eq!(with(header::CONTENT_ENCODING, "identity"), None);
        assert_eq!(with(header::CONTENT_ENCODING, "gzip"), Some(Kind::UnsupportedMediaType));
    }
}
