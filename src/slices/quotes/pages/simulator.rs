//! `/simuler`: six questions, one price. Without an account and without an e-mail address.

use askama::Template;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

use super::closed::{self, Closed};
use super::words;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::form::{Form, act_key};
use crate::platform::web::live;
use crate::platform::web::page::{Page, PageError, Sheet};
use crate::slices::quotes::form::{self, answers, carry, refusal};
use crate::slices::quotes::service::Quotes;
use crate::slices::quotes::wire::{QuoteResponse, SimulationRequest};

/// The simulator, empty, filled in, or with what is to be corrected.
#[derive(Template)]
#[template(path = "quotes/simulator.html")]
pub(super) struct SimulatorPage {
    /// The answers.
    pub(super) form: Form,
    /// Identifier of the quote that is changed; empty when there is none.
    pub(super) quote: String,
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

    fn is_live(&self) -> bool {
        true
    }
}

/// A quote that this form would change more than it shows.
#[derive(Template)]
#[template(path = "quotes/not_here.html")]
pub(super) struct NotHerePage {
    /// Page of the quote.
    pub(super) quote: String,
}

impl Sheet for NotHerePage {
    fn title(&self) -> &str {
        "Ce devis ne peut pas être modifié ici"
    }
}

/// The simulator is the home page, under one address.
pub(super) async fn home() -> Redirect {
    Redirect::temporary("/simuler")
}

/// Answers of an address: few, and none that the page would refuse.
type Pairs = Result<Query<Vec<(String, String)>>, QueryRejection>;

pub(super) async fn show(State(quotes): State<Quotes>, pairs: Pairs) -> Result<Response, Closed> {
    let link = Form::new(pairs.map(|Query(pairs)| pairs).unwrap_or_default());
    if !link.has("devis") {
        return Ok(page(form::from_link(&link, quotes.today()), &quotes));
    }
    let quote = closed::find(&quotes, link.value("devis")).await?;
    if !carry::is_editable(&quote.request) {
        return Ok(Page::new(NotHerePage { quote: quote.page }).into_response());
    }
    let mut form = answers::simulator(&quote);
    form.set("devis", quote.id);
    Ok(page(form, &quotes))
}

pub(super) async fn submit(
    State(quotes): State<Quotes>,
    headers: HeaderMap,
    mut form: Form,
) -> Result<Response, PageError> {
    if live::asks_for_price(&headers) {
        return Ok(live::sentence(first_month(form, &quotes)));
    }
    if form::reshape(&mut form) {
        return Ok(page(form, &quotes));
    }
    let Some(request) = form::read(&mut form, quotes.today()) else {
        return Ok(page(form, &quotes));
    };
    let base = base(&form, &quotes).await?;
    let request = match &base {
        Some(quote) => carry::onto(&form, request, quote, quotes.today()),
        None => request,
    };
    let origin = base.and_then(|quote| quote.id.parse().ok());
    let key = key_of(&form, &request, &quotes);
    let problem = match quotes.keep(request.clone(), &key, origin).await {
        Ok(kept) => return Ok(Redirect::to(&kept.quote.page).into_response()),
        Err(problem) => problem,
    };
    match refusal::place(&mut form, problem, on_this_page) {
        refusal::Refusal::Corrections => Ok(page(form, &quotes)),
        refusal::Refusal::NotEligible(faults) => {
            Ok(closed::not_eligible(&faults, &request, form, &quotes, "/simuler"))
        }
        refusal::Refusal::Other(problem) => Err(problem.into()),
    }
}

/// The price so far, in a sentence: empty while an answer is missing, or when there is none. What a changed quote
/// assumes besides is not in it.
fn first_month(mut form: Form, quotes: &Quotes) -> String {
    let request = form::read(&mut form, quotes.today());
    let priced = request.and_then(|request| quotes.simulate(&request, false).ok());
    priced.map_or_else(String::new, |priced| {
        let first = french::euros(Cents::new(priced.project.costs.first_month_cents));
        format!("Environ {first} le premier mois")
    })
}

/// The quote that the answers change. Its time may have passed meanwhile: it is still what they
/// started from.
async fn base(form: &Form, quotes: &Quotes) -> Result<Option<QuoteResponse>, Problem> {
    let Ok(id) = form.value("devis").parse() else {
        return Ok(None);
    };
    match quotes.find_by_link(id).await {
        Ok(quote) => Ok(Some(quote).filter(|quote| carry::is_editable(&quote.request))),
        Err(problem) if matches!(problem.kind, Kind::NotFound | Kind::Gone) => Ok(None),
        Err(problem) => Err(problem),
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
    let quote = form.value("devis").to_owned();
    Page::new(SimulatorPage { form, quote, act }).into_response()
}

fn on_this_page(field: &str) -> bool {
    !matches!(field, "franchise" | "formule" | "objet" | "situation1" | "situation2" | "echeance_m")
}
