//! A token taken apart: three parts in strict base64url, a header that asks for nothing, claims with
//! each name once. Nothing is believed yet.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::claims::Claims;
use crate::platform::access::{Algorithm, Denied};
use crate::platform::web::json;

/// The header of a token. Members that would tell us how to verify it (`jwk`, `jku`, `crit`…) are known
/// in order to be refused; others mean nothing here.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Members that change how a token is verified or read: RFC 7515 §4.1, RFC 7797, RFC 7516.
const REFUSED: &[&str] = &["crit", "jku", "jwk", "x5u", "x5c", "b64", "cty", "enc", "zip"];

/// A token, not verified.
pub(super) struct Token<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
    pub(super) claims: Claims,
    /// What is signed.
    pub(super) message: &'a [u8],
    pub(super) signature: Vec<u8>,
}

impl<'a> Token<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Denied> {
        let (message, signature) = text.rsplit_once('.').ok_or(bad("not three parts"))?;
        let (header, payload) = message.split_once('.').ok_or(bad("not three parts"))?;
        if payload.contains('.') {
            return Err(bad("not three parts"));
        }
        let header = Header::read(header)?;
        let claims = object(payload)?;
        Ok(Self {
            algorithm: header.alg.parse().map_err(|_| bad("an algorithm that is not taken"))?,
            kid: header.kid,
            typ: header.typ,
            claims: Claims(claims),
            message: message.as_bytes(),
            signature: decoded(signature)?,
        })
    }
}

impl Header {
    fn read(part: &str) -> Result<Self, Denied> {
        let object = Value::Object(object(part)?);
        let header = Self::deserialize(object).map_err(|_| bad("no header of a token"))?;
        if REFUSED.iter().any(|name| header.others.contains_key(*name)) {
            return Err(bad("a header that asks for something"));
        }
        Ok(header)
    }
}

/// An object of JSON, each name once at every depth.
fn object(part: &str) -> Result<Map<String, Value>, Denied> {
    json::parse(&decoded(part)?).map_err(|_| bad("a part is not an object of JSON"))
}

fn decoded(part: &str) -> Result<Vec<u8>, Denied> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| bad("a part is not base64url"))
}

/// A token that is no good; the reason is for the log.
pub(super) const fn bad(reason: &'static str) -> Denied {
    Denied::BadToken(reason)
}
