//! Which pages of other origins may read our answers: those of a pool's browser applications, exactly
//! as their addresses say. Never with cookies, and never at the authorization endpoint.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

pub(super) use crate::platform::web::cors::asking;

use crate::platform::web::cors;
use crate::slices::identity::Identity;
use crate::slices::identity::grants::origin;
use crate::slices::identity::model::Client;

/// Headers that a page may read.
const SEEN: &str = "WWW-Authenticate, Retry-After, ETag";

/// Headers that a page may send.
const SENT: &str = "Authorization, Content-Type";

/// Allows the page to read the response, when its origin is one of the application's; of the pool's,
/// while no application is known.
pub(super) async fn allow(
    identity: &Identity,
    pool: &str,
    client: Option<&Client>,
    page: Option<HeaderValue>,
    mut response: Response,
) -> Response {
    cors::varies(response.headers_mut());
    let Some(page) = page else { return response };
    let is_known = match client {
        Some(client) => {
            let mut origins = client.redirect_uris.iter().filter_map(|uri| origin(uri));
            origins.any(|known| known.as_bytes() == page.as_bytes())
        }
        None => is_of_pool(identity, pool, &page).await,
    };
    if is_known {
        cors::allow(response.headers_mut(), page, SEEN);
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
    let page = cors::asking(&headers);
    let mut response = allow(&identity, &pool, None, page, cors::nothing()).await;
    let headers = response.headers_mut();
    if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        cors::preflight(headers, &HeaderValue::from_static("GET, POST"), SENT);
    }
    response
}
