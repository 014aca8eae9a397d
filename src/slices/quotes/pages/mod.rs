//! The pages of the quote: the simulator, the quote under its link, and what to say when there is
//! none.
//!
//! What an application merges: [`routes`], the static files of `platform::web::assets`, and the
//! fallbacks of `platform::web::page`. Nothing here sets a cookie, and nothing needs a script.

mod chart;
mod closed;
mod cover;
mod mail;
pub(super) mod papers;
mod price;
mod quote;
#[cfg(test)]
pub(super) mod sample;
mod simulator;
#[cfg(test)]
mod tests;
mod words;
mod years;

pub use years::owed_at_start;

use axum::{Router, extract::DefaultBodyLimit, routing::get};

use super::service::Quotes;
use crate::platform::web::page::posted;

/// Longest form: far above what a person types.
const BODY_LIMIT: usize = 16 * 1024;

/// The routes of the pages.
pub fn routes() -> Router<Quotes> {
    Router::new()
        .route("/", get(simulator::home))
        .route("/simuler", get(simulator::show).post(simulator::submit))
        .route("/devis/{reference}", get(quote::show).post(quote::change))
        .route("/devis/{reference}/email", posted(mail::send))
        .route("/devis/{reference}/envoye", get(mail::sent))
        .route("/devis/{reference}/documents/{name}", get(papers::file))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
