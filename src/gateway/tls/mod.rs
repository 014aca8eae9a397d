//! TLS in the binary, for installations without a proxy in front: rustls on aws-lc-rs, TLS 1.2 and 1.3,
//! client certificates verified against a truststore and a revocation list. Files are read again when
//! they change; what cannot be read leaves the last good ones in force.

mod certificate;
mod files;
mod settings;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub use certificate::describe;
pub use files::TlsError;
pub use settings::{ClientCertificates, TlsSettings};

use super::Stop;
use crate::platform::web::facts::ClientCertificate;

/// A connection that has not ended its handshake after this is closed.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// The TLS of a listener. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    settings: TlsSettings,
    config: ArcSwap<ServerConfig>,
}

impl Tls {
    /// By these files; none when no certificate is named.
    ///
    /// # Errors
    /// A file cannot be read, or is not what it should be.
    pub fn load(settings: &TlsSettings) -> Result<Option<Self>, TlsError> {
        if !settings.is_on() {
            return Ok(None);
        }
        let config = ArcSwap::new(Arc::new(files::config(settings)?));
        Ok(Some(Self(Arc::new(Inner { settings: settings.clone(), config }))))
    }

    /// Ends the handshake, in time, and says whose certificate came with it.
    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Option<ClientCertificate>)> {
        let acceptor = TlsAcceptor::from(self.0.config.load_full());
        let stream = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await??;
        let presented = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let certificate = presented.and_then(|certificate| describe(certificate));
        Ok((stream, certificate))
    }

    /// Reads the files again and again; connections that are open keep what they began with.
    pub async fn follow(self, stop: Stop) {
        let period = Duration::from_secs(self.0.settings.reload_s);
        let mut seen = files::fingerprint(&self.0.settings);
        loop {
            tokio::select! {
                () = tokio::time::sleep(period) => {}
                () = stop.asked() => return,
            }
            let now = files::fingerprint(&self.0.settings);
            if now != seen {
                self.reload();
                seen = now;
            }
        }
    }

    /// Reads the files; keeps the last good ones when they are wrong.
    fn reload(&self) {
        let outcome = files::config(&self.0.settings);
        let name = if outcome.is_ok() { "read" } else { "kept" };
        metrics::counter!("tls_reloads_total", "outcome" => name).increment(1);
        match outcome {
            Ok(config) => {
                self.0.config.store(Arc::new(config));
                tracing::info!("the files of TLS were read again");
            }
            Err(error) => {
                tracing::error!(%error, "the files of TLS are wrong: the ones before stay in force");
            }
        }
    }
}
