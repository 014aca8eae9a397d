//! When there is no quote to show: not found, expired, or not for us to insure online.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::words;
use crate::domain::rule::Rule;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::web::form::Form;
use crate::platform::web::page::{Page, PageError, Sheet};
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
        "Ce devis n’est plus disponible"
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

/// Why an address shows no quote. A handler returns it with `?`, and it is the page that says so.
pub(super) enum Closed {
    /// A quote whose time is over.
    Expired,
    /// No quote was ever made under this address.
    Unknown,
    /// Anything else that went wrong.
    Refused(PageError),
}

impl From<Problem> for Closed {
    fn from(problem: Problem) -> Self {
        match problem.kind {
            Kind::Gone => Self::Expired,
            Kind::NotFound => Self::Unknown,
            _ => Self::Refused(problem.into()),
        }
    }
}

impl IntoResponse for Closed {
    fn into_response(self) -> Response {
        match self {
            Self::Expired => Page::new(GonePage).status(StatusCode::GONE).into_response(),
            Self::Unknown => Page::new(UnknownPage).status(StatusCode::NOT_FOUND).into_response(),
            Self::Refused(error) => error.into_response(),
        }
    }
}

/// The quote under `reference`. A reference is a secret, so saying that one is over tells nothing
/// to who never had it.
pub(super) async fn find(quotes: &Quotes, reference: &str) -> Result<QuoteResponse, Closed> {
    let id = reference.parse().map_err(|_| Closed::Unknown)?;
    let quote = quotes.find_by_link(id).await?;
    if quote.status == "expired" { Err(Closed::Expired) } else { Ok(quote) }
}

/// The same, unless it holds what was decided after a study of somebody's health: that is read in its dossier,
/// each person what is theirs.
pub(super) async fn shown(quotes: &Quotes, reference: &str) -> Result<QuoteResponse, Closed> {
    let quote = find(quotes, reference).await?;
    if quote.request.is_decided() { Err(Closed::Unknown) } else { Ok(quote) }
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
