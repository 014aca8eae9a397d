//! When there is no quote to show: not found, expired, or not for us to insure online.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use super::words;
use crate::domain::rule::Rule;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::web::form::Form;
use crate::platform::web::page::{Page, Sheet};
use crate::slices::quotes::service::Quotes;
use crate::slices::quotes::wire::{QuoteResponse, SimulationRequest};

#[derive(Template)]
#[template(path = "quotes/gone.html")]
pub(super) struct GonePage;

impl Sheet for GonePage {
    fn title(&self) -> &str {
        "Ce devis n’est plus disponible"
    }
}

#[derive(Template)]
#[template(path = "quotes/unknown.html")]
pub(super) struct UnknownPage;

impl Sheet for UnknownPage {
    fn title(&self) -> &str {
        "Ce devis n’existe pas"
    }
}

#[derive(Template)]
#[template(path = "quotes/not_eligible.html")]
pub(super) struct NotEligiblePage {
    /// Who and why, one sentence each.
    pub(super) reasons: Vec<String>,
    /// The answers, to begin again from them.
    pub(super) form: Form,
    /// The page where they were typed.
    pub(super) page: String,
}

impl Sheet for NotEligiblePage {
    fn title(&self) -> &str {
        "Nous ne pouvons pas vous assurer en ligne"
    }
}

/// What an address of a quote leads to.
pub(super) enum Found {
    /// The quote.
    Quote(Box<QuoteResponse>),
    /// A quote whose time is over.
    Expired,
    /// No quote was ever made under this address.
    Unknown,
}

impl Found {
    /// The quote, or the page that says why there is none to show.
    pub(super) fn or_page(self) -> Result<QuoteResponse, Box<Response>> {
        match self {
            Self::Quote(quote) => Ok(*quote),
            Self::Expired => {
                Err(Box::new(Page::new(GonePage).status(StatusCode::GONE).into_response()))
            }
            Self::Unknown => {
                Err(Box::new(Page::new(UnknownPage).status(StatusCode::NOT_FOUND).into_response()))
            }
        }
    }
}

/// The quote under `reference`. A reference is a secret, so saying that one is over tells nothing
/// to who never had it.
pub(super) async fn find(quotes: &Quotes, reference: &str) -> Result<Found, Problem> {
    let Ok(id) = reference.parse() else {
        return Ok(Found::Unknown);
    };
    match quotes.find(id).await {
        Ok(quote) if quote.status == "expired" => Ok(Found::Expired),
        Ok(quote) => Ok(Found::Quote(Box::new(quote))),
        Err(problem) if problem.kind == Kind::Gone => Ok(Found::Expired),
        Err(problem) if problem.kind == Kind::NotFound => Ok(Found::Unknown),
        Err(problem) => Err(problem),
    }
}

/// The page of persons whom we cannot insure online: an answer, not an error.
pub(super) fn not_eligible(
    faults: &[Fault],
    request: &SimulationRequest,
    form: Form,
    quotes: &Quotes,
    page: &str,
) -> Response {
    let routes = quotes.simulate(request, false).map(|priced| priced.insured).unwrap_or_default();
    let mut reasons = refused_ages(faults, request);
    for (place, person) in routes.iter().enumerate() {
        for reason in person.route.reasons.iter().filter(|_| !person.route.eligible) {
            reasons.push(words::not_eligible(reason, &person.route, place, routes.len()));
        }
    }
    Page::new(NotEligiblePage { reasons, form, page: page.to_owned() }).into_response()
}

/// Ages that are refused before anything is priced, and therefore have no path.
fn refused_ages(faults: &[Fault], request: &SimulationRequest) -> Vec<String> {
    let count = request.insured.len();
    let ages = faults.iter().filter(|fault| fault.code == Rule::Birthdate.code());
    ages.map(|fault| {
        let place = fault.pointer.split('/').nth(2).and_then(|place| place.parse().ok());
        words::outside_ages(place.unwrap_or(0), count)
    })
    .collect()
}
