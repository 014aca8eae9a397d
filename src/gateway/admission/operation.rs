//! Which operation is it? Every later layer asks by its name.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::platform::access::Declared;

/// The operations by their addresses. Cheap to clone.
#[derive(Clone)]
pub struct Operations(Arc<HashMap<String, Vec<Arc<Declared>>>>);

/// The operation of a request, among its extensions.
#[derive(Clone)]
pub(in super::super) struct Named(pub(in super::super) Arc<Declared>);

impl Operations {
    /// Those of the inventory.
    pub fn new(declared: &[Declared]) -> Self {
        let mut by_path: HashMap<String, Vec<_>> = HashMap::new();
        for operation in declared {
            by_path.entry(operation.path.clone()).or_default().push(Arc::new(operation.clone()));
        }
        Self(Arc::new(by_path))
    }

    /// Whether this address is one of theirs, whatever the method.
    pub(super) fn are_at(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// The operation of this address and method; HEAD is answered by GET's.
    pub(super) fn find(&self, path: &str, method: &Method) -> Option<&Arc<Declared>> {
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(path)?.iter().find(|operation| operation.method == method.as_str())
    }
}

/// Names the operation. A method that the address does not take has none, and is refused further in.
pub async fn named(
    State(operations): State<Operations>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let found = path.and_then(|path| operations.find(path.as_str(), request.method()));
    if let Some(operation) = found.cloned() {
        request.extensions_mut().insert(Named(operation));
    }
    next.run(request).await
}
