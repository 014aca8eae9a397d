//! `/simuler`: six questions, one price. Without an account and without an e-mail address.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};

use super::closed;
use super::words;
use crate::platform::web::form::{Form, act_key};
use crate::platform::web::page::{Page, PageError, Sheet};
use crate::slices::quotes::form::{self, answers, refusal};
use crate::slices::quotes::service::Quotes;
use crate::slices::quotes::wire::SimulationRequest;

/// The simulator, empty, filled in, or with what is to be corrected.
#[derive(Template)]
#[template(path = "quotes/simulator.html")]
pub(super) struct SimulatorPage {
    /// The answers.
    pub(super) form: Form,
    /// Key of the act that this page can do once.
    pub(super) act: String,
}

impl Sheet for SimulatorPage {
    fn title(&self) -> &str {
        "Combien coûterait votre assurance de prêt\u{202F}?"
    }

    fn is_refused(&self) -> bool {
        !self.form.is_sound()
    }
}

/// The simulator is the home page, under one address.
pub(super) async fn home() -> Redirect {
    Redirect::temporary("/simuler")
}

/// Answers of an address: few, and none that the page would refuse.
type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

pub(super) async fn show(
    State(quotes): State<Quotes>,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let link = Form::new(pairs.map(|Query(pairs)| pairs).unwrap_or_default());
    let form = if link.has("devis") {
        let Some(quote) = closed::find(&quotes, link.value("devis")).await? else {
            return Ok(closed::gone());
        };
        answers::simulator(&quote)
    } else {
        form::from_link(&link, quotes.today())
    };
    Ok(Page::new(SimulatorPage { form, act: quotes.fresh_key() }).into_response())
}

pub(super) async fn submit(
    State(quotes): State<Quotes>,
    mut form: Form,
) -> Result<Response, PageError> {
    if form::reshape(&mut form) {
        return Ok(page(form, &quotes));
    }
    let Some(request) = form::read(&mut form, quotes.today()) else {
        return Ok(page(form, &quotes));
    };
    let key = key_of(&form, &request, &quotes);
    let problem = match quotes.keep(request, &key, None).await {
        Ok(kept) => return Ok(Redirect::to(&kept.quote.page).into_response()),
        Err(problem) => problem,
    };
    match refusal::place(&mut form, problem, on_this_page) {
        refusal::Refusal::Corrections => Ok(page(form, &quotes)),
        refusal::Refusal::NotEligible(reason) => Ok(closed::not_eligible(reason)),
        refusal::Refusal::Other(problem) => Err(problem.into()),
    }
}

/// One key for one page and one document: the same answers sent twice are one quote. A form without
/// the key of its page gets a fresh one: two strangers never share a quote.
pub(super) fn key_of(form: &Form, request: &SimulationRequest, quotes: &Quotes) -> String {
    let document = serde_json::to_vec(request).unwrap_or_default();
    let act = form.value("cle");
    if act.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        act_key(act, &document)
    } else {
        act_key(&quotes.fresh_key(), &document)
    }
}

/// The page again: its key stays, so that a second try is still the same act.
fn page(form: Form, quotes: &Quotes) -> Response {
    let act = match form.value("cle") {
        "" => quotes.fresh_key(),
        act => act.to_owned(),
    };
    Page::new(SimulatorPage { form, act }).into_response()
}

fn on_this_page(field: &str) -> bool {
    !matches!(field, "franchise" | "formule" | "objet" | "situation1" | "situation2" | "echeance_m")
}
