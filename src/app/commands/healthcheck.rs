//! `assurly healthcheck`: what `curl -f` would do, in an image that has no shell.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::app::settings::Settings;

/// Docker's own default is 30 s: a probe that waits less says more.
const PATIENCE: Duration = Duration::from_secs(3);

/// More than the head and the body of the answer.
const ANSWER_MAX: u64 = 4096;

/// Asks `/healthz` on the configured address.
pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    let address = reachable(settings.server.listen);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)
        .with_context(|| format!("nothing answers on {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(ANSWER_MAX).read_to_end(&mut answer)?;
    ensure!(answer.starts_with(b"HTTP/1.1 200 "), "the service is not well");
    Ok(())
}

/// `0.0.0.0` is an address to listen on, not one to call.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
