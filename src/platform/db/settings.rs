//! The `database` section of the configuration.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use url::Url;

use crate::platform::limits::Complaints;

/// Where the database is, and how long anything may wait for it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `mysql://user[:password]@host:port/name`.
    #[serde(serialize_with = "masked")]
    pub url: SecretString,
    /// File that holds the password; empty when the address has it, or needs none.
    pub password_file: PathBuf,
    /// Connections kept open when idle.
    pub connections_min: u32,
    /// Connections at most.
    pub connections_max: u32,
    /// Longest wait for a free connection.
    pub acquire_timeout_ms: u64,
    /// Idle connections are closed after this.
    pub idle_timeout_ms: u64,
    /// Connections are renewed after this.
    pub connection_life_ms: u64,
    /// The server stops a statement after this.
    pub statement_timeout_ms: u64,
    /// The server stops waiting for a row's lock after this.
    pub lock_wait_timeout_s: u64,
    /// Whether `serve` applies the migrations.
    pub migrate_at_start: bool,
    /// Longest wait for another copy that migrates.
    pub migrate_lock_wait_s: u64,
}

impl DatabaseSettings {
    /// Longest wait for a free connection.
    pub const fn acquire_timeout(&self) -> Duration {
        Duration::from_millis(self.acquire_timeout_ms)
    }

    /// Complains about every value that makes no sense.
    pub fn check(&self, complaints: &mut Complaints) {
        let url = Url::parse(self.url.expose_secret());
        let named =
            url.is_ok_and(|url| url.scheme() == "mysql" && url.has_host() && url.path().len() > 1);
        complaints.unless(named, "database.url", "is not mysql://user@host:port/name");
        complaints.range("database.connections_max", self.connections_max, 1..=1000);
        let most = self.connections_max;
        complaints.range("database.connections_min", self.connections_min, 0..=most);
        for (key, value, most) in [
            ("acquire_timeout_ms", self.acquire_timeout_ms, 60_000),
            ("idle_timeout_ms", self.idle_timeout_ms, 86_400_000),
            ("connection_life_ms", self.connection_life_ms, 86_400_000),
            ("statement_timeout_ms", self.statement_timeout_ms, 600_000),
        ] {
            complaints.range(&format!("database.{key}"), value, 100..=most);
        }
        for (key, value) in [
            ("lock_wait_timeout_s", self.lock_wait_timeout_s),
            ("migrate_lock_wait_s", self.migrate_lock_wait_s),
        ] {
            complaints.range(&format!("database.{key}"), value, 1..=3600);
        }
    }
}

/// Writes the address without its password: it is printed by `assurly config`.
fn masked<S: Serializer>(url: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    let Ok(mut url) = Url::parse(url.expose_secret()) else {
        return serializer.serialize_str("***");
    };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return serializer.serialize_str("***");
    }
    // A query may name key files and passwords of keys: none of it is needed to recognise a server.
    url.set_query(None);
    serializer.collect_str(&url)
}
