//! Documents of other servers, fetched with care: at most so many bytes, within so much time, no
//! redirect, no proxy, and no private address unless it was asked for. An operator names every address;
//! what is behind one may still lie, move, or never end.

mod reach;

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use url::Url;

pub use reach::is_public;

/// Why a document was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not one that may be asked.
    #[error("the address is private, or not https")]
    Address,
    /// No connection, or it broke.
    #[error("no answer: {0}")]
    Transport(String),
    /// It took too long.
    #[error("no whole answer within {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// It is too long.
    #[error("more than {0} bytes")]
    TooLarge(usize),
    /// Another status than 200; redirects are not followed.
    #[error("status {0}")]
    Status(u16),
    /// Not JSON by its own account.
    #[error("another media type than JSON")]
    MediaType,
}

/// A document, and for how long its server says it is good.
#[derive(Debug)]
pub struct Fetched {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// `max-age`, when there is one.
    pub max_age: Option<Duration>,
}

/// The bounds of one fetch.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Most bytes.
    pub bytes: usize,
    /// Longest time, from the name of the host to the last byte.
    pub within: Duration,
    /// Whether plain http and private addresses are allowed: a server next door, or a test's.
    pub allow_private: bool,
}

/// Fetches. The clients are made when they are first needed: making one reads every root certificate.
#[derive(Debug, Default)]
pub struct Fetcher {
    guarded: OnceLock<Option<reqwest::Client>>,
    open: OnceLock<Option<reqwest::Client>>,
}

impl Fetcher {
    /// A JSON document.
    ///
    /// # Errors
    /// [`FetchError`]: whatever is not a whole JSON document within the bounds.
    pub async fn json(&self, url: &Url, bounds: Bounds) -> Result<Fetched, FetchError> {
        if !bounds.allow_private && !may_be_asked(url) {
            return Err(FetchError::Address);
        }
        let fetch = fetch(self.client(bounds.allow_private)?, url, bounds.bytes);
        let fetched = tokio::time::timeout(bounds.within, fetch).await;
        fetched.unwrap_or(Err(FetchError::TooSlow(bounds.within)))
    }

    fn client(&self, allow_private: bool) -> Result<&reqwest::Client, FetchError> {
        let place = if allow_private { &self.open } else { &self.guarded };
        let client = place.get_or_init(|| client(allow_private));
        client.as_ref().ok_or_else(|| FetchError::Transport("no client can be made".to_owned()))
    }
}

/// A host that is an address is never resolved, so it is looked at here.
fn may_be_asked(url: &Url) -> bool {
    let public = match url.host() {
        Some(url::Host::Domain(_)) => true,
        Some(url::Host::Ipv4(address)) => is_public(address.into()),
        Some(url::Host::Ipv6(address)) => is_public(address.into()),
        None => false,
    };
    public && url.scheme() == "https"
}

fn client(allow_private: bool) -> Option<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .no_gzip()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(1);
    let builder = if allow_private { builder } else { builder.dns_resolver(reach::PublicOnly) };
    builder.build().inspect_err(|error| tracing::error!(%error, "no client for fetching")).ok()
}

async fn fetch(client: &reqwest::Client, url: &Url, most: usize) -> Result<Fetched, FetchError> {
    let request = client.get(url.clone()).header(ACCEPT, "application/json");
    let mut response = request.send().await.map_err(|error| transport(&error))?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(FetchError::Status(response.status().as_u16()));
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if !is_json(header(CONTENT_TYPE).unwrap_or("")) {
        return Err(FetchError::MediaType);
    }
    let max_age = max_age(header(CACHE_CONTROL).unwrap_or(""));
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
        if bytes.len() + chunk.len() > most {
            return Err(FetchError::TooLarge(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched { bytes, max_age })
}

/// With its causes, which say what the error itself does not; without the address, which is known.
fn transport(error: &reqwest::Error) -> FetchError {
    let mut text = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = error.to_string();
        cause = error.source();
    }
    FetchError::Transport(text)
}

fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let subtype = media.strip_prefix("application/").unwrap_or("");
    subtype == "json" || subtype.ends_with("+json")
}

fn max_age(cache_control: &str) -> Option<Duration> {
    let mut directives = cache_control.split(',').map(str::trim);
    let seconds = directives.find_map(|it| it.strip_prefix("max-age="))?;
    seconds.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_https_is_asked() {
        for (url, expected) in [
            ("https://id.example/jwks", true),
            ("http://id.example/jwks", false),
            ("https://127.0.0.1/jwks", false),
            ("https://[::1]/jwks", false),
            ("https://[::ffff:10.0.0.1]/jwks", false),
            ("https://0x7f.1/jwks", false),
            ("https://8.8.8.8/jwks", true),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(may_be_asked(&url.parse().expect("a URL")), expected, "{url}");
        }
    }

    #[test]
    fn headers_are_read_as_they_are_written() {
        assert_eq!(max_age("public, max-age=60"), Some(Duration::from_secs(60)));
        assert_eq!(max_age("max-age=x"), None);
        assert!(is_json("application/json; charset=utf-8") && is_json("application/jwk-set+json"));
        assert!(!is_json("text/html") && !is_json(""));
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_not_asked_either() {
        let bounds = Bounds { bytes: 10, within: Duration::from_secs(9), allow_private: false };
        let url = "https://localhost:1/jwks".parse().expect("a URL");
        let refused = Fetcher::default().json(&url, bounds).await.expect_err("private");
        assert!(refused.to_string().contains("no public address"), "{refused}");
    }
}
