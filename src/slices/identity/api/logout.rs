//! Leaving, asked by an application (OpenID Connect RP-Initiated Logout 1.0). An ID token of this very
//! session is proof enough; anything less is a question to the person. Nobody is sent to an address that
//! is not the application's.

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use super::answer::see;
use super::authorize::form;
use super::shown::{self, LeavePage, LeftPage};
use crate::kernel::problem::Problem;
use crate::platform::web::cookies::Cookies;
use crate::platform::web::csrf;
use crate::platform::web::page::PageError;
use crate::slices::identity::Identity;
use crate::slices::identity::grants::{PageOnly, Params};
use crate::slices::identity::model::Pool;
use crate::slices::identity::sessions::{Current, Sessions, cookie_name};
use crate::slices::identity::tokens::IdClaims;

/// What the question's form sends again.
const KEPT: [&str; 3] = ["client_id", "post_logout_redirect_uri", "state"];

/// A request in the address.
pub(super) async fn by_query(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    leave(&identity, &slug, query.unwrap_or_default().as_bytes(), &headers).await
}

/// A request in a form, of an application or of our own question.
pub(super) async fn by_form(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let headers = request.headers().clone();
    let bytes = form(request).await?;
    leave(&identity, &slug, &bytes, &headers).await
}

/// A request to leave, as far as it can be trusted.
struct Leaving {
    hint: Option<IdClaims>,
    /// Where to go afterwards: an address of the application.
    target: Option<String>,
    /// Whether every value that was sent is right.
    is_sound: bool,
}

async fn leave(
    identity: &Identity,
    slug: &str,
    sent: &[u8],
    headers: &HeaderMap,
) -> Result<Response, PageError> {
    let pool = identity.core.pool(slug).await?;
    let params = Params::parse(sent).and_then(|params| params.once().map(|()| params));
    let Ok(params) = params else { return Ok(shown::refused(PageOnly::Unreadable)) };
    let leaving = read(identity, &pool, &params).await?;
    let current = Sessions::new(identity.core.clone()).current(&pool, headers).await?;
    if let Some((user, session)) = proven(&leaving, current.as_ref()) {
        identity.grants.logout(&pool, user, session).await?;
        return left(identity, &pool, leaving.target, true);
    }
    let Some(current) = current else { return left(identity, &pool, leaving.target, true) };
    let word = params.get(csrf::FIELD).unwrap_or_default();
    if csrf::is_ours(headers, &identity.core.origin, &current.cookie, word) {
        identity.grants.logout(&pool, current.user.id, current.session.id).await?;
        // A form may only lead to ourselves (CSP `form-action`): the way back is a link.
        return left(identity, &pool, leaving.target, false);
    }
    let value = |name: &'static str| params.get(name).map(|value| (name, value.to_owned()));
    Ok(shown::page(LeavePage {
        action: format!("{}/logout", pool.path()),
        word: csrf::word(&current.cookie),
        kept: KEPT.into_iter().filter_map(value).collect(),
    }))
}

async fn read(identity: &Identity, pool: &Pool, params: &Params) -> Result<Leaving, Problem> {
    let hint = match params.get("id_token_hint") {
        Some(token) => identity.grants.hinted(pool, token).await?,
        None => None,
    };
    let named = params.get("client_id").or(hint.as_ref().map(|hint| hint.aud.as_str()));
    let agree = hint.as_ref().is_none_or(|hint| named == Some(hint.aud.as_str()));
    let client = match named {
        Some(id) if agree => identity.core.client(pool, id).await?,
        _ => None,
    };
    let wanted = params.get("post_logout_redirect_uri");
    let is_own = |uri: &&str| {
        client.as_ref().is_some_and(|it| it.logout_uris.iter().any(|known| **known == **uri))
    };
    let target = wanted.filter(is_own);
    let is_sound = agree && target.is_some() == wanted.is_some();
    let target = target.map(|uri| with_state(uri, params.get("state")));
    Ok(Leaving { hint: hint.filter(|_| agree), target, is_sound })
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let pair = Serializer::new(String::new()).append_pair("state", state).finish();
    let mark = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{mark}{pair}")
}

/// The session to end without a question: the one of the ID token, unless this browser has another.
fn proven(leaving: &Leaving, current: Option<&Current>) -> Option<(Uuid, Uuid)> {
    let hint = leaving.hint.as_ref().filter(|_| leaving.is_sound)?;
    let user = Uuid::try_parse(&hint.sub).ok()?;
    let session = Uuid::try_parse(hint.sid.as_deref()?).ok()?;
    let is_same = current.is_none_or(|current| current.session.id == session);
    is_same.then_some((user, session))
}

fn left(
    identity: &Identity,
    pool: &Pool,
    target: Option<String>,
    may_redirect: bool,
) -> Result<Response, PageError> {
    let mut response = match target {
        Some(target) if may_redirect => see(&target)?,
        target => shown::page(LeftPage { target }),
    };
    let cookie = Cookies::of(&identity.core.origin).remove(&cookie_name(pool));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
