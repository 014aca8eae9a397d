//! A layer after which a clone costs one pointer.
//!
//! axum's `from_fn` clones the service that it stands around for every request, and that clone is of all
//! the layers further in: with twenty of them two hundred clones a request, and the handler's state in
//! each. With this between them it is twenty.
//!
//! It decides nothing and changes no request.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::middleware::{FromFnLayer, from_fn, from_fn_with_state};
use tower::layer::util::Stack;
use tower::util::Oneshot;
use tower::{Layer, Service, ServiceExt};

/// A function that asks one question of a request, with what it asks by; cheap to have around.
pub(super) fn asks<S, F, T>(by: S, question: F) -> Stack<ShareLayer, FromFnLayer<F, S, T>> {
    Stack::new(ShareLayer, from_fn_with_state(by, question))
}

/// The same for a question that needs nothing but the request.
pub(super) fn looks<F, T>(question: F) -> Stack<ShareLayer, FromFnLayer<F, (), T>> {
    Stack::new(ShareLayer, from_fn(question))
}

/// Makes the service inside of it one that all clones share.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShareLayer;

impl<S> Layer<S> for ShareLayer {
    type Service = Shared<S>;

    fn layer(&self, inner: S) -> Shared<S> {
        Shared(Arc::new(inner))
    }
}

/// A service that is cloned when it is called, and not before.
#[derive(Debug)]
pub(super) struct Shared<S>(Arc<S>);

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Service<Request> + Clone> Service<Request> for Shared<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = Oneshot<S, Request>;

    /// The one that is called is asked when it is.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        S::clone(&self.0).oneshot(request)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::body::Body;
    use axum::extract::State;
    use axum::http::StatusCode;
    use axum::middleware::Next;
    use axum::response::Response;
    use axum::routing::get;

    use super::*;

    /// A state that counts its clones.
    #[derive(Default)]
    struct Counted(Arc<AtomicUsize>);

    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.0.fetch_add(1, Ordering::Relaxed);
            Self(Arc::clone(&self.0))
        }
    }

    async fn pass(State(()): State<()>, request: Request, next: Next) -> Response {
        next.run(request).await
    }

    /// Clones of the handler's state for one request through so many layers.
    async fn clones(layers: usize) -> usize {
        let state = Counted::default();
        let counter = Arc::clone(&state.0);
        let handler = async |State(_): State<Counted>| StatusCode::NO_CONTENT;
        let mut router = Router::new().route("/", get(handler)).with_state(state);
        for _ in 0..layers {
            router = router.layer(asks((), pass));
        }
        let request = || axum::http::Request::get("/").body(Body::empty()).expect("a request");
        let before = counter.load(Ordering::Relaxed);
        let answer = router.oneshot(request()).await.expect("it cannot fail");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        counter.load(Ordering::Relaxed) - before
    }

    #[tokio::test]
    async fn a_handler_is_cloned_as_often_however_many_layers_there_are() {
        assert_eq!(clones(3).await, clones(20).await);
    }
}
