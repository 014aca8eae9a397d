//! What is known of a request before anybody has read it: its names, its address, and whether a
//! program or a person asked.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::{HeaderMap, header};

/// Who reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A program: JSON.
    Api,
    /// A person: a page.
    Page,
}

impl Audience {
    /// By the address first, because a path belongs to one audience; then by what is accepted.
    pub fn of(path: &str, headers: &HeaderMap) -> Self {
        if is_api(path) {
            return Self::Api;
        }
        let accepted =
            headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
        let json = accepted.contains("application/json") || accepted.contains("problem+json");
        if json && !accepted.contains("text/html") { Self::Api } else { Self::Page }
    }
}

fn is_api(path: &str) -> bool {
    path == "/v1"
        || path.starts_with("/v1/")
        || path.ends_with(".json")
        || ["/healthz", "/readyz", "/metrics"].contains(&path)
}

/// Address of the network that the connection comes from; the listener puts it among the request's
/// extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// The network that counts as one client: an IPv4 address, or an IPv6 network of 64 bits, which one
/// household has whole.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
}

/// The names and the address of one request. The outermost layer puts it among the request's
/// extensions; a refusal and a page with a reference number take it from there.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The client's name for the request, or ours.
    pub request_id: String,
    /// The trace that the request belongs to: 32 hex digits, shown as the reference of an error.
    pub trace_id: String,
    /// Path, without the query, which may hold what nobody should keep.
    pub path: String,
    /// Who reads the answer.
    pub audience: Audience,
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn audience(path: &str, accept: &'static str) -> Audience {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        Audience::of(path, &headers)
    }

    #[test]
    fn the_address_decides_before_what_is_accepted() {
        assert_eq!(audience("/v1/quotes", "text/html"), Audience::Api);
        assert_eq!(audience("/problemes.json", "text/html"), Audience::Api);
        assert_eq!(audience("/v1x", "text/html"), Audience::Page);
        assert_eq!(audience("/simuler", "*/*"), Audience::Page);
        assert_eq!(audience("/simuler", "application/json"), Audience::Api);
        let both = "text/html,application/json;q=0.9";
        assert_eq!(audience("/simuler", both), Audience::Page);
    }
}
