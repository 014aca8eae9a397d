//! May a page of another origin read the answer? By the rules: which origin, which operation, and with
//! a token of which application. What a browser asks first is answered here, before any handler.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::asker::Asker;
use super::operation::{Named, Operations};
use crate::platform::admission::{Admission, Origin, Pattern};
use crate::platform::web::cors;

/// Headers that a page may send.
const SENT: &str = "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Api-Key, \
    X-Request-Id";

/// Headers that a page may read.
const SEEN: &str = "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, \
    X-Request-Id";

/// What the layer asks.
#[derive(Clone)]
pub struct Pages {
    admission: Admission,
    operations: Operations,
}

impl Pages {
    /// By these rules, for these operations.
    pub const fn new(admission: Admission, operations: Operations) -> Self {
        Self { admission, operations }
    }

    /// Whether this page may call the operation; `application` is the token's, while one is known.
    fn may(&self, page: &HeaderValue, operation: &str, application: Option<Option<&str>>) -> bool {
        let picture = self.admission.picture();
        let Some(picture) = picture.as_deref() else { return false };
        let is_its = |origin: &Origin| match application {
            // Before the call, nobody knows with which token it will come.
            None => true,
            Some(_) if origin.clients.is_empty() => true,
            Some(application) => {
                application.is_some_and(|name| origin.clients.iter().any(|known| known == name))
            }
        };
        picture.rules.origins.iter().any(|origin| {
            origin.origin.as_bytes() == page.as_bytes()
                && Pattern::any(&origin.operations, operation)
                && is_its(origin)
        })
    }

    /// The answer to a browser's question, if the request is one.
    fn preflight(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        let (page, method) =
            (cors::asking(headers)?, headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?);
        let path = request.extensions().get::<MatchedPath>()?;
        if !self.operations.are_at(path.as_str()) {
            return None;
        }
        let mut response = cors::nothing();
        let answer = response.headers_mut();
        cors::varies(answer);
        let asked = Method::from_bytes(method.as_bytes()).ok();
        let operation = asked.and_then(|method| self.operations.find(path.as_str(), &method));
        if operation.is_some_and(|operation| self.may(&page, operation.id, None)) {
            cors::allow(answer, page, SEEN);
            cors::preflight(answer, method, SENT);
        }
        Some(response)
    }
}

/// Answers a browser's question, or lets the page read the answer, if the rules say so.
pub async fn cross_origin(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS
        && let Some(answer) = pages.preflight(&request)
    {
        return answer;
    }
    // Pages, and the servers of identity, which answer for themselves.
    let Some(operation) = request.extensions().get::<Named>().map(|named| named.0.id) else {
        return next.run(request).await;
    };
    let page = cors::asking(request.headers());
    let mut response = next.run(request).await;
    cors::varies(response.headers_mut());
    if let Some(page) = page {
        let asker = response.extensions().get::<Asker>();
        let application: Option<Arc<str>> = asker.and_then(|asker| asker.application.clone());
        if pages.may(&page, operation, Some(application.as_deref())) {
            cors::allow(response.headers_mut(), page, SEEN);
        }
    }
    response
}
