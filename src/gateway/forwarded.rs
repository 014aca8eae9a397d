//! Where does the request come from? From the other end of the connection, or, when that is a proxy of
//! ours, from where the proxy says: of all others, such headers are lies and are taken away before
//! anybody can read them.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::settings::{ProxyHeader, ServerSettings};
use super::tls::describe;
use crate::platform::admission::Networks;
use crate::platform::web::facts::{ClientAddress, ClientCertificate};

/// The certificate that the proxy verified (RFC 9440).
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Everything by which somebody could claim to be somebody else.
const CLAIMS: [&str; 9] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-real-ip",
    "x-client-cert",
    "client-cert",
    "client-cert-chain",
];

/// Whom is believed, and what.
#[derive(Clone)]
pub(super) struct Proxies(Arc<Believed>);

struct Believed {
    networks: Networks,
    header: ProxyHeader,
    certificates: bool,
}

impl Proxies {
    pub(super) fn new(settings: &ServerSettings) -> Self {
        Self(Arc::new(Believed {
            networks: settings.trusted_proxies.clone(),
            header: settings.proxy_header,
            certificates: settings.proxy_client_certificates,
        }))
    }
}

/// Puts the client's own address, and its certificate, among the request's extensions.
pub(super) async fn real_client(
    State(proxies): State<Proxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ClientAddress>().copied();
    if let Some(ClientAddress(peer)) = peer
        && proxies.0.networks.hold(peer)
    {
        let client = proxies.0.client(request.headers(), peer);
        let certificate = proxies.0.certificate(request.headers());
        request.extensions_mut().insert(ClientAddress(client));
        if let Some(certificate) = certificate {
            request.extensions_mut().insert(certificate);
        }
    }
    for name in CLAIMS {
        request.headers_mut().remove(name);
    }
    next.run(request).await
}

impl Believed {
    /// The last address that is not a proxy of ours: what stands before it, anybody could have written.
    fn client(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let name = match self.header {
            ProxyHeader::XForwardedFor => FORWARDED_FOR,
            ProxyHeader::Forwarded => header::FORWARDED,
        };
        let mut client = peer;
        let texts: Vec<_> = headers.get_all(name).iter().map(|it| it.to_str().ok()).collect();
        for text in texts.into_iter().rev() {
            let Some(text) = text else { return client };
            for element in text.rsplit(',') {
                let Some(address) = self.address(element.trim()) else { return client };
                client = address;
                if !self.networks.hold(client) {
                    return client;
                }
            }
        }
        client
    }

    fn address(&self, element: &str) -> Option<IpAddr> {
        let text = match self.header {
            ProxyHeader::XForwardedFor => element,
            ProxyHeader::Forwarded => {
                let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
                let mut found = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
                found.next()?.1.trim().trim_matches('"')
            }
        };
        let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|it| it.0);
        let parsed = bare.unwrap_or(text).parse::<IpAddr>();
        // An address with its port, as some proxies write it.
        let parsed = parsed.or_else(|_| text.parse::<std::net::SocketAddr>().map(|it| it.ip()));
        parsed.ok().map(|address| address.to_canonical())
    }

    fn certificate(&self, headers: &HeaderMap) -> Option<ClientCertificate> {
        if !self.certificates {
            return None;
        }
        let mut values = headers.get_all(CLIENT_CERT).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let text = value.to_str().ok()?.trim().strip_prefix(':')?.strip_suffix(':')?;
        describe(&STANDARD.decode(text).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(header: ProxyHeader, values: &[&str]) -> String {
        let networks = Networks::parse(&["10.0.0.0/8", "2001:db8::/32"]).expect("networks");
        let believed = Believed { networks, header, certificates: false };
        let name = match header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        believed.client(&headers, [10, 0, 0, 1].into()).to_string()
    }

    #[test]
    fn the_last_address_that_is_no_proxy_of_ours_is_the_client() {
        for (values, expected) in [
            (&[][..], "10.0.0.1"),
            (&["192.0.2.7"], "192.0.2.7"),
            (&["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
            (&["203.0.113.9", "192.0.2.7, 10.0.0.2"], "192.0.2.7"),
            (&["10.0.0.3"], "10.0.0.3"),
            (&["192.0.2.7, x, 10.0.0.2"], "10.0.0.2"),
            (&["::ffff:192.0.2.7"], "192.0.2.7"),
            (&["192.0.2.7:1234"], "192.0.2.7"),
        ] {
            assert_eq!(client(ProxyHeader::XForwardedFor, values), expected, "{values:?}");
        }
        for (values, expected) in [
            (&["for=192.0.2.7;proto=https"][..], "192.0.2.7"),
            (&["for=203.0.113.9, For=\"[2001:db9::1]:443\""], "2001:db9::1"),
            (&["for=203.0.113.9, for=\"[2001:db8::1]\""], "203.0.113.9"),
            (&["for=unknown"], "10.0.0.1"),
            (&["by=192.0.2.7"], "10.0.0.1"),
        ] {
            assert_eq!(client(ProxyHeader::Forwarded, values), expected, "{values:?}");
        }
    }
}
