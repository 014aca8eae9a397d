//! The `database` section of the configuration.

use std::borrow::Cow;
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
        self.check_address(complaints);
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

    /// The address's own settings, none of whose values is repeated.
    fn check_address(&self, complaints: &mut Complaints) {
        let Ok(url) = Url::parse(self.url.expose_secret()) else {
            return;
        };
        let known = url.query_pairs().all(|(name, _)| PARAMETERS.contains(&&*name));
        let what =
            format!("has a parameter that nobody reads; known are {}", PARAMETERS.join(", "));
        complaints.unless(known, "database.url", &what);
        let right = |name: &str, value: &str| match name {
            "ssl-mode" => SSL_MODES.contains(&value.to_ascii_lowercase().as_str()),
            "statement-cache-capacity" => value.parse::<usize>().is_ok(),
            _ => true,
        };
        let right = url.query_pairs().all(|(name, value)| right(&name, &value));
        let what = format!("has a wrong ssl-mode ({}) or capacity", SSL_MODES.join(", "));
        complaints.unless(right, "database.url", &what);
        let masked = url.password() == Some(MASK) || url.query_pairs().any(|(_, it)| it == MASK);
        let what = "holds ***, as `assurly config` prints it: give the secret itself";
        complaints.unless(!masked, "database.url", what);
    }
}

/// Stands for a secret.
const MASK: &str = "***";

/// What an address may say after its `?`. Character set and time zone are the program's own choice.
const PARAMETERS: &[&str] =
    &["ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "socket", "statement-cache-capacity"];

const SSL_MODES: &[&str] = &["disabled", "preferred", "required", "verify_ca", "verify_identity"];

/// Writes the address without its password: it is printed by `assurly config`.
fn masked<S: Serializer>(url: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    let Ok(mut url) = Url::parse(url.expose_secret()) else {
        return serializer.serialize_str(MASK);
    };
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return serializer.serialize_str(MASK);
    }
    // Whether the way is safe must be seen; the names of key files need not.
    let shown = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        let value = if name == "ssl-mode" { value.into_owned() } else { MASK.to_owned() };
        (name.into_owned(), value)
    };
    let query: Vec<_> = url.query_pairs().map(shown).collect();
    url.set_query(None);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    serializer.collect_str(&url)
}
