//! Headers: a list of those that pass each way; all the others vanish.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

/// Of the browser's.
const ASKED: [HeaderName; 6] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::RANGE,
];

/// Of the engine's.
const ANSWERED: [HeaderName; 10] = [
    header::CONTENT_TYPE,
    header::CONTENT_DISPOSITION,
    header::CONTENT_LANGUAGE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::CACHE_CONTROL,
    header::VARY,
    header::ACCEPT_RANGES,
    header::CONTENT_RANGE,
    header::RETRY_AFTER,
];

/// What a page of the engine may do: its own files, its own forms, no frame.
const POLICY: &str =
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// What is known of who asks, by us and not by what they say.
pub(super) struct Known<'a> {
    pub(super) address: Option<String>,
    pub(super) origin: &'a str,
    pub(super) request_id: Option<&'a str>,
    pub(super) trace_id: Option<&'a str>,
    pub(super) span_id: String,
}

/// The headers of a request to the engine; its `Host` is set by the client.
pub(super) fn asked(from: &HeaderMap, token: &SecretString, known: &Known<'_>) -> HeaderMap {
    let mut to = HeaderMap::with_capacity(14);
    for name in &ASKED {
        // One of each: what is said twice could be read in two ways.
        if let Some(value) = from.get(name) {
            to.insert(name, value.clone());
        }
    }
    if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {}", token.expose_secret())) {
        value.set_sensitive(true);
        to.insert(header::AUTHORIZATION, value);
    }
    let (scheme, host) = known.origin.split_once("://").unwrap_or(("http", known.origin));
    let trace = known.trace_id.map(|trace| format!("00-{trace}-{}-01", known.span_id));
    for (name, value) in [
        ("x-forwarded-for", known.address.as_deref()),
        ("x-forwarded-proto", Some(scheme)),
        ("x-forwarded-host", Some(host)),
        ("x-request-id", known.request_id),
        ("traceparent", trace.as_deref()),
    ] {
        if let Some(value) = value.and_then(|text| HeaderValue::from_str(text).ok()) {
            to.insert(name, value);
        }
    }
    to
}

/// The headers of an answer to the browser. `is_api`: kept by nobody.
pub(super) fn answered(from: &HeaderMap, is_api: bool) -> HeaderMap {
    let mut to = HeaderMap::with_capacity(10);
    for name in &ANSWERED {
        if let Some(value) = from.get(name) {
            to.insert(name, value.clone());
        }
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ] {
        to.insert(name, HeaderValue::from_static(value));
    }
    if is_api || !to.contains_key(header::CACHE_CONTROL) {
        to.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn nothing_that_the_browser_says_of_itself_gets_through() {
        let from = map(&[
            ("accept", "text/html"),
            ("cookie", "uw=secret; session=secret"),
            ("authorization", "Bearer forged"),
            ("host", "evil.example"),
            ("connection", "close, x-reflex-internal"),
            ("x-reflex-internal", "forged"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "for=127.0.0.1"),
            ("x-real-ip", "127.0.0.1"),
            ("idempotency-key", "k"),
            ("te", "trailers"),
            ("upgrade", "websocket"),
            ("transfer-encoding", "chunked"),
            ("x-request-id", "theirs"),
            ("x-http-method-override", "DELETE"),
            ("accept-encoding", "gzip"),
        ]);
        let known = Known {
            address: Some("203.0.113.9".to_owned()),
            origin: "https://assurly.example",
            request_id: Some("ours"),
            trace_id: Some("0af7651916cd43dd8448eb211c80319c"),
            span_id: "b7ad6b7169203331".to_owned(),
        };
        let to = asked(&from, &"token".into(), &known);
        let mut names: Vec<_> = to.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let expected = [
            "accept",
            "authorization",
            "traceparent",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-request-id",
        ];
        assert_eq!(names, expected);
        assert_eq!(to["authorization"], "Bearer token");
        assert_eq!(to["x-forwarded-for"], "203.0.113.9");
        assert_eq!(to["x-forwarded-host"], "assurly.example");
        assert_eq!(to["x-request-id"], "ours");
        assert_eq!(to["traceparent"], "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    #[test]
    fn nothing_that_the_engine_says_of_itself_gets_out() {
        let from = map(&[
            ("content-type", "text/html"),
            ("set-cookie", "JSESSIONID=1"),
            ("server", "Apache-Coyote/1.1"),
            ("x-powered-by", "Tomcat"),
            ("location", "http://inside/"),
            ("connection", "keep-alive"),
            ("transfer-encoding", "chunked"),
            ("content-length", "3"),
            ("content-security-policy", "default-src *"),
            ("access-control-allow-origin", "*"),
            ("cache-control", "max-age=60"),
            ("etag", "\"1\""),
        ]);
        let page = answered(&from, false);
        let mut names: Vec<_> = page.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let expected = [
            "cache-control",
            "content-security-policy",
            "content-type",
            "etag",
            "referrer-policy",
            "x-content-type-options",
        ];
        assert_eq!(names, expected);
        assert_eq!(page["cache-control"], "max-age=60");
        assert_eq!(page["content-security-policy"], POLICY);
        assert_eq!(answered(&from, true)["cache-control"], "no-store");
    }
}
