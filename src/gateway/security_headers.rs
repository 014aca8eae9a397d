//! What a browser is told not to do. A handler that sets one of these itself is left alone.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::platform::web::policy::CONTENT_SECURITY_POLICY;

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Two years, as the browsers' preload list asks; only said where TLS is certain.
const HSTS: &str = "max-age=63072000";

/// The headers of every response. Cheap to clone.
#[derive(Clone)]
pub(super) struct SecurityHeaders(Arc<[(HeaderName, HeaderValue)]>);

impl SecurityHeaders {
    pub(super) fn new(public_url: &url::Url) -> Self {
        let hsts =
            (public_url.scheme() == "https").then_some((header::STRICT_TRANSPORT_SECURITY, HSTS));
        Self(
            ALWAYS
                .into_iter()
                .chain(hsts)
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .collect(),
        )
    }
}

/// Adds the headers that the handler left out.
pub(super) async fn protect(
    State(headers): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in headers.0.iter() {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}
