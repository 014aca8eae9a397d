//! The outermost layer: gives the request its names, and says them back.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use super::trace::{Trace, request_id};
use crate::platform::clock::Entropy;
use crate::platform::web::facts::{Audience, Facts};

/// Names the request, and the response after it.
pub(super) async fn name(
    State(entropy): State<Entropy>,
    mut request: Request,
    next: Next,
) -> Response {
    let trace = Trace::of(request.headers(), &entropy);
    let id = request_id(request.headers()).unwrap_or(&trace.trace_id);
    let path = request.uri().path();
    let facts = Facts {
        request_id: id.to_owned(),
        trace_id: trace.trace_id.clone(),
        path: path.to_owned(),
        audience: Audience::of(path, request.headers()),
    };
    let names = [
        ("x-request-id", HeaderValue::from_str(&facts.request_id)),
        ("traceparent", HeaderValue::from_str(&trace.parent())),
    ];
    request.extensions_mut().insert(facts);
    let mut response = next.run(request).await;
    for (header, value) in names {
        if let Ok(value) = value {
            response.headers_mut().insert(header, value);
        }
    }
    response
}
