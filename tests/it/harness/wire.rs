//! The wire to the database, which a test can cut: what is under way breaks, and nobody answers until it is
//! mended.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use super::begun;

/// A wire between a program and its database.
pub(crate) struct Wire {
    near: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Wire {
    /// A whole wire to the server of this address.
    pub(crate) async fn to(url: &str) -> Self {
        let url = Url::parse(url).expect("a URL");
        let host = url.host_str().expect("a host").to_owned();
        let far = (host, url.port().unwrap_or(3306));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let near = listener.local_addr().expect("an address");
        let (whole, state) = watch::channel(true);
        begun(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let (mut state, far) = (state.clone(), far.clone());
                if !*state.borrow() {
                    // Closed at once, as by a machine whose server is gone.
                    continue;
                }
                begun(async move {
                    let Ok(mut there) = TcpStream::connect(far).await else { return };
                    tokio::select! {
                        _ended = copy_bidirectional(&mut here, &mut there) => {}
                        _cut = state.wait_for(|whole| !*whole) => {}
                    }
                });
            }
        });
        Self { near, whole }
    }

    /// The database's address, by this wire.
    pub(crate) fn url(&self, of: &str) -> String {
        let mut url = Url::parse(of).expect("a URL");
        url.set_ip_host(self.near.ip()).expect("a host");
        url.set_port(Some(self.near.port())).expect("a port");
        url.into()
    }

    /// Cuts it: every conversation breaks at once.
    pub(crate) fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Mends it.
    pub(crate) fn mend(&self) {
        self.whole.send_replace(true);
    }
}
