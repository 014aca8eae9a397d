//! The parts of the database's address, for the one room that needs another driver than the pool's.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::pool::password;
use super::{DatabaseSettings, OpenError};

/// Where the database is, part by part.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Name or address of the machine.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Account.
    pub user: String,
    /// Its password.
    pub password: Option<SecretString>,
    /// Name of the database.
    pub name: String,
    /// `ssl-mode` of the address, in lower case; `preferred` when it has none.
    pub ssl_mode: String,
    /// Certificates that are trusted, besides the world's.
    pub ssl_ca: Option<PathBuf>,
    /// Whether the machine is this one.
    pub is_loopback: bool,
}

impl Endpoint {
    /// The parts of the address in the configuration.
    ///
    /// # Errors
    /// The address or the password's file is wrong.
    pub fn of(settings: &DatabaseSettings) -> Result<Self, OpenError> {
        let wrong = || OpenError::Url(sqlx::Error::Configuration("no address".into()));
        let url = Url::parse(settings.url.expose_secret()).map_err(|_| wrong())?;
        let decoded = |text: &str| {
            percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
        };
        let parameter = |key: &str| {
            url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
        };
        let own = url.password().map(|password| SecretString::from(decoded(password)));
        let host = url.host_str().ok_or_else(wrong)?.to_owned();
        Ok(Self {
            is_loopback: matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]"),
            port: url.port().unwrap_or(3306),
            user: decoded(url.username()),
            password: password(settings)?.or(own),
            name: decoded(url.path().trim_start_matches('/')),
            ssl_mode: parameter("ssl-mode").unwrap_or_else(|| "preferred".into()).to_lowercase(),
            ssl_ca: parameter("ssl-ca").map(PathBuf::from),
            host,
        })
    }
}
