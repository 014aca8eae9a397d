//! What a lender is shown by the link that we sent it for a customer: the letter, the certificate, and the one thing
//! that it may say here, that it has received them. Nothing else of the contract, and nothing of the person but what
//! the letter says.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};

use super::end::served;
use super::frame::{Answer, foreign, said, unkept};
use crate::kernel::french;
use crate::platform::web::csrf;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::sending::{PAPERS_OF_BANK, Presented};
use crate::slices::dossiers::pages::Stop;

#[derive(Template)]
#[template(path = "contracts/lender.html")]
struct LenderPage {
    secret: String,
    title: String,
    persons: String,
    asks: &'static str,
    lender: String,
    loan_number: String,
    effect: String,
    papers: Vec<(&'static str, &'static str)>,
    /// The day, once it said so.
    received: String,
    due: String,
    until: String,
    /// The lender has answered: nothing is awaited any more.
    is_answered: bool,
}

impl Sheet for LenderPage {
    fn title(&self) -> &str {
        &self.title
    }
}

async fn presented(contracts: &Contracts, secret: &str) -> Result<Presented, Stop> {
    let found = contracts.presented(secret).await?;
    found.ok_or_else(|| {
        let line = "Demandez ces documents à la personne qui emprunte.";
        Stop::with(said("Ce lien a expiré", &[line], StatusCode::GONE))
    })
}

pub(super) async fn show(State(contracts): State<Contracts>, Path(secret): Path<String>) -> Answer {
    let shown = presented(&contracts, &secret).await?;
    let persons: Vec<_> = shown.contract.content.persons.iter().map(|one| &*one.name).collect();
    let day = |date: Option<jiff::civil::Date>| date.map(french::day).unwrap_or_default();
    let request = &shown.request;
    Ok(unkept(LenderPage {
        secret,
        title: "Demande de changement d’assurance".to_owned(),
        asks: if persons.len() > 1 { "demandent" } else { "demande" },
        persons: french::together(&persons),
        lender: shown.contract.content.lender.clone(),
        loan_number: request.loan_number.clone(),
        effect: french::day(request.effect_on),
        papers: PAPERS_OF_BANK.map(|kind| (kind.code(), kind.title())).to_vec(),
        received: day(request.received_on),
        due: day(request.answer_due),
        until: french::day_of_moment(&shown.until.to_string()).unwrap_or_default(),
        is_answered: matches!(request.state.as_str(), "accepted" | "refused"),
    }))
}

/// «Nous avons reçu cette demande».
pub(super) async fn received(
    State(contracts): State<Contracts>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Answer {
    // The link is the secret of this form; a page of another site still may not send it.
    if !csrf::comes_from_us(&headers, &contracts.core.origin) {
        return Ok(foreign());
    }
    let shown = presented(&contracts, &secret).await?;
    contracts.bank_has_received(&shown).await?;
    Ok(Redirect::to(&format!("/b/{secret}")).into_response())
}

pub(super) async fn file(
    State(contracts): State<Contracts>,
    Path((secret, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let shown = presented(&contracts, &secret).await?;
    let made = contracts.paper_of_bank(&shown, &name).await?;
    let (contract, document) = (shown.contract.id, made.document.kind.code());
    tracing::info!(%contract, document, "a document was opened by the lender's link");
    Ok(served(&name, made, &headers))
}
