//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): read in two steps. First
//! who asks and where the answer goes, which can only fail on our own page; then everything else,
//! which fails at the application's address.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::{OAuthError, PageOnly, Refusal};
use super::params::Params;
use super::{pkce, redirects};
use crate::kernel::access::{Acr, Scopes};
use crate::slices::identity::catalogue;
use crate::slices::identity::model::{
    Client, ClientKind, ErrorCode, Grant, Mode, Pool, Prompt, ResponseType,
};

/// Longest `state` and `nonce`: they travel in addresses.
const LONGEST: usize = 1024;

/// What a request is held against, besides the application.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Setting<'a> {
    pub(in super::super) pool: &'a Pool,
    /// The one audience of access tokens: our API.
    pub(in super::super) api: &'a str,
    pub(in super::super) now: Timestamp,
}

/// Where the answer goes: an address of the application, whatever else is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Addressee {
    redirect_uri: Box<str>,
    mode: Mode,
    state: Option<Box<str>>,
}

/// A request as it was checked: all that the answer needs, frozen while the person logs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Asked {
    pub(in super::super) client: Uuid,
    pub(in super::super) redirect_uri: Box<str>,
    pub(in super::super) response_type: ResponseType,
    pub(in super::super) mode: Mode,
    pub(in super::super) state: Option<Box<str>>,
    pub(in super::super) nonce: Option<Box<str>>,
    pub(in super::super) challenge: Option<Box<str>>,
    pub(in super::super) scopes: Box<str>,
    pub(in super::super) prompt: Vec<Prompt>,
    pub(in super::super) max_age_s: Option<u32>,
    pub(in super::super) acr: Option<Acr>,
    pub(in super::super) login_hint: Option<Box<str>>,
    pub(in super::super) ui_locales: Option<Box<str>>,
    /// The person whom the application expects, from its `id_token_hint`.
    pub(in super::super) subject: Option<Uuid>,
    pub(in super::super) asked_at: Timestamp,
}

impl Asked {
    /// The scopes asked for.
    pub(in super::super) fn scopes(&self) -> Scopes {
        Scopes::parse(&self.scopes).unwrap_or_default()
    }

    /// How long ago the person may have logged in.
    pub(in super::super) fn max_age(&self) -> Option<Duration> {
        self.max_age_s.map(|seconds| Duration::from_secs(seconds.into()))
    }

    /// Whether the request says so.
    pub(in super::super) fn prompts(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }

    /// A refusal of this request.
    pub(in super::super) fn refuse(&self, error: OAuthError) -> Refusal {
        let Self { redirect_uri, mode, state, .. } = self.clone();
        Refusal { error, redirect_uri, mode, state }
    }
}

impl Addressee {
    /// A refusal that goes there.
    pub(in super::super) fn refuse(&self, error: OAuthError) -> Refusal {
        let Self { redirect_uri, mode, state } = self.clone();
        Refusal { error, redirect_uri, mode, state }
    }
}

/// The first step: where the answer goes. `client` is the one that `client_id` names.
pub(in super::super) fn addressee(
    params: &Params,
    client: Option<&Client>,
) -> Result<Addressee, PageOnly> {
    if params.is_repeated("client_id") || params.is_repeated("redirect_uri") {
        return Err(PageOnly::Unreadable);
    }
    let client = client.ok_or(PageOnly::UnknownClient)?;
    let sent = params.get("redirect_uri").ok_or(PageOnly::Unreadable)?;
    let is_own = client.redirect_uris.iter().any(|known| redirects::is_same(known, sent));
    if !is_own {
        return Err(PageOnly::UnknownAddress);
    }
    let wants_tokens = params.get("response_type").is_some_and(|it| it.contains("token"));
    let mode = if wants_tokens { Mode::Fragment } else { Mode::Query };
    let state = params.get("state").filter(|_| !params.is_repeated("state"));
    let state = state.filter(|state| state.len() <= LONGEST).map(Into::into);
    Ok(Addressee { redirect_uri: sent.into(), mode, state })
}

/// The second step: everything else.
pub(in super::super) fn read(
    params: &Params,
    client: &Client,
    to: &Addressee,
    setting: Setting<'_>,
) -> Result<Asked, OAuthError> {
    params.once()?;
    refuse_objects(params)?;
    let response_type = response_type(params, client, setting)?;
    let mode = mode(params, response_type)?;
    check_audience(params, setting.api)?;
    let nonce = short(params, "nonce")?;
    if params.get("state").is_some() && to.state.is_none() {
        return Err(OAuthError::request("`state` is too long"));
    }
    let scopes = scopes(params, client, response_type)?;
    if response_type != ResponseType::Code {
        check_implicit(client, to, nonce.as_deref(), response_type, &scopes)?;
    }
    Ok(Asked {
        client: client.id,
        redirect_uri: to.redirect_uri.clone(),
        response_type,
        mode,
        state: to.state.clone(),
        nonce,
        challenge: challenge(params, response_type)?,
        scopes: scopes.to_string().into(),
        prompt: prompt(params)?,
        max_age_s: max_age(params)?,
        acr: acr(params),
        login_hint: short(params, "login_hint")?,
        ui_locales: short(params, "ui_locales")?,
        subject: None,
        asked_at: setting.now,
    })
}

/// Requests inside objects are not read here (OpenID Connect Core §3.1.2.6).
fn refuse_objects(params: &Params) -> Result<(), OAuthError> {
    for (name, code) in [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ] {
        if params.get(name).is_some() {
            return Err(OAuthError::new(code, "send plain parameters"));
        }
    }
    Ok(())
}

fn response_type(
    params: &Params,
    client: &Client,
    setting: Setting<'_>,
) -> Result<ResponseType, OAuthError> {
    let sent =
        params.get("response_type").ok_or(OAuthError::request("`response_type` is missing"))?;
    // The order of the words means nothing (OAuth 2.0 Multiple Response Types §3).
    let mut words: Vec<_> = sent.split(' ').collect();
    words.sort_unstable();
    let unknown = OAuthError::new(ErrorCode::UnsupportedResponseType, "use `response_type=code`");
    let found: ResponseType = words.join(" ").parse().map_err(|_| unknown)?;
    let may = match found {
        ResponseType::Code => client.may(Grant::AuthorizationCode, setting.now),
        ResponseType::Token | ResponseType::IdTokenToken => {
            setting.pool.allows_legacy(setting.now) && client.may(Grant::Implicit, setting.now)
        }
    };
    let refused = OAuthError::new(ErrorCode::UnauthorizedClient, "not a way that you may take");
    if may { Ok(found) } else { Err(refused) }
}

fn mode(params: &Params, wanted: ResponseType) -> Result<Mode, OAuthError> {
    let usual = if wanted == ResponseType::Code { Mode::Query } else { Mode::Fragment };
    let Some(sent) = params.get("response_mode") else { return Ok(usual) };
    let refused = OAuthError::request("this `response_mode` is not possible here");
    let mode: Mode = sent.parse().map_err(|_| refused)?;
    // Tokens in a query would be written to logs.
    if mode == Mode::Query && usual == Mode::Fragment { Err(refused) } else { Ok(mode) }
}

/// RFC 8707 §2: our API is the only audience, named or not.
pub(super) fn check_audience(params: &Params, api: &str) -> Result<(), OAuthError> {
    if params.all("resource").all(|resource| resource == api) {
        Ok(())
    } else {
        Err(OAuthError::new(ErrorCode::InvalidTarget, "no such resource"))
    }
}

/// Scopes that were asked for, each of them the application's; all of the application's when none was
/// (RFC 6749 §3.3).
fn scopes(params: &Params, client: &Client, wanted: ResponseType) -> Result<Scopes, OAuthError> {
    let most = match wanted {
        ResponseType::Code => client.scopes.clone(),
        ResponseType::Token | ResponseType::IdTokenToken => {
            client.scopes.and(&client.legacy_scopes)
        }
    };
    asked_scopes(params, &most)
}

/// The scopes of a request, which must be among `most`; all of these when it names none.
pub(super) fn asked_scopes(params: &Params, most: &Scopes) -> Result<Scopes, OAuthError> {
    let Some(sent) = params.get("scope") else { return Ok(most.clone()) };
    let refused = OAuthError::new(ErrorCode::InvalidScope, "a scope that is unknown or not yours");
    let scopes = Scopes::parse(sent).ok_or(refused)?;
    if scopes.is_empty() || !scopes.within(most) { Err(refused) } else { Ok(scopes) }
}

/// The old way is for browser applications over TLS, and each answer belongs to one request.
fn check_implicit(
    client: &Client,
    to: &Addressee,
    nonce: Option<&str>,
    wanted: ResponseType,
    scopes: &Scopes,
) -> Result<(), OAuthError> {
    if client.kind != ClientKind::Public || !to.redirect_uri.starts_with("https://") {
        let what = "for public clients with an https address only";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, what));
    }
    if nonce.is_none() || to.state.is_none() {
        return Err(OAuthError::request("`state` and `nonce` are required"));
    }
    if wanted == ResponseType::IdTokenToken && !scopes.has(catalogue::OPENID) {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "an ID token needs `openid`"));
    }
    Ok(())
}

/// Required of everybody (RFC 9700 §2.1.1), S256 only.
fn challenge(params: &Params, wanted: ResponseType) -> Result<Option<Box<str>>, OAuthError> {
    if wanted != ResponseType::Code {
        return Ok(None);
    }
    let sent = params.get("code_challenge");
    let sent = sent.ok_or(OAuthError::request("`code_challenge` is required (PKCE)"))?;
    // Left out means `plain` (RFC 7636 §4.3).
    if params.get("code_challenge_method") != Some("S256") {
        return Err(OAuthError::request("`code_challenge_method` must be S256"));
    }
    if !pkce::is_challenge(sent) {
        return Err(OAuthError::request("`code_challenge` is not one of S256"));
    }
    Ok(Some(sent.into()))
}

fn prompt(params: &Params) -> Result<Vec<Prompt>, OAuthError> {
    let Some(sent) = params.get("prompt") else { return Ok(Vec::new()) };
    let refused = OAuthError::request("a `prompt` that is unknown, or `none` beside another");
    let read: Result<Vec<Prompt>, _> = sent.split(' ').map(str::parse).collect();
    let prompts = read.map_err(|_| refused)?;
    if prompts.contains(&Prompt::None) && prompts.len() > 1 { Err(refused) } else { Ok(prompts) }
}

fn max_age(params: &Params) -> Result<Option<u32>, OAuthError> {
    let read = params.get("max_age").map(str::parse).transpose();
    read.map_err(|_| OAuthError::request("`max_age` is a number of seconds"))
}

/// The first strength that we know: a wish in order of preference (OpenID Connect Core §3.1.2.1).
fn acr(params: &Params) -> Option<Acr> {
    let mut wishes = params.get("acr_values")?.split(' ');
    wishes.find_map(|wish| wish.parse().ok().filter(|acr| *acr > Acr::Legacy))
}

fn short(params: &Params, name: &str) -> Result<Option<Box<str>>, OAuthError> {
    match params.get(name) {
        Some(value) if value.len() > LONGEST => Err(OAuthError::request("a value is too long")),
        value => Ok(value.map(Into::into)),
    }
}
