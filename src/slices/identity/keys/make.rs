//! Key pairs: drawn by the library of cryptography itself, named by their RFC 7638 thumbprint. The
//! private half leaves this room as PKCS#8, to be sealed at once.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use crate::slices::identity::model::Algorithm;

/// A key pair just made.
pub(super) struct Made {
    pub(super) kid: String,
    pub(super) jwk: Value,
    pub(super) pkcs8: Vec<u8>,
}

/// Makes a key pair. RSA takes a while: not on a thread that answers requests.
pub(super) fn pair(algorithm: Algorithm) -> Result<Made, Unspecified> {
    let (mut jwk, pkcs8) = match algorithm {
        Algorithm::Es256 => curve()?,
        Algorithm::Rs256 => modulus()?,
    };
    let kid = thumbprint(&jwk).ok_or(Unspecified)?;
    jwk["kid"] = kid.as_str().into();
    jwk["alg"] = algorithm.code().into();
    jwk["use"] = "sig".into();
    Ok(Made { kid, jwk, pkcs8 })
}

fn curve() -> Result<(Value, Vec<u8>), Unspecified> {
    let way = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(way, &SystemRandom::new())?;
    let pair = EcdsaKeyPair::from_pkcs8(way, document.as_ref()).map_err(|_| Unspecified)?;
    // SEC 1 §2.3.3: the byte 4, then both coordinates.
    let [4, point @ ..] = pair.public_key().as_ref() else { return Err(Unspecified) };
    let (x, y) = point.split_at_checked(32).ok_or(Unspecified)?;
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) });
    Ok((jwk, document.as_ref().to_vec()))
}

fn modulus() -> Result<(Value, Vec<u8>), Unspecified> {
    let pair = rsa::KeyPair::generate(KeySize::Rsa2048)?;
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
    let document = pair.as_der()?;
    let document: &Pkcs8V1Der<'_> = &document;
    let jwk = json!({ "kty": "RSA", "n": text(&public.n), "e": text(&public.e) });
    Ok((jwk, document.as_ref().to_vec()))
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// RFC 7638 §3: SHA-256 of the required members, in the order of their names, without spaces.
fn thumbprint(jwk: &Value) -> Option<String> {
    let members: &[&str] = match jwk["kty"].as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let pairs: Option<Vec<_>> = members
        .iter()
        .map(|name| jwk[name].as_str().map(|value| format!("\"{name}\":\"{value}\"")))
        .collect();
    let canonical = format!("{{{}}}", pairs?.join(","));
    Some(text(digest(&SHA256, canonical.as_bytes()).as_ref()))
}

/// The private half, ready to sign.
pub(super) fn encoding(algorithm: Algorithm, pkcs8: &[u8]) -> Option<EncodingKey> {
    match algorithm {
        Algorithm::Es256 => Some(EncodingKey::from_ec_der(pkcs8)),
        // The library takes PKCS#8 of RSA as PEM only.
        Algorithm::Rs256 => {
            let body = STANDARD.encode(pkcs8);
            let lines: Vec<_> = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
            let lines = lines.join("\n");
            let pem = format!("-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----\n");
            EncodingKey::from_rsa_pem(pem.as_bytes()).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::access::VerifyingKey;

    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        let n = concat!(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7",
            "aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXA",
            "rwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7",
            "d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lF",
            "d2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        );
        // Members beyond the required ones change nothing.
        let jwk = json!({ "kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB", "n": n });
        let known = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        assert_eq!(thumbprint(&jwk).as_deref(), Some(known));
    }

    #[test]
    fn both_kinds_of_key_verify_what_they_sign() {
        for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
            let made = pair(algorithm).expect("a key");
            let key = encoding(algorithm, &made.pkcs8).expect("usable");
            let header = jsonwebtoken::Header::new(super::super::signature(algorithm));
            let token = jsonwebtoken::encode(&header, &json!({"a": 1}), &key).expect("signed");
            let (message, signature) = token.rsplit_once('.').expect("three parts");
            let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
            let verifying = VerifyingKey::from_jwk(&made.jwk).expect("a public key");
            let way = algorithm.code().parse().expect("known");
            assert!(verifying.verify(way, message.as_bytes(), &signature), "{algorithm}");
            assert_eq!(made.kid.len(), 43);
        }
    }
}
