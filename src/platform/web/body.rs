//! Bodies with an end: at most so many bytes, within so much time. A handler reads a body through
//! this room, so that each way of failing has its own answer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::Sleep;

use crate::kernel::problem::{Kind, Problem};

/// More than any limit that the configuration accepts.
const CEILING: usize = 64 * 1024 * 1024;

/// Why the rest of a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// It is too large.
    #[error("the body passes the limit")]
    TooLarge,
    /// It takes too long to arrive.
    #[error("the body did not arrive in time")]
    TooSlow,
}

impl Stopped {
    /// The refusal that it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::TooLarge => Kind::TooLarge,
            Self::TooSlow => Kind::RequestTimeout,
        }
    }
}

/// The same body, stopped at `bytes_max`, and `within` this time from now.
pub fn bound(body: Body, bytes_max: usize, within: Duration) -> Body {
    Body::new(Bounded { body, left: bytes_max, deadline: Box::pin(tokio::time::sleep(within)) })
}

/// The whole body.
///
/// # Errors
/// [`Kind::TooLarge`], [`Kind::RequestTimeout`], or [`Kind::Malformed`] when the client broke off.
pub async fn read(body: Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, CEILING).await.map_err(|error| {
        let kind = stopped(&error).map_or(Kind::Malformed, Stopped::kind);
        Problem::new(kind).cause(error)
    })
}

/// The reason under the layers of errors that carry it.
pub(super) fn stopped(error: &(dyn std::error::Error + 'static)) -> Option<Stopped> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(stopped) = error.downcast_ref::<Stopped>() {
            return Some(*stopped);
        }
        current = error.source();
    }
    None
}

struct Bounded {
    body: Body,
    left: usize,
    deadline: Pin<Box<Sleep>>,
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            ready!(self.deadline.as_mut().poll(context));
            return Poll::Ready(Some(Err(Stopped::TooSlow.into())));
        };
        let Some(frame) = frame else {
            return Poll::Ready(None);
        };
        let frame = frame.map_err(axum::BoxError::from)?;
        let size = frame.data_ref().map_or(0, Bytes::len);
        let Some(left) = self.left.checked_sub(size) else {
            return Poll::Ready(Some(Err(Stopped::TooLarge.into())));
        };
        self.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_body_of_the_limit_passes_and_one_more_byte_does_not() {
        let whole = read(bound(Body::from("abcd"), 4, LONG)).await;
        assert_eq!(whole.expect("fits"), "abcd");
        let refused = read(bound(Body::from("abcde"), 4, LONG)).await;
        assert_eq!(refused.expect_err("too large").kind, Kind::TooLarge);
    }

    /// A client that says nothing more.
    struct Silent;

    impl HttpBody for Silent {
        type Data = Bytes;
        type Error = axum::BoxError;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let refused = read(bound(Body::new(Silent), 4, LONG)).await;
        assert_eq!(refused.expect_err("too slow").kind, Kind::RequestTimeout);
    }
}
