//! What the engine sends, passed on as it comes: at most so many bytes, with a limit on the silence
//! between two pieces and on the whole, holding its seat until the end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};

use crate::slices::underwriting::upstream::Upstream;

/// Why the rest is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Cut {
    #[error("the engine's answer passes the limit")]
    TooLarge,
    #[error("the engine's answer does not go on")]
    Silent,
}

/// A body that is passed on.
pub(super) struct Passed {
    body: Incoming,
    left: usize,
    idle: Duration,
    silence: Pin<Box<Sleep>>,
    deadline: Instant,
    upstream: Upstream,
    // Held until the last byte.
    _seat: OwnedSemaphorePermit,
}

impl Passed {
    pub(super) fn new(
        body: Incoming,
        most: usize,
        idle: Duration,
        deadline: Instant,
        (upstream, seat): (Upstream, OwnedSemaphorePermit),
    ) -> Self {
        let first = deadline.min(Instant::now() + idle);
        let silence = Box::pin(tokio::time::sleep_until(first));
        Self { body, left: most, idle, silence, deadline, upstream, _seat: seat }
    }

    fn cut(&self, why: Cut) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        self.upstream.failed();
        metrics::counter!("reflex_upstream_errors_total", "kind" => "cut").increment(1);
        Poll::Ready(Some(Err(why.into())))
    }
}

impl HttpBody for Passed {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            ready!(self.silence.as_mut().poll(context));
            return self.cut(Cut::Silent);
        };
        let Some(frame) = frame else { return Poll::Ready(None) };
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) => {
                self.upstream.failed();
                return Poll::Ready(Some(Err(error.into())));
            }
        };
        // Trailers are headers that nobody has looked at.
        let Ok(data) = frame.into_data() else { return Poll::Ready(None) };
        let Some(left) = self.left.checked_sub(data.len()) else {
            return self.cut(Cut::TooLarge);
        };
        self.left = left;
        let next = self.deadline.min(Instant::now() + self.idle);
        self.silence.as_mut().reset(next);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
