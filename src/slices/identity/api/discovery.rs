//! What programs read before anything else: where everything is (OpenID Connect Discovery, RFC 8414),
//! and the public keys (RFC 7517). The truth of this moment: what is closed is not listed.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::Failure;
use super::cors;
use crate::kernel::access::Acr;
use crate::kernel::problem::Problem;
use crate::platform::digest::{hex, sha256};
use crate::slices::identity::model::{Grant, Pool, Prompt, ResponseType};
use crate::slices::identity::{Identity, catalogue};

/// Kept by who asks; a key is announced 75 minutes before it signs.
const KEPT: &str = "public, max-age=300";

/// The document of a pool; the same at both addresses.
pub(super) async fn document(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    let read = async {
        let pool = identity.core.pool(&slug).await?;
        let is_open = pool.allows_legacy(identity.core.clock.now());
        Ok(describe(&pool, &identity.core.origin, is_open))
    };
    served(&identity, &slug, &headers, read.await).await
}

/// The public keys of a pool.
pub(super) async fn keys(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    let read = async {
        let pool = identity.core.pool(&slug).await?;
        let keys = identity.core.keys(&pool).await?;
        let published = keys.published(identity.core.clock.now());
        Ok(json!({ "keys": published.map(|key| &key.jwk).collect::<Vec<_>>() }))
    };
    served(&identity, &slug, &headers, read.await).await
}

/// A document that may be kept, and is not sent again to who has it.
async fn served(
    identity: &Identity,
    slug: &str,
    headers: &HeaderMap,
    document: Result<Value, Problem>,
) -> Response {
    let response = match document {
        Ok(document) => fresh(headers, &document.to_string()),
        Err(problem) => Failure::from(problem).into_response(),
    };
    cors::allow(identity, slug, None, cors::asking(headers), response).await
}

fn fresh(headers: &HeaderMap, text: &str) -> Response {
    let tag = format!("\"{}\"", hex(&sha256(&[text.as_bytes()])[..16]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    let is_known = known.is_some_and(|known| known.contains(&tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], text.to_owned()).into_response()
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn describe(pool: &Pool, origin: &str, legacy: bool) -> Value {
    let issuer = pool.issuer(origin);
    let grants =
        Grant::ALL.iter().filter(|it| legacy || !matches!(it, Grant::Implicit | Grant::Password));
    let types = ResponseType::ALL.iter().filter(|it| legacy || **it == ResponseType::Code);
    let modes: &[&str] = if legacy { &["query", "fragment"] } else { &["query"] };
    let strengths = Acr::CODES.iter().filter(|code| **code != Acr::Legacy.code());
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "userinfo_endpoint": format!("{issuer}/oauth2/userInfo"),
        "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
        "introspection_endpoint": format!("{issuer}/oauth2/introspect"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "scopes_supported": catalogue::ALL.iter().map(|it| it.name).collect::<Vec<_>>(),
        "response_types_supported": types.collect::<Vec<_>>(),
        "response_modes_supported": modes,
        "grant_types_supported": grants.collect::<Vec<_>>(),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [pool.algorithm.code()],
        "token_endpoint_auth_methods_supported": AUTHENTICATION,
        "revocation_endpoint_auth_methods_supported": AUTHENTICATION,
        "introspection_endpoint_auth_methods_supported": &AUTHENTICATION[..2],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "prompt_values_supported": Prompt::CODES,
        "acr_values_supported": strengths.collect::<Vec<_>>(),
        "claims_supported": CLAIMS,
        "ui_locales_supported": ["fr", "en"],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    })
}

const AUTHENTICATION: [&str; 3] = ["client_secret_basic", "client_secret_post", "none"];

const CLAIMS: [&str; 19] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "sid",
    "at_hash",
    "token_use",
    "email",
    "email_verified",
    "name",
    "given_name",
    "family_name",
    "locale",
];
