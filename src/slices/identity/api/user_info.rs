//! UserInfo (OpenID Connect Core §5.3): what the scopes of an access token tell of its person.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::answer::{Failure, given};
use super::cors;
use crate::kernel::access::Scopes;
use crate::kernel::problem::Problem;
use crate::slices::identity::model::{Client, ErrorCode};
use crate::slices::identity::tokens::PersonClaims;
use crate::slices::identity::{Identity, catalogue};

#[derive(Serialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    person: PersonClaims,
}

/// How the token was not enough (RFC 6750 §3.1).
enum Denied {
    None,
    Malformed,
    Invalid,
    Scope,
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        const REALM: &str = "Bearer realm=\"assurly\"";
        let (status, code, more) = match self {
            Self::None => (StatusCode::UNAUTHORIZED, None, ""),
            Self::Malformed => (StatusCode::BAD_REQUEST, Some(ErrorCode::InvalidRequest), ""),
            Self::Invalid => (StatusCode::UNAUTHORIZED, Some(ErrorCode::InvalidToken), ""),
            Self::Scope => {
                let scope = ", scope=\"openid\"";
                (StatusCode::FORBIDDEN, Some(ErrorCode::InsufficientScope), scope)
            }
        };
        let error = code.map_or_else(String::new, |code| format!(", error=\"{code}\""));
        let challenge = HeaderValue::try_from(format!("{REALM}{error}{more}"));
        let headers: HeaderMap =
            challenge.map(|it| (header::WWW_AUTHENTICATE, it)).into_iter().collect();
        match code {
            Some(code) => (status, headers, Json(json!({ "error": code }))).into_response(),
            None => (status, headers).into_response(),
        }
    }
}

/// The one token of the header; other places are not read (RFC 9700 §4.3.2).
fn bearer(headers: &HeaderMap) -> Result<&str, Denied> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let line = lines.next().ok_or(Denied::None)?;
    if lines.next().is_some() {
        return Err(Denied::Malformed);
    }
    let (scheme, token) =
        line.to_str().ok().and_then(|line| line.split_once(' ')).ok_or(Denied::None)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Denied::None) }
}

/// Who the person is.
pub(super) async fn user_info(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (client, response) = match told(&identity, &slug, &headers).await {
        Ok((client, response)) => (client, response),
        Err(problem) => (None, Failure::from(problem).into_response()),
    };
    cors::allow(&identity, &slug, client.as_deref(), cors::asking(&headers), response).await
}

type Told = (Option<std::sync::Arc<Client>>, Response);

async fn told(identity: &Identity, slug: &str, headers: &HeaderMap) -> Result<Told, Problem> {
    let pool = identity.core.pool(slug).await?;
    let token = match bearer(headers) {
        Ok(token) => token,
        Err(denied) => return Ok((None, denied.into_response())),
    };
    let living = identity.grants.living(&pool, token).await?;
    let Some((claims, Some(user))) = living else {
        return Ok((None, Denied::Invalid.into_response()));
    };
    let client = identity.core.client(&pool, &claims.client_id).await?;
    let scopes = Scopes::parse(&claims.scope).unwrap_or_default();
    if !scopes.has(catalogue::OPENID) {
        return Ok((client, Denied::Scope.into_response()));
    }
    let person = PersonClaims::of(&user, &scopes);
    Ok((client, given(&UserInfo { sub: claims.sub, person })))
}
