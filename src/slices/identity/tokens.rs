//! The tokens that we sign: access tokens (RFC 9068) and ID tokens (OpenID Connect Core §2), told apart
//! by their `typ` and their `token_use`; and reading our own back.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue;
use super::keys::{PoolKeys, signature, verification};
use super::model::{Amr, Client, User};
use crate::kernel::access::{Acr, Scopes};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::Opaque;

/// `typ` of an access token.
pub(super) const ACCESS: &str = "at+jwt";

/// `typ` of an ID token.
pub(super) const ID: &str = "JWT";

/// Longest token of ours that is read back.
const LONGEST: usize = 8192;

/// How a person proved who they are, and when.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) session: Option<Uuid>,
    pub(super) auth_time: Timestamp,
    pub(super) amr: Amr,
    pub(super) acr: Acr,
}

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccessClaims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: String,
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    pub(super) token_use: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auth_time: Option<i64>,
    pub(super) acr: Acr,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) amr: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<Vec<Box<str>>>,
}

/// What an ID token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct IdClaims {
    pub(super) iss: String,
    pub(super) sub: String,
    pub(super) aud: String,
    pub(super) azp: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) token_use: String,
    pub(super) auth_time: i64,
    pub(super) acr: Acr,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) amr: Vec<String>,
    pub(super) at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nonce: Option<String>,
    #[serde(flatten)]
    pub(super) person: PersonClaims,
}

/// Who somebody is, as far as the scopes reach.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct PersonClaims {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<Box<str>>,
}

impl PersonClaims {
    pub(super) fn of(user: &User, scopes: &Scopes) -> Self {
        let mut claims = Self::default();
        if scopes.has(catalogue::EMAIL) {
            claims.email = Some(user.email.clone());
            claims.email_verified = Some(user.email_verified_at.is_some());
        }
        if scopes.has(catalogue::PROFILE) {
            let names = [user.given_name.as_deref(), user.family_name.as_deref()];
            let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
            claims.name = (!name.is_empty()).then_some(name);
            claims.given_name.clone_from(&user.given_name);
            claims.family_name.clone_from(&user.family_name);
            claims.locale = Some(user.locale.code().into());
        }
        claims
    }
}

/// What every token of one answer has in common.
pub(super) struct Mint<'a> {
    pub(super) client: &'a Client,
    pub(super) issuer: &'a str,
    pub(super) api: &'a str,
    pub(super) keys: &'a PoolKeys,
    pub(super) now: Timestamp,
    pub(super) life: Duration,
}

impl Mint<'_> {
    fn end(&self) -> i64 {
        (self.now + self.life).as_second()
    }

    /// An access token for a person.
    pub(super) fn access(
        &self,
        jti: Uuid,
        user: Uuid,
        groups: Vec<Box<str>>,
        proof: &Proof,
        scopes: &Scopes,
    ) -> Result<String, Problem> {
        let program = self.claims(jti, user.to_string(), scopes);
        let claims = AccessClaims {
            auth_time: Some(proof.auth_time.as_second()),
            acr: proof.acr,
            amr: words(&proof.amr),
            sid: proof.session.map(|sid| sid.to_string()),
            groups: Some(groups),
            ..program
        };
        self.sign(ACCESS, &claims)
    }

    /// An access token for the application itself.
    pub(super) fn program(&self, jti: Uuid, scopes: &Scopes) -> Result<String, Problem> {
        self.sign(ACCESS, &self.claims(jti, self.client.public_id(), scopes))
    }

    fn claims(&self, jti: Uuid, sub: String, scopes: &Scopes) -> AccessClaims {
        AccessClaims {
            iss: self.issuer.to_owned(),
            sub,
            aud: self.api.to_owned(),
            client_id: self.client.public_id(),
            scope: scopes.to_string(),
            iat: self.now.as_second(),
            exp: self.end(),
            jti: jti.to_string(),
            token_use: "access".to_owned(),
            auth_time: None,
            acr: Acr::Pwd,
            amr: Vec::new(),
            sid: None,
            groups: None,
        }
    }

    /// An ID token beside this access token.
    pub(super) fn id(
        &self,
        user: &User,
        proof: &Proof,
        scopes: &Scopes,
        nonce: Option<&str>,
        access: &str,
    ) -> Result<String, Problem> {
        let client_id = self.client.public_id();
        let claims = IdClaims {
            iss: self.issuer.to_owned(),
            sub: user.id.to_string(),
            aud: client_id.clone(),
            azp: client_id,
            iat: self.now.as_second(),
            exp: self.end(),
            token_use: "id".to_owned(),
            auth_time: proof.auth_time.as_second(),
            acr: proof.acr,
            amr: words(&proof.amr),
            at_hash: at_hash(access),
            sid: proof.session.map(|sid| sid.to_string()),
            nonce: nonce.map(str::to_owned),
            person: PersonClaims::of(user, scopes),
        };
        self.sign(ID, &claims)
    }

    fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, Problem> {
        let none = || Problem::new(Kind::Unavailable).cause("the pool has no signing key");
        let key = self.keys.signer(self.now).ok_or_else(none)?;
        let mut header = jsonwebtoken::Header::new(signature(key.algorithm));
        header.typ = Some(typ.to_owned());
        header.kid = Some(key.kid.to_string());
        let signed = jsonwebtoken::encode(&header, claims, key.signing()?);
        signed.map_err(|error| Problem::new(Kind::Bug).cause(error))
    }
}

fn words(amr: &Amr) -> Vec<String> {
    amr.iter().map(|method| method.code().to_owned()).collect()
}

/// OpenID Connect Core §3.1.3.6: the left half of the hash, for both of our algorithms SHA-256.
fn at_hash(access: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Opaque::hash_of(access)[..16])
}

/// The header of one of our tokens: nothing else may be in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// What a token of this pool and type says, if its signature is right. Its end is not looked at.
pub(super) fn read<C: DeserializeOwned>(keys: &PoolKeys, typ: &str, token: &str) -> Option<C> {
    let (message, signed) = token.rsplit_once('.').filter(|_| token.len() <= LONGEST)?;
    let (header, payload) = message.split_once('.')?;
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let header: Header = serde_json::from_slice(&part(header)?).ok()?;
    let key = keys.find(&header.kid)?;
    let is_right = header.typ == typ
        && header.alg == key.algorithm.code()
        && key.verifying.verify(verification(key.algorithm), message.as_bytes(), &part(signed)?);
    if is_right { serde_json::from_slice(&part(payload)?).ok() } else { None }
}
