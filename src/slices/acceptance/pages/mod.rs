//! The pages of path P3 in the journey: the way into the questionnaire, and what was decided. For the
//! person of the session alone; kept by nobody, and their titles say nothing of health.

mod decision;
mod evidence;
mod frame;
mod gate;
mod received;
mod shown;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

use super::core::Acceptances;

/// Longest form: far above what a person types.
const BODY_LIMIT: usize = 16 * 1024;

/// The routes of the pages.
pub fn routes() -> Router<Acceptances> {
    Router::new()
        .route("/d/{id}/{who}/questionnaire", get(gate::show).post(gate::enter))
        .route("/d/{id}/{who}/decision", get(decision::show).post(decision::reply))
        .route("/d/{id}/{who}/decision/documents/{name}", get(decision::document))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        // Files: `server.uploads` and the page's own limits hold.
        .route("/d/{id}/{who}/pieces", get(evidence::show).post(evidence::send))
}
