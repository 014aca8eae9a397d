//! A set of keys as an issuer publishes it (RFC 7517 §5), and which of them a token asks for.

use serde::Deserialize;
use serde_json::Value;

use super::token::{Token, bad};
use crate::platform::access::{Denied, VerifyingKey};

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The keys of a document that can be used. Others (of encryption, of types that are not taken) are
/// passed over, as the standard asks; a document without any is no set of keys.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<VerifyingKey>, &'static str> {
    let document: Document = serde_json::from_slice(bytes).map_err(|_| "not a set of keys")?;
    let keys: Vec<_> =
        document.keys.iter().filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok()).collect();
    if keys.is_empty() { Err("a set without a usable key") } else { Ok(keys) }
}

/// The key that the token names; `None` when the set has no such name. A token without a name is for
/// a set of one key.
pub(super) fn choose<'a>(
    keys: &'a [VerifyingKey],
    token: &Token<'_>,
) -> Result<Option<&'a VerifyingKey>, Denied> {
    let Some(kid) = token.kid.as_deref() else {
        let [only] = keys else { return Err(bad("no kid, and not one key")) };
        return Ok(Some(only));
    };
    let mut named = keys.iter().filter(|key| key.kid() == Some(kid)).peekable();
    if named.peek().is_none() {
        return Ok(None);
    }
    let fitting = named.find(|key| key.takes(token.algorithm));
    fitting.map(Some).ok_or(bad("a key of another algorithm"))
}

/// Whether the key signed the token.
pub(super) fn check(key: &VerifyingKey, token: &Token<'_>) -> Result<(), Denied> {
    let right = key.verify(token.algorithm, token.message, &token.signature);
    if right { Ok(()) } else { Err(bad("a wrong signature")) }
}
