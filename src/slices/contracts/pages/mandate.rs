//! Page 9: the account that is debited, with the mandate's own words.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Answer, Frame, sheets, unkept};
use super::payer::Demand;
use crate::kernel::french;
use crate::kernel::iban::Iban;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::course::gathered;
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::mandates::{DAYS, LONGEST_NAME, complaint, debits_of, schedule};
use crate::slices::documents::InsurerSettings;
use crate::slices::dossiers::pages::{Guest, Stop, guest};

/// The days, for their radios.
pub(super) const CHOICES: [(&str, &str); 3] = [("5", "Le 5"), ("10", "Le 10"), ("15", "Le 15")];

#[derive(Template)]
#[template(path = "contracts/mandate.html")]
struct MandatePage {
    frame: Frame,
    days: [(&'static str, &'static str); 3],
    /// The account that is kept, masked; empty while there is none.
    known: String,
    rum: String,
    insurer: InsurerSettings,
    first_debit: String,
    /// Why it is not due sooner, when it is of several premiums.
    gathered: String,
    /// How a demand to another payer stands.
    demand: Option<Demand>,
}

sheets!(MandatePage);

async fn page(contracts: &Contracts, guest: &Guest, mut form: Form) -> Result<MandatePage, Stop> {
    let id = guest.visit.dossier;
    let shown = contracts.core.dossiers.shown(id).await.map_err(ContractError::from)?;
    let mandate = contracts.mandate(id).await?;
    let demand = mandate.as_ref().and_then(|mandate| mandate.payer.as_ref());
    let demand = demand.map(|payer| Demand::of(contracts, payer, &shown)).transpose()?;
    let mandate = mandate.filter(|mandate| mandate.payer.is_none());
    let payer = shown.insured.iter().find(|one| one.insured_id == guest.visit.insured);
    let known = mandate.as_ref().and_then(|mandate| Iban::read(&mandate.account.iban).ok());
    if !form.has("titulaire") {
        let holder = mandate.as_ref().map(|mandate| mandate.account.holder.clone());
        let name = payer.map(|one| one.person.full_name()).unwrap_or_default();
        form.set("titulaire", holder.unwrap_or(name));
        form.set("jour", mandate.as_ref().map_or(5, |mandate| mandate.day).to_string());
    }
    // Said of each day: it is chosen on this page.
    let first = |day| {
        let all = debits_of(&shown.quote, &schedule(&shown.quote, day));
        all.into_iter().next()
    };
    let all: Vec<_> = DAYS.into_iter().filter_map(first).collect();
    let first: Vec<_> = all.iter().map(|one| french::day(one.due_on)).collect();
    Ok(MandatePage {
        days: CHOICES,
        known: known.map(|iban| iban.masked()).unwrap_or_default(),
        rum: contracts.own_rum(id).await?,
        insurer: contracts.core.documents.insurer().clone(),
        demand,
        gathered: all.first().map(gathered).unwrap_or_default(),
        first_debit: first.join(", "),
        frame: Frame::new(guest, "Le compte à prélever", 6, "recapitulatif", form),
    })
}

fn to(guest: &Guest, path: &str) -> Response {
    Redirect::to(&format!("/d/{}/{path}", guest.visit.dossier)).into_response()
}

/// Where somebody belongs who is too early or too late for this page.
pub(super) async fn elsewhere(
    contracts: &Contracts,
    guest: &Guest,
) -> Result<Option<Response>, Stop> {
    let id = guest.visit.dossier;
    let shown = contracts.core.dossiers.shown(id).await.map_err(ContractError::from)?;
    if shown.state.is_signed() {
        return Ok(Some(to(guest, "fin")));
    }
    Ok(contracts.obstacle(&shown).map(|_| to(guest, "recapitulatif")))
}

pub(super) async fn show(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    if let Some(answer) = elsewhere(&contracts, &guest).await? {
        return Ok(answer);
    }
    // One account for one contract: who began the dossier pays.
    if !guest.is_initiator() {
        return Ok(to(&guest, "signature"));
    }
    Ok(unkept(page(&contracts, &guest, Form::default()).await?))
}

pub(super) async fn save(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    if let Some(answer) = elsewhere(&contracts, &guest).await? {
        return Ok(answer);
    }
    if !guest.is_initiator() {
        return Ok(to(&guest, "signature"));
    }
    if form.is("action", "plus_tard") {
        return Ok(to(&guest, "plus-tard"));
    }
    // Asking is enough: what was typed is shown again, and kept nowhere.
    if form.is("action", "prolonger") {
        return Ok(unkept(page(&contracts, &guest, form).await?));
    }
    let holder = form.value("titulaire").to_owned();
    if holder.is_empty() {
        form.refuse("titulaire", "Indiquez le titulaire du compte");
    } else if holder.chars().count() > LONGEST_NAME {
        form.refuse("titulaire", "Le titulaire doit comporter 70\u{a0}caractères au plus");
    }
    let known = contracts.mandate(guest.visit.dossier).await?;
    let typed = form.value("iban").to_owned();
    // Never the account of another payer.
    let kept = known
        .filter(|mandate| typed.is_empty() && mandate.payer.is_none())
        .map(|mandate| mandate.account.iban);
    let iban = Iban::read(kept.as_deref().unwrap_or(&typed));
    if let Err(error) = &iban {
        form.refuse("iban", complaint(*error));
    }
    let day = form.value("jour").parse::<u8>().ok().filter(|day| DAYS.contains(day));
    if day.is_none() {
        form.refuse("jour", "Choisissez le jour de prélèvement");
    }
    let (Ok(iban), Some(day), true) = (iban, day, form.is_sound()) else {
        return Ok(unkept(page(&contracts, &guest, form).await?));
    };
    contracts.save_mandate(guest.visit.dossier, &holder, &iban, day).await?;
    Ok(to(&guest, "signature"))
}
