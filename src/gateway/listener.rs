//! The accept loop: counted connections, a limit on every wait, and an end that loses no request.
//!
//! It is our own because the framework's has no limit on the time to read a head: a client that
//! sends one byte a minute would hold a connection for ever. HTTP/1.1 alone is spoken here: what is
//! in front of us speaks HTTP/2 to browsers, and its streams would each need limits of their own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::Stop;
use super::seats::{Seat, Seats};
use super::settings::ServerSettings;
use super::stall::Unstalled;

/// Out of file descriptors: accepting again at once would only fail again.
const PAUSE: Duration = Duration::from_millis(100);

/// The address of the other end, among the request's extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// How the connections ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Every request under way was answered.
    Clean,
    /// Some were cut: they took too long, or somebody lost patience.
    Cut {
        /// Connections that were cut.
        connections: usize,
    },
}

/// Serves `router` on `listener` until `stop` is asked, then lets requests under way end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ServerSettings,
    stop: Stop,
) -> Drained {
    let host = Arc::new(Host::new(router, settings, stop));
    loop {
        tokio::select! {
            biased;
            () = host.stop.asked() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => host.welcome(stream, peer),
                Err(error) => pause(&error).await,
            },
        }
    }
    drop(listener);
    host.drain(settings.drain_timeout()).await
}

/// A client may be gone before it is accepted: only a lack of resources is worth a pause.
async fn pause(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(%error, "accepting a connection failed");
    tokio::time::sleep(PAUSE).await;
}

struct Host {
    router: Router,
    builder: Builder,
    seats: Seats,
    stall_max: Duration,
    stop: Stop,
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl Host {
    fn new(router: Router, settings: &ServerSettings, stop: Stop) -> Self {
        Self {
            router,
            builder: protocol(settings),
            seats: Seats::new(settings.connections_max, settings.connections_per_ip_max),
            stall_max: settings.write_stall_timeout(),
            stop,
            cut: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Gives the connection a seat and a task of its own, or closes it.
    fn welcome(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let Some(seat) = self.seats.take(peer.ip()) else {
            metrics::counter!("http_connections_refused_total", "reason" => "full").increment(1);
            tracing::debug!(client = %peer.ip(), "connection refused: no seat left");
            return;
        };
        // Answers are small: waiting to fill a packet only makes them late.
        drop(stream.set_nodelay(true));
        self.tasks.spawn(Arc::clone(self).converse(stream, peer, seat));
    }

    /// One connection, from its first byte to its end.
    async fn converse(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, _seat: Seat) {
        let router = self.router.clone();
        let service = service_fn(move |request| answer(router.clone(), request, peer));
        let io = TokioIo::new(Unstalled::new(stream, self.stall_max));
        let mut connection = std::pin::pin!(self.builder.serve_connection(io, service));
        let mut leaving = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => return note(peer, ended.err()),
                () = self.stop.asked(), if !leaving => {
                    leaving = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = self.cut.cancelled() => return refuse(peer, "cut"),
            }
        }
    }

    /// Waits for the connections to end, but not for ever.
    async fn drain(&self, patience: Duration) -> Drained {
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => return Drained::Clean,
            () = tokio::time::sleep(patience) => {}
            () = self.stop.forced() => {}
        }
        let connections = self.tasks.len();
        self.cut.cancel();
        self.tasks.wait().await;
        Drained::Cut { connections }
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    router.oneshot(request).await
}

/// The protocol's own limits. They are wider than ours, which answer in words; what passes these
/// is refused by the library, in its own few.
fn protocol(settings: &ServerSettings) -> Builder {
    let head = settings.header_bytes_max + settings.uri_bytes_max;
    let mut builder = Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_read_timeout())
        .max_headers(settings.headers_max * 2)
        .max_buf_size((head * 2).max(64 * 1024));
    builder
}

/// A connection that ended badly had at most one request without an access line: this is its line.
fn note(peer: SocketAddr, error: Option<hyper::Error>) {
    if let Some(error) = error {
        let error = error.to_string();
        metrics::counter!("http_connections_refused_total", "reason" => "broken").increment(1);
        tracing::info!(client = %peer.ip(), port = peer.port(), error, "connection");
    }
}

fn refuse(peer: SocketAddr, reason: &'static str) {
    metrics::counter!("http_connections_refused_total", "reason" => reason).increment(1);
    tracing::info!(client = %peer.ip(), port = peer.port(), reason, "connection");
}
