//! `/devis/{ref}/email`: the quote by e-mail, and `/envoye`, which says that it is on its way.
//!
//! The address travels in no URL and is shown on no page but the one where it was typed.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::SignedDuration;

use super::closed::{self, Closed};
use super::quote::{again, loan_line};
use crate::kernel::email::Email;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::page::{Page, Sheet, absolute, brand};
use crate::slices::messages::Letter;
use crate::slices::quotes::mailing::{Mailed, Mailing};
use crate::slices::quotes::service::Quotes;
use crate::slices::quotes::wire::QuoteResponse;

/// The letter is on its way.
#[derive(Template)]
#[template(path = "quotes/sent.html")]
pub(super) struct SentPage {
    pub(super) quote: String,
}

impl Sheet for SentPage {
    fn title(&self) -> &str {
        "C’est envoyé"
    }
}

pub(super) async fn send(
    State(quotes): State<Quotes>,
    Path(reference): Path<String>,
    address: Option<Extension<ClientAddress>>,
    mut form: Form,
) -> Result<Response, Closed> {
    let quote = closed::shown(&quotes, &reference).await?;
    let (Some(to), Ok(id)) = (read_email(&mut form), quote.id.parse()) else {
        return Ok(again(&quote, form));
    };
    let act = match form.value("cle") {
        "" => quotes.fresh_key(),
        act => act.to_owned(),
    };
    let from = address.map(|Extension(ClientAddress(address))| address);
    let mailing = Mailing { to: &to, act: &act, from };
    match quotes.mail(id, &mailing, letter(&quote)).await? {
        Mailed::Posted => Ok(Redirect::to(&format!("{}/envoye", quote.page)).into_response()),
        Mailed::Later(wait) => Ok(too_many(&quote, form, wait)),
    }
}

pub(super) async fn sent(
    State(quotes): State<Quotes>,
    Path(reference): Path<String>,
) -> Result<Response, Closed> {
    let quote = closed::shown(&quotes, &reference).await?;
    Ok(Page::new(SentPage { quote: quote.page }).into_response())
}

fn read_email(form: &mut Form) -> Option<Email> {
    if form.value("email").is_empty() {
        form.refuse("email", "Indiquez votre adresse e-mail");
        return None;
    }
    let email = form.value("email").parse().ok();
    if email.is_none() {
        form.refuse(
            "email",
            "L’adresse e-mail doit contenir un @ et un nom de domaine, comme camille@exemple.fr",
        );
    }
    email
}

/// The page again: nothing is lost by waiting, the address of the page is enough.
fn too_many(quote: &QuoteResponse, mut form: Form, wait: std::time::Duration) -> Response {
    let seconds = SignedDuration::try_from(wait).map_or(3600, |wait| wait.as_secs()).max(1);
    let when = if seconds > 3600 { "demain" } else { "dans une heure" };
    let message = format!(
        "Trop d’envois ont été demandés\u{a0}: réessayez {when}. En attendant, gardez l’adresse de \
         cette page, elle suffit pour retrouver ce devis"
    );
    form.refuse("email", message);
    let mut answer = again(quote, form);
    *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// The words of the letter: the price, what it assumes, how long it lives. Nothing that somebody typed
/// as text is in it, and nothing about a person: it may go to a stranger.
pub(super) fn letter(quote: &QuoteResponse) -> Letter {
    let (request, costs) = (&quote.request, &quote.result.project.costs);
    let until = french::day_of_moment(&quote.expires_at).unwrap_or_default();
    let month = french::euros(Cents::new(costs.first_month_cents));
    let total = french::euros(Cents::new(costs.total_cents));
    let price = format!(
        "Prix indicatif\u{a0}: {month} le premier mois, {total} sur toute la durée, pour {}.",
        match request.insured.len() {
            1 => "une personne".to_owned(),
            count => format!("{count} personnes"),
        }
    );
    let mut paragraphs = vec![
        format!("Voici le devis {} demandé sur le site {}.", quote.number, brand()),
        price,
        "Ce prix repose sur ces réponses\u{a0}:".to_owned(),
    ];
    paragraphs.extend(request.loans.iter().map(|loan| french::capitalised(&loan_line(loan))));
    paragraphs.push(format!(
        "Début de l’assurance\u{a0}: {}. Premier paiement après {} jours d’arrêt de travail.",
        french::day(request.effect_date),
        request.options.franchise_days
    ));
    paragraphs.push(format!("Ce devis est gardé à son adresse jusqu’au {until}."));
    paragraphs.push(
        "Vous n’avez rien demandé\u{202f}? Quelqu’un s’est trompé d’adresse. Ne faites rien\u{a0}: nous \
         ne gardons pas la vôtre."
            .to_owned(),
    );
    Letter {
        subject: "Votre devis d’assurance de prêt".to_owned(),
        short: "Votre devis d’assurance de prêt".to_owned(),
        paragraphs,
        code: None,
        action: Some(("Voir mon devis".to_owned(), absolute(&quote.page))),
    }
}
