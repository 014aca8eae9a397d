//! When there is no quote to show: not found, expired, or not for us to insure online.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::page::{Page, Sheet};
use crate::slices::quotes::service::Quotes;
use crate::slices::quotes::wire::QuoteResponse;

#[derive(Template)]
#[template(path = "quotes/gone.html")]
pub(super) struct GonePage;

impl Sheet for GonePage {
    fn title(&self) -> &str {
        "Ce devis n’est plus disponible"
    }
}

#[derive(Template)]
#[template(path = "quotes/not_eligible.html")]
pub(super) struct NotEligiblePage {
    pub(super) reason: String,
}

impl Sheet for NotEligiblePage {
    fn title(&self) -> &str {
        "Nous ne pouvons pas vous assurer en ligne"
    }
}

/// The quote under `reference`; nothing when there is none, or when its time is over. Both are one
/// answer: an address tells nothing about quotes that are not its own.
pub(super) async fn find(
    quotes: &Quotes,
    reference: &str,
) -> Result<Option<QuoteResponse>, Problem> {
    let Ok(id) = reference.parse() else {
        return Ok(None);
    };
    match quotes.find(id).await {
        Ok(quote) => Ok(Some(quote).filter(|quote| quote.status != "expired")),
        Err(problem) if matches!(problem.kind, Kind::NotFound | Kind::Gone) => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The page of a quote that is not there, or no longer.
pub(super) fn gone() -> Response {
    Page::new(GonePage).status(StatusCode::GONE).into_response()
}

/// The page of a person whom we cannot insure online: an answer, not an error.
pub(super) fn not_eligible(reason: String) -> Response {
    Page::new(NotEligiblePage { reason }).into_response()
}
