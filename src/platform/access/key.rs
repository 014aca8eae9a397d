//! Public keys that tokens are verified with: read once from their JWK (RFC 7517), with the same care
//! as anything that comes from outside. No private key, and no algorithm with a shared secret.
//!
//! The signature alone is checked here, by aws-lc-rs on a key that was parsed when it was read; what a
//! token says is `gateway::authorizer`'s to judge.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Signatures that are taken (RFC 7518, RFC 8037): asymmetric ones. `none` and HMAC are not in the
/// list, so nothing that a token says can choose them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the names of the standard say it all")]
pub enum Algorithm {
    ES256,
    ES384,
    EdDSA,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
}

impl Algorithm {
    const RSA: [(Self, &'static RsaParameters); 6] = [
        (Self::RS256, &RSA_PKCS1_2048_8192_SHA256),
        (Self::RS384, &RSA_PKCS1_2048_8192_SHA384),
        (Self::RS512, &RSA_PKCS1_2048_8192_SHA512),
        (Self::PS256, &RSA_PSS_2048_8192_SHA256),
        (Self::PS384, &RSA_PSS_2048_8192_SHA384),
        (Self::PS512, &RSA_PSS_2048_8192_SHA512),
    ];
}

impl FromStr for Algorithm {
    type Err = KeyError;

    fn from_str(name: &str) -> Result<Self, KeyError> {
        Ok(match name {
            "ES256" => Self::ES256,
            "ES384" => Self::ES384,
            "EdDSA" => Self::EdDSA,
            "RS256" => Self::RS256,
            "RS384" => Self::RS384,
            "RS512" => Self::RS512,
            "PS256" => Self::PS256,
            "PS384" => Self::PS384,
            "PS512" => Self::PS512,
            _ => return Err(KeyError("an algorithm that is not taken")),
        })
    }
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable key: {0}")]
pub struct KeyError(&'static str);

/// A key as its issuer publishes it; other members mean nothing here.
#[derive(Debug, Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<Box<str>>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// A public key, ready to verify. Cheap to clone.
#[derive(Clone)]
pub struct VerifyingKey {
    kid: Option<Box<str>>,
    ways: Arc<[(Algorithm, ParsedPublicKey)]>,
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl VerifyingKey {
    /// Reads a JWK.
    ///
    /// # Errors
    /// It is not for signatures, not of a type that is taken, too small, or not a key at all.
    pub fn from_jwk(jwk: &serde_json::Value) -> Result<Self, KeyError> {
        let jwk = Jwk::deserialize(jwk).map_err(|_| KeyError("not a JWK"))?;
        let for_signatures = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !for_signatures {
            return Err(KeyError("not for signatures"));
        }
        let mut ways = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("EC", Some("P-256")) => point(&jwk, Algorithm::ES256, &ECDSA_P256_SHA256_FIXED, 32)?,
            ("EC", Some("P-384")) => point(&jwk, Algorithm::ES384, &ECDSA_P384_SHA384_FIXED, 48)?,
            ("OKP", Some("Ed25519")) => {
                let key = part(jwk.x.as_deref())?;
                vec![(Algorithm::EdDSA, parsed(&ED25519, &key)?)]
            }
            ("RSA", _) => modulus(&jwk)?,
            _ => return Err(KeyError("not of a type that is taken")),
        };
        // A key that names its algorithm is good for that one only.
        if let Some(name) = &jwk.alg {
            let only: Algorithm = name.parse()?;
            ways.retain(|(algorithm, _)| *algorithm == only);
        }
        if ways.is_empty() {
            return Err(KeyError("of another type than its algorithm"));
        }
        Ok(Self { kid: jwk.kid, ways: ways.into() })
    }

    /// Its name among the issuer's keys.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// Whether it can check such a signature.
    pub fn takes(&self, algorithm: Algorithm) -> bool {
        self.ways.iter().any(|(known, _)| *known == algorithm)
    }

    /// Whether `signature` over `message` was made with the private half.
    pub fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let way = self.ways.iter().find(|(known, _)| *known == algorithm);
        way.is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok())
    }
}

type Ways = Vec<(Algorithm, ParsedPublicKey)>;

fn parsed(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
) -> Result<ParsedPublicKey, KeyError> {
    ParsedPublicKey::new(algorithm, key).map_err(|_| KeyError("no such public key"))
}

/// A point of a curve, uncompressed (SEC 1 §2.3.3): both coordinates whole.
fn point(
    jwk: &Jwk,
    algorithm: Algorithm,
    way: &'static dyn VerificationAlgorithm,
    size: usize,
) -> Result<Ways, KeyError> {
    let (x, y) = (part(jwk.x.as_deref())?, part(jwk.y.as_deref())?);
    if x.len() != size || y.len() != size {
        return Err(KeyError("a coordinate of the wrong size"));
    }
    let key = [&[4][..], &x, &y].concat();
    Ok(vec![(algorithm, parsed(way, &key)?)])
}

fn modulus(jwk: &Jwk) -> Result<Ways, KeyError> {
    let (n, e) = (part(jwk.n.as_deref())?, part(jwk.e.as_deref())?);
    // The library would only say so at the first signature.
    if !(256..=1024).contains(&n.len()) {
        return Err(KeyError("a modulus of less than 2048 or more than 8192 bits"));
    }
    let components = RsaPublicKeyComponents { n, e };
    let way = |(algorithm, parameters)| {
        let key = components.to_parsed_public_key(parameters);
        key.map(|key| (algorithm, key)).map_err(|_| KeyError("no such public key"))
    };
    Algorithm::RSA.into_iter().map(way).collect()
}

fn part(text: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let text = text.ok_or(KeyError("a part is missing"))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError("a part is not base64url"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// RFC 8037, appendix A.2 and A.4.
    fn edwards() -> Value {
        json!({"kty": "OKP", "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    }

    const SIGNED: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const SIGNATURE: &str = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt\
        9g7sVvpAr_MuM0KAg";

    /// RFC 7515, appendix A.3.
    fn curve() -> Value {
        json!({"kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
    }

    #[test]
    fn the_signature_of_the_rfc_is_right_and_a_changed_one_is_not() {
        let key = VerifyingKey::from_jwk(&edwards()).expect("a key");
        let mut signature = URL_SAFE_NO_PAD.decode(SIGNATURE).expect("base64url");
        assert!(key.verify(Algorithm::EdDSA, SIGNED.as_bytes(), &signature));
        assert!(!key.verify(Algorithm::ES256, SIGNED.as_bytes(), &signature));
        signature[0] ^= 1;
        assert!(!key.verify(Algorithm::EdDSA, SIGNED.as_bytes(), &signature));
        assert!(!key.verify(Algorithm::EdDSA, SIGNED.as_bytes(), &signature[..63]));
    }

    #[test]
    fn what_is_no_key_for_signatures_is_refused() {
        let with = |name: &str, value: Value| {
            let mut jwk = curve();
            jwk[name] = value;
            VerifyingKey::from_jwk(&jwk)
        };
        assert!(with("use", json!("sig")).is_ok_and(|key| key.takes(Algorithm::ES256)));
        for (name, value) in [
            ("use", json!("enc")),
            ("key_ops", json!(["sign"])),
            ("alg", json!("HS256")),
            ("alg", json!("ES384")),
            ("kty", json!("oct")),
            ("crv", json!("P-384")),
            ("crv", json!("secp256k1")),
            ("x", json!("AAAA")),
            ("x", json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEX")),
            ("y", json!("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")),
            ("y", Value::Null),
        ] {
            assert!(with(name, value.clone()).is_err(), "{name}: {value}");
        }
        let short = json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode([255; 128]), "e": "AQAB"});
        assert!(VerifyingKey::from_jwk(&short).is_err());
        assert!(VerifyingKey::from_jwk(&json!([])).is_err());
    }
}
