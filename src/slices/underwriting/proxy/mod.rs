//! The browser's way to the questionnaire: the same addresses, another machine. What gets through is a
//! list, and everything else is refused here: paths, methods, headers, cookies, redirects, sizes.
//!
//! A request's body is read whole before the engine is asked, so that a slow browser holds none of its
//! threads and an answer lost to an old token can be sent again; what the engine answers is streamed.
//! `docs/underwriting.md` has the rules, one by one, with their tests.

mod allowed;
mod answer;
mod exit;
mod headers;
mod path;
mod relay;
mod stream;

use axum::Router;
use axum::routing::{any, get};

use super::service::Underwriting;

/// Where the engine's pages lead when they are left, or when everything is sent.
pub(super) const EXIT: &str = "/questionnaire/suite";

/// The addresses of the questionnaire.
pub fn routes() -> Router<Underwriting> {
    Router::new()
        .route("/continue", any(relay::relay))
        .route("/continue/", any(relay::relay))
        .route("/continue/{*rest}", any(relay::relay))
        .route("/cep-core/{*rest}", any(relay::relay))
        .route(EXIT, get(exit::leave))
}
