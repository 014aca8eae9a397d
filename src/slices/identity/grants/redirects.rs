//! Addresses that answers may go to: which ones may be registered, and which one is meant.
//!
//! Texts are compared, not parsed addresses: two readers of an address may disagree, two readers of
//! a text cannot (RFC 9700 §2.1, §4.1).

use url::Url;

/// Longest address that is registered.
const LONGEST: usize = 500;

/// The loopback addresses whose port an application may choose when it starts (RFC 8252 §7.3).
/// `localhost` is a name, which somebody else may answer for (§8.3).
const LOOPBACKS: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// Why an address cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriFault {
    /// Something in it is no plain address.
    #[error("not a plain absolute address: ASCII, no space, no backslash, at most 500 characters")]
    Form,
    /// A fragment would be lost or confused with the answer's.
    #[error("an address with a fragment (#)")]
    Fragment,
    /// A name in front of the host misleads those who read it.
    #[error("an address with a user name")]
    UserInfo,
    /// Neither TLS, nor the machine itself, nor a private scheme.
    #[error(
        "use https, http://127.0.0.1 or http://[::1], or a private scheme with a dot (RFC 8252)"
    )]
    Scheme,
}

/// Whether an address may be registered.
pub(in super::super) fn registrable(uri: &str) -> Result<(), UriFault> {
    let is_plain = |b: u8| b.is_ascii_graphic() && !b"\\\"<>^`{}|".contains(&b);
    if uri.len() > LONGEST || !uri.bytes().all(is_plain) {
        return Err(UriFault::Form);
    }
    let url = Url::parse(uri).map_err(|_| UriFault::Form)?;
    if uri.contains('#') {
        return Err(UriFault::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UriFault::UserInfo);
    }
    let right = match url.scheme() {
        "https" => {
            uri.starts_with("https://") && url.host_str().is_some_and(|it| it != "localhost")
        }
        "http" => LOOPBACKS.iter().any(|base| ported(base, uri).is_some()),
        private => private.contains('.'),
    };
    if right { Ok(()) } else { Err(UriFault::Scheme) }
}

/// Whether `sent` is the registered address: the same text, but for the port of a loopback.
pub(super) fn is_same(registered: &str, sent: &str) -> bool {
    let of_loopback = |base: &&str| {
        let (known, sent) = (ported(base, registered), ported(base, sent));
        known.is_some() && known == sent
    };
    registered == sent || LOOPBACKS.iter().any(of_loopback)
}

/// What follows the port of an address on this loopback; `None` for an address elsewhere.
fn ported<'a>(base: &str, uri: &'a str) -> Option<&'a str> {
    let rest = uri.strip_prefix(base)?;
    let Some(rest) = rest.strip_prefix(':') else {
        return (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (port, rest) = rest.split_at(end);
    let is_port = port.parse::<u16>().is_ok_and(|number| number.to_string() == port && number > 0);
    is_port.then_some(rest)
}

/// The origin of an address, as browsers say it; `None` for a private scheme.
pub(in super::super) fn origin(uri: &str) -> Option<String> {
    let origin = Url::parse(uri).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_registered() {
        for right in [
            "https://app.example/cb",
            "https://app.example/cb?a=1",
            "http://127.0.0.1/cb",
            "http://127.0.0.1:7000/cb",
            "http://[::1]/cb",
            "com.example.app:/cb",
        ] {
            assert_eq!(registrable(right), Ok(()), "{right}");
        }
        for (wrong, fault) in [
            ("https://app.example/cb#x", UriFault::Fragment),
            ("https://user@app.example/cb", UriFault::UserInfo),
            ("https://app.example\\@evil.example/", UriFault::Form),
            ("https://é.example/cb", UriFault::Form),
            ("/cb", UriFault::Form),
            ("http://app.example/cb", UriFault::Scheme),
            ("http://localhost/cb", UriFault::Scheme),
            ("https://localhost/cb", UriFault::Scheme),
            ("http://127.0.0.1.evil.example/cb", UriFault::Scheme),
            ("http://127.0.0.1:080/cb", UriFault::Scheme),
            ("javascript:alert(1)", UriFault::Scheme),
            ("data:text/html,x", UriFault::Scheme),
            ("myapp:/cb", UriFault::Scheme),
        ] {
            assert_eq!(registrable(wrong), Err(fault), "{wrong}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_may_differ() {
        assert!(is_same("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"));
        assert!(is_same("http://[::1]:1/cb?x=1", "http://[::1]:2/cb?x=1"));
        for other in [
            "http://127.0.0.1:49152/cb/",
            "http://127.0.0.1:49152/CB",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:65536/cb",
            "http://127.0.0.1:1@evil.example/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.2/cb",
            "http://[::1]/cb",
            "http://localhost/cb",
            "https://127.0.0.1/cb",
        ] {
            assert!(!is_same("http://127.0.0.1/cb", other), "{other}");
        }
        assert!(!is_same("https://app.example/cb", "https://app.example:443/cb"));
    }

    #[test]
    fn origins_are_those_of_browsers() {
        assert_eq!(origin("https://app.example/cb").as_deref(), Some("https://app.example"));
        assert_eq!(origin("http://127.0.0.1:81/cb").as_deref(), Some("http://127.0.0.1:81"));
        assert_eq!(origin("com.example.app:/cb"), None);
    }
}
