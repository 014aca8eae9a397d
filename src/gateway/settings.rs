//! The `server` section of the configuration: where to listen, and a limit on everything that a
//! stranger can make grow.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

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
    /// Open connections in all.
    pub connections_max: usize,
    /// Open connections from one address.
    pub connections_per_ip_max: usize,
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
        complaints.range("server.drain_delay_ms", self.drain_delay_ms, 0..=60_000);
        complaints.unless(
            self.drain_timeout_ms >= self.request_timeout_ms,
            "server.drain_timeout_ms",
            "is shorter than server.request_timeout_ms: a stop would cut what is still allowed",
        );
    }
}
