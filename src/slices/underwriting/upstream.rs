//! The way to the engine's machine: one client, so many requests at once, a limit on every wait, and a
//! breaker. Both the calls of this slice and the browser's go through here.
//!
//! Follows no redirect, uses no proxy of the environment, keeps no cookie. hyper-util's client does the
//! wire; when to ask, for how long to wait and when to stop asking are rules of this room.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use hyper::{Method, Request, Response, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::breaker::{Breaker, Patience, Position};
use super::settings::UnderwritingSettings;

/// A connect error of a reading is tried once more after this.
const AGAIN: Duration = Duration::from_millis(200);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum UpstreamError {
    /// No engine is configured.
    #[error("no engine is configured")]
    None,
    /// The breaker is open.
    #[error("left alone after failures")]
    Open(Duration),
    /// As many requests as may be are under way.
    #[error("too many requests at once")]
    Full,
    /// Nobody takes the connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// It broke, or what came is not HTTP.
    #[error("no whole answer: {0}")]
    Broken(String),
    /// No answer in time.
    #[error("no answer within {} ms", .0.as_millis())]
    TooSlow(Duration),
}

impl UpstreamError {
    /// As a label of the metrics.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Open(_) => "open",
            Self::Full => "full",
            Self::Connect(_) => "connect",
            Self::Broken(_) => "broken",
            Self::TooSlow(_) => "slow",
        }
    }

    /// Whether nobody else would be answered either.
    pub(super) const fn is_outage(&self) -> bool {
        matches!(self, Self::Open(_) | Self::Connect(_) | Self::TooSlow(_))
    }
}

/// An answer whose body is still to come, and its place among those under way.
pub(super) struct Answer {
    pub(super) response: Response<Incoming>,
    pub(super) seat: OwnedSemaphorePermit,
    pub(super) deadline: tokio::time::Instant,
}

/// The engine's machine. Cheap to clone.
#[derive(Clone)]
pub(super) struct Upstream(Arc<Inner>);

struct Inner {
    client: Client<HttpConnector, Full<Bytes>>,
    authority: Option<Authority>,
    seats: Arc<Semaphore>,
    breaker: Mutex<Breaker>,
    exchange: Duration,
}

impl Upstream {
    pub(super) fn new(settings: &UnderwritingSettings) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(settings.connect_timeout()));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.keep_alive())
            .pool_max_idle_per_host(settings.concurrent_max)
            .http1_max_headers(100)
            .http1_max_buf_size(64 * 1024)
            .set_host(true)
            // Only a connection that nobody has answered on is replaced, and readings alone may be sent twice.
            .retry_canceled_requests(true)
            .build(connector);
        let base = settings.base();
        let authority = base.as_ref().and_then(|url| url.authority().parse().ok());
        Self(Arc::new(Inner {
            client,
            authority,
            seats: Arc::new(Semaphore::new(settings.concurrent_max)),
            breaker: Mutex::new(Breaker::new(Patience {
                failures: settings.breaker_failures,
                window: Duration::from_millis(settings.breaker_window_ms),
                open: Duration::from_millis(settings.breaker_open_ms),
            })),
            exchange: settings.exchange_timeout(),
        }))
    }

    /// Whether there is an engine at all.
    pub(super) fn is_configured(&self) -> bool {
        self.0.authority.is_some()
    }

    /// Where its breaker stands.
    pub(super) fn position(&self) -> Position {
        self.breaker(|breaker| breaker.position())
    }

    /// Whether it is left alone still: once its rest is over, whoever asks first finds out.
    pub(super) fn rests(&self) -> bool {
        self.breaker(|breaker| breaker.rests(Instant::now()))
    }

    /// Asks `path` and waits `within` for the head of the answer.
    pub(super) async fn ask(
        &self,
        mut request: Request<Full<Bytes>>,
        path: PathAndQuery,
        within: Duration,
    ) -> Result<Answer, UpstreamError> {
        let authority = self.0.authority.clone().ok_or(UpstreamError::None)?;
        let mut parts = hyper::http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(authority);
        parts.path_and_query = Some(path);
        *request.uri_mut() =
            Uri::from_parts(parts).map_err(|error| UpstreamError::Broken(error.to_string()))?;
        self.breaker(|it| it.admit(Instant::now())).map_err(UpstreamError::Open)?;
        let seat = Arc::clone(&self.0.seats).try_acquire_owned();
        let seat = seat.map_err(|_| UpstreamError::Full)?;
        let deadline = tokio::time::Instant::now() + self.0.exchange;
        let within = within.min(self.0.exchange);
        let sent = tokio::time::timeout(within, self.send(request)).await;
        let response = sent.unwrap_or(Err(UpstreamError::TooSlow(within)));
        self.learn(&response);
        Ok(Answer { response: response?, seat, deadline })
    }

    /// Sends; a reading that found no connection is sent once more.
    async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
        let again = is_reading.then(|| request.clone());
        match (self.0.client.request(request).await, again) {
            (Err(error), Some(again)) if error.is_connect() => {
                tokio::time::sleep(AGAIN).await;
                self.0.client.request(again).await.map_err(|error| failed(&error))
            }
            (answer, _) => answer.map_err(|error| failed(&error)),
        }
    }

    /// Tells the breaker: 503 is an answer, given at once by somebody who knows; other faults are not.
    fn learn(&self, answer: &Result<Response<Incoming>, UpstreamError>) {
        let is_well = answer.as_ref().is_ok_and(|answer| {
            let status = answer.status().as_u16();
            status < 500 || status == 503
        });
        if let Err(error) = answer {
            metrics::counter!("reflex_upstream_errors_total", "kind" => error.kind()).increment(1);
        }
        if is_well {
            self.breaker(Breaker::succeeded);
        } else {
            self.failed();
        }
    }

    /// An answer that had begun well ended badly.
    pub(super) fn failed(&self) {
        self.breaker(|breaker| breaker.failed(Instant::now()));
    }

    fn breaker<T>(&self, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breaker = self.0.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        let before = breaker.position();
        let done = act(&mut breaker);
        let after = breaker.position();
        if before != after {
            metrics::gauge!("reflex_breaker_state").set(after.figure());
            match after {
                Position::Open => tracing::error!("the questionnaire engine is left alone"),
                Position::Trying => tracing::info!("the questionnaire engine is tried"),
                Position::Closed => tracing::info!("the questionnaire engine answers again"),
            }
        }
        done
    }
}

fn failed(error: &Error) -> UpstreamError {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    if error.is_connect() { UpstreamError::Connect(text) } else { UpstreamError::Broken(text) }
}
