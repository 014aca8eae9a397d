//! The `server` section of the configuration: where to listen, and a limit on everything that a
//! stranger can make grow.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::tls::TlsSettings;
use crate::platform::admission::Networks;
use crate::platform::limits::Complaints;

/// Addresses and limits.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// The public address.
    pub listen: SocketAddr,
    /// How the world calls it.
    pub public_url: Url,
    /// Metrics and health, for the operators' network.
    pub admin_listen: SocketAddr,
    /// The same API for our own networks, with what operators do; none when empty.
    #[serde(with = "listen_or_nothing")]
    pub private_listen: Option<SocketAddr>,
    /// Proxies of ours, whose word on where a request comes from is taken.
    pub trusted_proxies: Networks,
    /// The header in which they say it.
    pub proxy_header: ProxyHeader,
    /// Whether they say whose certificate they have verified, too.
    pub proxy_client_certificates: bool,
    /// TLS in the binary.
    pub tls: TlsSettings,
    /// Open connections in all.
    pub connections_max: usize,
    /// Open connections from one address.
    pub connections_per_ip_max: usize,
    /// Requests per second of one address; no limit when 0.
    pub requests_per_ip_per_s: u32,
    /// And so many at once.
    pub requests_per_ip_burst: u32,
    /// Time for the head of a request.
    pub header_read_timeout_ms: u64,
    /// Headers of one request.
    pub headers_max: usize,
    /// Size of the head.
    pub header_bytes_max: usize,
    /// Size of the path and query.
    pub uri_bytes_max: usize,
    /// Size of a body.
    pub body_bytes_max: usize,
    /// Time for a body to arrive.
    pub body_read_timeout_ms: u64,
    /// Addresses to which people send files.
    pub uploads: Vec<UploadRoute>,
    /// Time for a client to take anything of an answer.
    pub write_stall_timeout_ms: u64,
    /// Time for an answer.
    pub request_timeout_ms: u64,
    /// Time between the signal to stop and the end of listening.
    pub drain_delay_ms: u64,
    /// Time for requests under way at a stop.
    pub drain_timeout_ms: u64,
    /// Requests worked on at once.
    pub in_flight_max: usize,
}

/// An address to which people send files: more bytes, from a telephone in a train.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UploadRoute {
    /// As it is routed, with its `{parameters}`.
    pub route: String,
    /// Size of a body whose length is announced; another one has the size of everybody's.
    pub body_bytes_max: usize,
    /// Time for it to arrive. The time for an answer begins anew after it.
    pub body_read_timeout_ms: u64,
}

/// In which header a proxy says where a request comes from; the other one is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// An address, or nothing: TOML has no word for it but an empty text.
mod listen_or_nothing {
    use std::net::SocketAddr;

    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::ref_option, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(
        address: &Option<SocketAddr>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = address.map_or_else(String::new, |address| address.to_string());
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<SocketAddr>, D::Error> {
        let text = String::deserialize(from)?;
        let read = |text: &str| text.parse().map_err(|_| D::Error::custom("not an address"));
        if text.is_empty() { Ok(None) } else { read(&text).map(Some) }
    }
}

impl UploadRoute {
    /// Time for its body to arrive.
    pub const fn body_read_timeout(&self) -> Duration {
        Duration::from_millis(self.body_read_timeout_ms)
    }
}

impl ServerSettings {
    /// Completes a `public_url` that leaves its port open (port 0) with the one that is listened on.
    pub fn is_reached_on(&mut self, port: u16) {
        if self.public_url.port() == Some(0) {
            // Only an address without a host refuses a port, and such a one stopped the start.
            let _refused = self.public_url.set_port(Some(port));
        }
    }

    /// Time for the head of a request.
    pub const fn header_read_timeout(&self) -> Duration {
        Duration::from_millis(self.header_read_timeout_ms)
    }

    /// Time for a body to arrive.
    pub const fn body_read_timeout(&self) -> Duration {
        Duration::from_millis(self.body_read_timeout_ms)
    }

    /// What is said of files that are sent to this address, if anything.
    pub fn upload(&self, route: Option<&str>) -> Option<&UploadRoute> {
        let route = route?;
        self.uploads.iter().find(|upload| upload.route == route)
    }

    /// Time for a client to take anything of an answer.
    pub const fn write_stall_timeout(&self) -> Duration {
        Duration::from_millis(self.write_stall_timeout_ms)
    }

    /// Time for an answer.
    pub const fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// Time between the signal to stop and the end of listening.
    pub const fn drain_delay(&self) -> Duration {
        Duration::from_millis(self.drain_delay_ms)
    }

    /// Time for requests under way at a stop.
    pub const fn drain_timeout(&self) -> Duration {
        Duration::from_millis(self.drain_timeout_ms)
    }

    /// Complains about every value that makes no sense.
    pub fn check(&self, complaints: &mut Complaints) {
        let web =
            matches!(self.public_url.scheme(), "http" | "https") && self.public_url.has_host();
        complaints.unless(web, "server.public_url", "is not http(s)://host");
        // It stands in links and in the types of problems: everybody reads it.
        let bare = self.public_url.username().is_empty() && self.public_url.password().is_none();
        complaints.unless(bare, "server.public_url", "holds a name or a password");
        self.tls.check(complaints);
        let (rate, burst) = (self.requests_per_ip_per_s, self.requests_per_ip_burst);
        complaints.range("server.requests_per_ip_per_s", rate, 0..=1_000_000);
        complaints.range("server.requests_per_ip_burst", burst, 1..=1_000_000);
        complaints.unless(
            !self.proxy_client_certificates || !self.trusted_proxies.is_empty(),
            "server.proxy_client_certificates",
            "is of no use without trusted_proxies",
        );
        for (key, value, least, most) in [
            ("connections_max", self.connections_max, 1, 100_000),
            ("connections_per_ip_max", self.connections_per_ip_max, 1, 100_000),
            ("headers_max", self.headers_max, 10, 1000),
            ("header_bytes_max", self.header_bytes_max, 1024, 65_536),
            ("uri_bytes_max", self.uri_bytes_max, 256, 32_768),
            ("body_bytes_max", self.body_bytes_max, 1024, 64 * 1024 * 1024),
            ("in_flight_max", self.in_flight_max, 1, 100_000),
        ] {
            complaints.range(&format!("server.{key}"), value, least..=most);
        }
        for (key, value) in [
            ("header_read_timeout_ms", self.header_read_timeout_ms),
            ("body_read_timeout_ms", self.body_read_timeout_ms),
            ("write_stall_timeout_ms", self.write_stall_timeout_ms),
            ("request_timeout_ms", self.request_timeout_ms),
            ("drain_timeout_ms", self.drain_timeout_ms),
        ] {
            complaints.range(&format!("server.{key}"), value, 50..=300_000);
        }
        for upload in &self.uploads {
            let is_route = upload.route.starts_with('/');
            complaints.unless(is_route, "server.uploads.route", "is no address");
            let (size, time) = (upload.body_bytes_max, upload.body_read_timeout_ms);
            complaints.range("server.uploads.body_bytes_max", size, 1024..=64 * 1024 * 1024);
            complaints.range("server.uploads.body_read_timeout_ms", time, 50..=600_000);
        }
        complaints.range("server.drain_delay_ms", self.drain_delay_ms, 0..=60_000);
        complaints.unless(
            self.drain_timeout_ms >= self.request_timeout_ms,
            "server.drain_timeout_ms",
            "is shorter than server.request_timeout_ms: a stop would cut what is still allowed",
        );
    }
}
