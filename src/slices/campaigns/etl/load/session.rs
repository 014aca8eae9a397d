//! Connections of the loader, and what each is told when it opens.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, SslOpts};
use secrecy::ExposeSecret;

use super::error::LoadError;
use super::store::session;
use crate::platform::db::Endpoint;

/// A wire that is silent for so long is asked whether it is whole: without it, a load on a wire that was
/// cut without a word would wait for ever, and hold its lock.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// How to connect, and what the server can do.
#[derive(Clone)]
pub(super) struct Sessions {
    opts: Opts,
}

/// What was found out about the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server {
    pub(super) is_mariadb: bool,
    /// Whether it takes LOAD DATA LOCAL.
    pub(super) has_infile: bool,
}

impl Sessions {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let builder = OptsBuilder::default()
            .ip_or_hostname(endpoint.host.clone())
            .tcp_port(endpoint.port)
            .user(Some(endpoint.user.clone()))
            .pass(endpoint.password.as_ref().map(|secret| secret.expose_secret().to_owned()))
            .db_name(Some(endpoint.name.clone()))
            .prefer_socket(false)
            .tcp_keepalive(Some(KEEPALIVE))
            .ssl_opts(ssl(endpoint));
        Self { opts: builder.into() }
    }

    /// A connection with strict rules and no limit of time: a chunk takes as long as it takes.
    pub(super) async fn open(&self) -> Result<(Conn, Server), LoadError> {
        let mut conn = Conn::new(self.opts.clone()).await?;
        let (version, local): (String, i64) =
            conn.query_first(session::SERVER).await?.unwrap_or_default();
        let server = Server { is_mariadb: version.contains("MariaDB"), has_infile: local != 0 };
        for statement in session::begin(server.is_mariadb) {
            conn.query_drop(*statement).await?;
        }
        Ok((conn, server))
    }
}

/// The address's `ssl-mode` in this driver's words. "Preferred" is plain on the machine itself, and
/// encrypted, without a check of the name, elsewhere.
fn ssl(endpoint: &Endpoint) -> Option<SslOpts> {
    let roots = endpoint.ssl_ca.iter().cloned().map(Into::into).collect();
    let opts = SslOpts::default().with_root_certs(roots);
    match endpoint.ssl_mode.as_str() {
        "disabled" => None,
        "preferred" if endpoint.is_loopback => None,
        "verify_identity" => Some(opts),
        "verify_ca" => Some(opts.with_danger_skip_domain_validation(true)),
        _ => Some(opts.with_danger_accept_invalid_certs(true)),
    }
}
