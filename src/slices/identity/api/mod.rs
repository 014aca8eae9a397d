//! The addresses of a pool's authorization server: `/pools/{pool}/…`, named as Amazon Cognito names
//! them, so that an application moves by changing the host. Translation only: the rules are in `grants`.

mod answer;
mod authorize;
mod cors;
mod discovery;
mod links;
mod logout;
mod shown;
mod token;
mod user_info;

use axum::Router;
use axum::routing::{get, options, post};

pub use links::{Links, operations};

use super::Identity;

/// Every address of the authorization servers.
pub fn routes() -> Router<Identity> {
    Router::new()
        .route("/pools/{pool}/oauth2/authorize", get(authorize::by_query).post(authorize::by_form))
        .route("/pools/{pool}/oauth2/authorize/continue", get(authorize::go_on))
        .route("/pools/{pool}/logout", get(logout::by_query).post(logout::by_form))
        .merge(for_browsers())
        .route("/pools/{pool}/oauth2/revoke", post(token::revoke).merge(options(cors::preflight)))
        .route("/pools/{pool}/oauth2/introspect", post(token::introspect))
}

/// Those that a browser application calls from its own origin. The authorization endpoint is never one
/// (RFC 9700 §2.6).
fn for_browsers() -> Router<Identity> {
    let preflight = || options(cors::preflight);
    let user_info = get(user_info::user_info).post(user_info::user_info);
    Router::new()
        .route("/pools/{pool}/oauth2/token", post(token::token).merge(preflight()))
        .route("/pools/{pool}/oauth2/userInfo", user_info.merge(preflight()))
        .route(
            "/pools/{pool}/.well-known/openid-configuration",
            get(discovery::document).merge(preflight()),
        )
        .route(
            "/.well-known/oauth-authorization-server/pools/{pool}",
            get(discovery::document).merge(preflight()),
        )
        .route("/pools/{pool}/.well-known/jwks.json", get(discovery::keys).merge(preflight()))
}
