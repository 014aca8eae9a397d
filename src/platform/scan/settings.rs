//! The `scanner` section of the configuration.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// Where the scanner is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScannerSettings {
    /// `host:port` or `unix:/path` of a ClamAV daemon; empty: there is none, and no file is taken.
    pub clamd: String,
    /// Time to connect.
    pub connect_timeout_ms: u64,
    /// Time for one file, connection included.
    pub timeout_ms: u64,
}

/// How a daemon is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// `host:port`.
    Tcp(String),
    /// A socket of this machine.
    Unix(PathBuf),
}

impl ScannerSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        let is_right = self.clamd.is_empty() || self.address().is_some();
        complaints.unless(is_right, "scanner.clamd", "is neither host:port nor unix:/path");
        complaints.range("scanner.connect_timeout_ms", self.connect_timeout_ms, 10..=60_000);
        complaints.range("scanner.timeout_ms", self.timeout_ms, 100..=120_000);
    }

    /// Where it is; `None` when there is none, or the text is no address.
    pub(super) fn address(&self) -> Option<Address> {
        if let Some(path) = self.clamd.strip_prefix("unix:") {
            return path.starts_with('/').then(|| Address::Unix(path.into()));
        }
        let (host, port) = self.clamd.rsplit_once(':')?;
        let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
        let is_host = !host.is_empty() && !host.contains(['/', '@', ' ']);
        (is_host && is_port).then(|| Address::Tcp(self.clamd.clone()))
    }

    pub(super) const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(super) const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_is_a_port_or_a_socket() {
        let of = |clamd: &str| {
            let clamd = clamd.to_owned();
            ScannerSettings { clamd, connect_timeout_ms: 1000, timeout_ms: 1000 }.address()
        };
        assert_eq!(of("clamav:3310"), Some(Address::Tcp("clamav:3310".into())));
        assert_eq!(of("[::1]:3310"), Some(Address::Tcp("[::1]:3310".into())));
        let socket = "/run/clamav/clamd.ctl";
        assert_eq!(of(&format!("unix:{socket}")), Some(Address::Unix(socket.into())));
        for wrong in ["", "clamav", "clamav:0", ":3310", "http://clamav:3310", "unix:clamd.ctl"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
