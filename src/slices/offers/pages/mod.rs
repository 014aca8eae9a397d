//! Pages of loan offers: where a person sends theirs, and where an advisor compares it.

mod desk;
mod send;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use super::core::Offers;
use crate::platform::web::page::posted;

pub use desk::{OffersRoom, routes as desk};

/// Longest form without a file.
const BODY_LIMIT: usize = 16 * 1024;

/// The routes of the journey.
pub fn routes() -> Router<Offers> {
    Router::new()
        .route("/d/{id}/pret/{number}/offre/supprimer", posted(send::remove))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        // Files: `server.uploads` and the page's own limits hold.
        .route("/d/{id}/pret/{number}/offre", get(send::show).post(send::send))
}
