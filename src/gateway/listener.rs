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
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::Stop;
use super::seats::{Seat, Seats};
use super::settings::ServerSettings;
use super::stall::Unstalled;
use super::tls::Tls;
use crate::platform::admission::Networks;
use crate::platform::web::facts::{ClientAddress, ClientCertificate, Listener};

/// What was accepted last may have its request in the kernel, unseen: before idle connections are
/// closed, the runtime gets this long to look.
const LAST_LOOK: Duration = Duration::from_millis(50);

/// Out of file descriptors: accepting again at once would only fail again.
const PAUSE: Duration = Duration::from_millis(100);

/// How a request came in.
struct Arrival {
    peer: SocketAddr,
    listener: Listener,
    certificate: Option<ClientCertificate>,
}

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

/// By which door a listener lets in, and how its connections begin.
#[derive(Clone, Default)]
pub struct Door {
    /// For whom it is.
    pub listener: Listener,
    /// TLS, when it is spoken here.
    pub tls: Option<Tls>,
}

/// Serves `router` on `listener` until `stop` is asked, then loses nothing that was received.
///
/// Listening goes on for `server.drain_delay_ms`, so that a balancer can see that we are leaving;
/// what waits to be accepted after that is accepted; then idle connections are closed, and requests
/// under way may end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ServerSettings,
    door: Door,
    stop: Stop,
) -> Drained {
    let host = Arc::new(Host::new(router, settings, door, stop));
    host.listen(&listener, settings.drain_delay()).await;
    host.empty(listener);
    host.last_look().await;
    host.leave.cancel();
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
    door: Door,
    proxies: Networks,
    stop: Stop,
    leave: CancellationToken,
    cut: CancellationToken,
    tasks: TaskTracker,
}

impl Host {
    fn new(router: Router, settings: &ServerSettings, door: Door, stop: Stop) -> Self {
        Self {
            router,
            builder: protocol(settings),
            seats: Seats::new(settings.connections_max, settings.connections_per_ip_max),
            stall_max: settings.write_stall_timeout(),
            door,
            proxies: settings.trusted_proxies.clone(),
            stop,
            leave: CancellationToken::new(),
            cut: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Accepts until the end was asked for, and for `delay` after that.
    async fn listen(self: &Arc<Self>, listener: &TcpListener, delay: Duration) {
        let mut end = std::pin::pin!(self.delayed_end(delay));
        loop {
            tokio::select! {
                biased;
                () = end.as_mut() => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.welcome(stream, peer),
                    Err(error) => pause(&error).await,
                },
            }
        }
    }

    async fn delayed_end(&self, delay: Duration) {
        self.stop.asked().await;
        if delay.is_zero() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = self.stop.forced() => {}
        }
    }

    /// Accepts whoever waits, then stops listening: what is left in the queue would be reset. The
    /// kernel is asked itself, because the runtime's idea of the queue may be a moment old.
    fn empty(self: &Arc<Self>, listener: TcpListener) {
        let Ok(listener) = listener.into_std() else {
            return;
        };
        while let Ok((stream, peer)) = listener.accept() {
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            if let Ok(stream) = stream {
                self.welcome(stream, peer);
            }
        }
    }

    async fn last_look(&self) {
        tokio::select! {
            () = tokio::time::sleep(LAST_LOOK) => {}
            () = self.stop.forced() => {}
        }
    }

    /// Gives the connection a seat and a task of its own, or closes it.
    fn welcome(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let taken = if self.proxies.hold(peer.ip()) {
            self.seats.take_for_proxy(peer.ip())
        } else {
            self.seats.take(peer.ip())
        };
        let seat = match taken {
            Ok(seat) => seat,
            Err(full) => return full.note(peer.ip()),
        };
        // Answers are small: waiting to fill a packet only makes them late.
        drop(stream.set_nodelay(true));
        self.tasks.spawn(Arc::clone(self).converse(stream, peer, seat));
    }

    /// One connection, from its first byte to its end.
    async fn converse(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, _seat: Seat) {
        let Some(tls) = &self.door.tls else {
            return self.speak(Unstalled::new(stream, self.stall_max), peer, None).await;
        };
        let shaken = tokio::select! {
            shaken = tls.accept(stream) => shaken,
            () = self.leave.cancelled() => return,
        };
        match shaken {
            Ok((stream, certificate)) => {
                self.speak(Unstalled::new(stream, self.stall_max), peer, certificate).await;
            }
            Err(error) => note_handshake(peer, &error),
        }
    }

    /// HTTP on a connection that is ready for it.
    async fn speak<T: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: Unstalled<T>,
        peer: SocketAddr,
        certificate: Option<ClientCertificate>,
    ) {
        let (router, stop, listener) = (self.router.clone(), self.stop.clone(), self.door.listener);
        let service = service_fn(move |request| {
            let arrival = Arrival { peer, listener, certificate: certificate.clone() };
            answer(router.clone(), request, arrival, stop.clone())
        });
        let io = TokioIo::new(stream);
        let mut connection = std::pin::pin!(self.builder.serve_connection(io, service));
        let mut leaving = false;
        loop {
            tokio::select! {
                // What has arrived is read before the connection is found idle.
                biased;
                ended = connection.as_mut() => return note(peer, ended.err()),
                () = self.leave.cancelled(), if !leaving => {
                    leaving = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = self.cut.cancelled() => return note_cut(peer),
            }
        }
    }

    /// Waits for the connections to end, but not for ever.
    async fn drain(&self, patience: Duration) -> Drained {
        self.tasks.close();
        tokio::select! {
            biased;
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

/// Once the end was asked for, every answer is the last one of its connection.
async fn answer(
    router: Router,
    request: Request<Incoming>,
    arrival: Arrival,
    stop: Stop,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    let extensions = request.extensions_mut();
    extensions.insert(ClientAddress(arrival.peer.ip().to_canonical()));
    extensions.insert(arrival.listener);
    if let Some(certificate) = arrival.certificate {
        extensions.insert(certificate);
    }
    let mut response = router.oneshot(request).await?;
    if stop.is_asked() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
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
        metrics::counter!("http_connections_broken_total").increment(1);
        tracing::info!(client = %peer.ip(), port = peer.port(), error, "connection");
    }
}

/// A handshake that failed had no request: this is its line.
fn note_handshake(peer: SocketAddr, error: &std::io::Error) {
    metrics::counter!("tls_handshakes_failed_total").increment(1);
    let error = error.to_string();
    tracing::info!(client = %peer.ip(), port = peer.port(), error, "handshake");
}

fn note_cut(peer: SocketAddr) {
    metrics::counter!("http_connections_cut_total").increment(1);
    tracing::info!(client = %peer.ip(), port = peer.port(), reason = "cut", "connection");
}
