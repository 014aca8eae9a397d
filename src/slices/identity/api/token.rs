//! The addresses that applications call with their own credentials: token, revocation, introspection.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer::{Failure, given};
use super::cors;
use crate::platform::web::body;
use crate::slices::identity::grants::{
    OAuthError, Params, Presented, presented, proves, read_token_request,
};
use crate::slices::identity::model::{Client, ClientKind, Pool};
use crate::slices::identity::{Device, Identity};

/// An application that proved who it is, and its form.
struct Asking {
    pool: Arc<Pool>,
    client: Arc<Client>,
    params: Params,
}

/// The form of a request, each parameter once.
async fn form(request: Request) -> Result<Params, Failure> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media = media.and_then(|it| it.split(';').next()).unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(OAuthError::request("send application/x-www-form-urlencoded").into());
    }
    let bytes = body::read(request.into_body()).await?;
    let params = Params::parse(&bytes)?;
    params.once()?;
    Ok(params)
}

fn credentials(headers: &HeaderMap, params: &Params) -> Result<Presented, OAuthError> {
    let lines = headers.get_all(header::AUTHORIZATION).iter();
    let lines: Vec<_> = lines.map(|line| line.to_str().unwrap_or_default()).collect();
    presented(&lines, params)
}

/// Who asks. `known` is told as soon as the application is: errors too are for its pages to read.
async fn asking(
    identity: &Identity,
    slug: &str,
    request: Request,
    known: &mut Option<Arc<Client>>,
) -> Result<Asking, Failure> {
    let pool = identity.core.pool(slug).await?;
    let headers = request.headers().clone();
    let params = form(request).await?;
    let presented = credentials(&headers, &params)?;
    let client = identity.core.client(&pool, &presented.client_id).await?;
    let client = client.ok_or(OAuthError::client())?;
    *known = Some(Arc::clone(&client));
    if !proves(&client, &presented) {
        return Err(OAuthError::client().into());
    }
    Ok(Asking { pool, client, params })
}

/// Answers, with what lets the application's own pages read the answer.
async fn answered(
    identity: &Identity,
    slug: &str,
    request: Request,
    act: impl AsyncFnOnce(Asking, &HeaderMap) -> Result<Response, Failure>,
) -> Response {
    let headers = request.headers().clone();
    let mut client = None;
    let response = match asking(identity, slug, request, &mut client).await {
        Ok(asking) => act(asking, &headers).await,
        Err(failure) => Err(failure),
    };
    let response = response.unwrap_or_else(IntoResponse::into_response);
    cors::allow(identity, slug, client.as_deref(), cors::asking(&headers), response).await
}

/// Tokens for a code, a refresh token, or the application itself.
pub(super) async fn token(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    request: Request,
) -> Response {
    answered(&identity, &slug, request, async |asking, headers| {
        let Asking { pool, client, params } = asking;
        let api = identity.core.api();
        let setting = identity.grants.setting(&pool, &api);
        let wanted = read_token_request(&params, &client, setting)?;
        // Who connects is known to the gateway only: the throttles of an application's server are
        // its own and the account's.
        let device = Device::new("", headers);
        Ok(given(&identity.grants.token(&pool, &client, &wanted, &device).await?))
    })
    .await
}

/// Takes a token back (RFC 7009): the answer is the same whether or not there was one.
pub(super) async fn revoke(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    request: Request,
) -> Response {
    answered(&identity, &slug, request, async |Asking { pool, client, params }, _| {
        let token = params.get("token").ok_or(OAuthError::request("`token` is missing"))?;
        identity.grants.revoked(&pool, &client, token).await?;
        Ok(StatusCode::OK.into_response())
    })
    .await
}

/// Says whether a token is alive (RFC 7662), to the application that it was given to.
pub(super) async fn introspect(
    State(identity): State<Identity>,
    Path(slug): Path<String>,
    request: Request,
) -> Response {
    answered(&identity, &slug, request, async |Asking { pool, client, params }, _| {
        // Whoever knows a public application's name could ask in its name.
        if client.kind == ClientKind::Public {
            return Err(OAuthError::client().into());
        }
        let token = params.get("token").ok_or(OAuthError::request("`token` is missing"))?;
        Ok(given(&identity.grants.introspect(&pool, &client, token).await?))
    })
    .await
}
