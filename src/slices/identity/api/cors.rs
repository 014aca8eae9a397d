//! Which pages of other origins may read our answers: those of a pool's browser applications, exactly
//! as their addresses say. Never with cookies, and never at the authorization endpoint.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::slices::identity::Identity;
use crate::slices::identity::grants::origin;
use crate::slices::identity::model::Client;

/// How long a browser remembers the answer to its question.
const REMEMBERED: &str = "600";

/// The origin of the page that asks; none for a program, and for two.
pub(super) fn asking(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.next().filter(|_| origins.next().is_none()).cloned()
}

/// Allows the page to read the response, when its origin is one of the application's; of the pool's,
/// while no application is known.
pub(super) async fn allow(
    identity: &Identity,
    pool: &str,
    client: Option<&Client>,
    page: Option<HeaderValue>,
    mut response: Response,
) -> Response {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(page) = page else { return response };
    let is_known = match client {
        Some(client) => {
            let mut origins = client.redirect_uris.iter().filter_map(|uri| origin(uri));
            origins.any(|known| known.as_bytes() == page.as_bytes())
        }
        None => is_of_pool(identity, pool, &page).await,
    };
    if is_known {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page);
        let seen = HeaderValue::from_static("WWW-Authenticate, Retry-After, ETag");
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, seen);
    }
    response
}

/// A pool that cannot be read now allows nobody.
async fn is_of_pool(identity: &Identity, pool: &str, page: &HeaderValue) -> bool {
    let Ok(pool) = identity.core.pool(pool).await else { return false };
    let origins = identity.core.origins(&pool).await.unwrap_or_default();
    origins.iter().any(|known| known.as_bytes() == page.as_bytes())
}

/// What a browser asks before it sends a header of its own. The application is not known yet.
pub(super) async fn preflight(
    State(identity): State<Identity>,
    Path(pool): Path<String>,
    headers: HeaderMap,
) -> Response {
    let page = asking(&headers);
    let mut response =
        allow(&identity, &pool, None, page, StatusCode::NO_CONTENT.into_response()).await;
    let headers = response.headers_mut();
    if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
            (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}
