//! What we call a client certificate: its hash, and its subject as people write it (RFC 4514, most
//! specific part first, as `openssl x509 -nameopt RFC2253` shows it).

use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::platform::digest::{hex, plain_sha256};
use crate::platform::web::facts::ClientCertificate;

/// The names of this certificate; none when it cannot be read.
pub fn describe(der: &[u8]) -> Option<ClientCertificate> {
    let (rest, certificate) = X509Certificate::from_der(der).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let parts: Vec<_> = certificate.subject().iter_rdn().collect();
    let subject = parts.iter().rev().map(|rdn| {
        let pairs = rdn.iter().map(|pair| {
            let oid = pair.attr_type();
            let name = oid2abbrev(oid, oid_registry());
            let name = name.map_or_else(|_| oid.to_id_string(), str::to_owned);
            format!("{name}={}", escaped(pair.as_str().unwrap_or("?")))
        });
        pairs.collect::<Vec<_>>().join("+")
    });
    let subject = subject.collect::<Vec<_>>().join(",");
    Some(ClientCertificate { sha256: hex(&plain_sha256(der)).into(), subject: subject.into() })
}

/// A value that holds a separator must not look like two.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}
