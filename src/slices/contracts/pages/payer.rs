//! «Le compte est à quelqu’un d’autre»: who is asked for the mandate, how that stands, and the ways back to
//! one's own account. Of the payer, their name and whether their account is there; nothing else.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Answer, Frame, sheets, unkept};
use super::mandate::{CHOICES, elsewhere};
use crate::kernel::french;
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::payers::{Payer, Sent, Standing, TIES, invited, quote_of};
use crate::slices::dossiers::Signable;
use crate::slices::dossiers::pages::{Guest, Stop, guest};

/// How a demand to another payer stands, in the words of whoever asked.
pub(super) struct Demand {
    pub(super) line: String,
    /// Whether another link may be sent to the same person.
    pub(super) can_remind: bool,
}

impl Demand {
    pub(super) fn of(contracts: &Contracts, payer: &Payer, shown: &Signable) -> Result<Self, Stop> {
        let name = &payer.person.name;
        let is_fresh = payer.has_given(quote_of(shown)?);
        let is_over = payer.expires_at <= contracts.now();
        let until = french::day_of_moment(&payer.expires_at.to_string()).unwrap_or_default();
        let (line, can_remind) = match payer.standing {
            Standing::Given if is_fresh => {
                (format!("Mandat\u{a0}: signé par {name}, compte enregistré."), false)
            }
            Standing::Given => (
                format!(
                    "Mandat\u{a0}: le prix a changé depuis que {name} l’a signé. Renvoyez le lien."
                ),
                true,
            ),
            Standing::Waiting if is_over => {
                (format!("Mandat\u{a0}: le lien envoyé à {name} a expiré."), true)
            }
            Standing::Waiting => (
                format!(
                    "Mandat\u{a0}: lien envoyé à {name}, en attente. Il est valable jusqu’au \
                     {until}."
                ),
                true,
            ),
            Standing::Declined | Standing::Withdrawn => {
                (format!("Mandat\u{a0}: {name} ne le donne pas. Indiquez un autre compte."), false)
            }
        };
        Ok(Self { line, can_remind })
    }
}

#[derive(Template)]
#[template(path = "contracts/payer.html")]
struct PayerPage {
    frame: Frame,
    ties: [(&'static str, &'static str); 4],
    days: [(&'static str, &'static str); 3],
    demand: Option<Demand>,
    told: String,
}

sheets!(PayerPage);

async fn page(
    contracts: &Contracts,
    guest: &Guest,
    mut form: Form,
    told: &str,
) -> Result<PayerPage, Stop> {
    let id = guest.visit.dossier;
    let payer = contracts.payer(id).await?;
    if !form.has("titulaire") {
        let day = contracts.mandate(id).await?.map_or(5, |mandate| mandate.day);
        form.set("jour", day.to_string());
        if let Some(payer) = payer.as_ref().filter(|one| one.standing == Standing::Declined) {
            form.set("titulaire", payer.person.name.clone());
        }
    }
    let shown = contracts.core.dossiers.shown(id).await?;
    let demand = payer.map(|payer| Demand::of(contracts, &payer, &shown)).transpose()?;
    Ok(PayerPage {
        ties: TIES,
        days: CHOICES,
        demand,
        told: told.to_owned(),
        frame: Frame::new(guest, "Le titulaire du compte", 6, "prelevement", form),
    })
}

fn to(guest: &Guest, path: &str) -> Response {
    Redirect::to(&format!("/d/{}/{path}", guest.visit.dossier)).into_response()
}

/// Whoever began the dossier, while it can be signed; or where they belong.
async fn initiator(
    contracts: &Contracts,
    headers: &HeaderMap,
    id: &str,
) -> Result<Result<Guest, Response>, Stop> {
    let guest = guest(&contracts.core.dossiers, headers, id).await?;
    if let Some(answer) = elsewhere(contracts, &guest).await? {
        return Ok(Err(answer));
    }
    if !guest.is_initiator() {
        return Ok(Err(to(&guest, "signature")));
    }
    Ok(Ok(guest))
}

macro_rules! initiator {
    ($contracts:expr, $headers:expr, $id:expr) => {
        match initiator($contracts, $headers, $id).await? {
            Ok(guest) => guest,
            Err(answer) => return Ok(answer),
        }
    };
}

const TOO_MANY: &str = "Beaucoup de liens sont partis. Attendez une heure.";

pub(super) async fn show(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = initiator!(&contracts, &headers, &id);
    Ok(unkept(page(&contracts, &guest, Form::default(), "").await?))
}

/// «Envoyer le lien».
pub(super) async fn ask(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = initiator!(&contracts, &headers, &id);
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    if form.is("action", "plus_tard") {
        return Ok(to(&guest, "plus-tard"));
    }
    // Asking is enough: what was typed is shown again, and kept nowhere.
    if form.is("action", "prolonger") {
        return Ok(unkept(page(&contracts, &guest, form, "").await?));
    }
    let shown = contracts.core.dossiers.shown(guest.visit.dossier).await?;
    let known: Vec<_> = shown.insured.iter().filter_map(|one| one.email.clone()).collect();
    let Some(payer) = invited(&mut form, &known) else {
        return Ok(unkept(page(&contracts, &guest, form, "").await?));
    };
    let from = address.map(|known| known.0.0);
    match contracts.ask_payer(guest.visit.dossier, &payer, from).await? {
        Sent::Sent => Ok(to(&guest, "signature")),
        Sent::TooMany => Ok(unkept(page(&contracts, &guest, form, TOO_MANY).await?)),
    }
}

/// «Renvoyer le lien».
pub(super) async fn remind(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = initiator!(&contracts, &headers, &id);
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    let from = address.map(|known| known.0.0);
    let told = match contracts.remind_payer(guest.visit.dossier, from).await? {
        Sent::Sent => "Un nouveau lien est parti. Celui d’avant ne s’ouvre plus.",
        Sent::TooMany => TOO_MANY,
    };
    Ok(unkept(page(&contracts, &guest, Form::default(), told).await?))
}

/// «Utiliser mon propre compte».
pub(super) async fn withdraw(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = initiator!(&contracts, &headers, &id);
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    contracts.withdraw_payer(guest.visit.dossier).await?;
    Ok(to(&guest, "prelevement"))
}
