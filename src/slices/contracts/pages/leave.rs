//! The right to renounce, from the dossier: conditions, then one button.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Answer, Frame, said, sheets, unkept};
use crate::kernel::french;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::model::Contract;
use crate::slices::dossiers::pages::{Guest, guest};

/// Asked before the contract is over.
#[derive(Template)]
#[template(path = "contracts/withdraw.html")]
pub(super) struct WithdrawPage {
    pub(super) frame: Frame,
    pub(super) number: String,
    pub(super) until: String,
    pub(super) is_open: bool,
    /// Who may renounce, when it is not who reads.
    pub(super) holder: String,
    pub(super) phone: String,
    /// Where the form goes.
    pub(super) action: String,
}

sheets!(WithdrawPage);

fn to(guest: &Guest, path: &str) -> Response {
    Redirect::to(&format!("/d/{}/{path}", guest.visit.dossier)).into_response()
}

pub(super) async fn show(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    let Some(contract) = contracts.of_dossier(guest.visit.dossier).await? else {
        return Ok(to(&guest, "signature"));
    };
    let title = "Renoncer à votre contrat";
    let is_open = contract.ended_at.is_none() && contracts.today() <= contract.withdraw_until;
    Ok(unkept(WithdrawPage {
        is_open,
        holder: holder_for(&guest, &contract),
        phone: contracts.core.documents.insurer().phone.clone(),
        until: french::day(contract.withdraw_until),
        number: contract.number,
        action: format!("/d/{}/renoncer", guest.visit.dossier),
        frame: Frame::new(&guest, title, 0, "fin", Form::default()),
    }))
}

pub(super) async fn submit(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    let Some(contract) = contracts.of_dossier(guest.visit.dossier).await? else {
        return Ok(to(&guest, "signature"));
    };
    // One account, one contract: who began the dossier holds it.
    if !guest.is_initiator() {
        let line = "La personne qui a ouvert le dossier renonce depuis le sien, pour vous deux.";
        return Ok(said("Vous ne pouvez pas renoncer ici", &[line], StatusCode::FORBIDDEN));
    }
    contracts.withdraw(&contract, Some(guest.visit.insured)).await?;
    Ok(to(&guest, "fin"))
}

/// The name of who holds the contract, for another insured person; empty for who holds it.
pub(super) fn holder_for(guest: &Guest, contract: &Contract) -> String {
    let first = contract.content.persons.first().filter(|_| !guest.is_initiator());
    first.map(|one| one.called().to_owned()).unwrap_or_default()
}
