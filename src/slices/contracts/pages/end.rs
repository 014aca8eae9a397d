//! Page 12, «C’est signé», and the documents of a dossier, before and after the signature.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Answer, Frame, sheets, unkept};
use super::leave::holder_for;
use crate::kernel::french;
use crate::kernel::problem::Problem;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::platform::web::{archive, file};
use crate::slices::contracts::core::{Contracts, moment};
use crate::slices::contracts::course::{Begins, gathered};
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::keeping::Listed;
use crate::slices::contracts::model::{Contract, REPLACED};
use crate::slices::documents::Made;
use crate::slices::dossiers::pages::{Guest, Stop, guest};

#[derive(Template)]
#[template(path = "contracts/end.html")]
struct EndPage {
    frame: Frame,
    contract: Contract,
    papers: Vec<Listed>,
    signed_at: String,
    first_debit: String,
    /// Why it is not due sooner, when it is of several premiums.
    gathered: String,
    first_amount: String,
    /// Empty when it never begins.
    effect: String,
    until: String,
    bank: String,
    /// What the way to the lender's page is called.
    bank_link: &'static str,
    is_open: bool,
    is_over: bool,
    /// Another contract is in its place.
    is_replaced: bool,
    /// Who may renounce and asks the lender, when it is not who reads.
    holder: String,
    /// Where a password is chosen: their account was made for their address, or is still to be made.
    account: String,
    /// It is still to be made: nobody logs in before.
    is_new: bool,
}

sheets!(EndPage);

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
    let request = contracts.bank(&contract).await?;
    let premiums = contracts.premiums(&contract).await?;
    let now = (contracts.state_of(&contract).await?, contracts.today());
    let begins = Begins::of(&contract, &request, now);
    let smallest = contract.content.smallest_debit_cents;
    let first = begins.debits((&premiums, smallest), contract.effect_on).next();
    let bank = match (request.state.as_str(), contract.content.is_substitution) {
        ("accepted", _) => "Votre banque a donné son accord.".to_owned(),
        ("refused", _) => "Votre banque a refusé.".to_owned(),
        (_, true) => "Votre banque a 10 jours ouvrés pour répondre.".to_owned(),
        (_, false) => "Remettez l’attestation à votre banque.".to_owned(),
    };
    let is_over = contract.ended_at.is_some();
    let is_new = !has_account(&contracts, &guest, &contract).await?;
    let title = match contract.end_reason.as_deref() {
        Some(REPLACED) => "Ce contrat est remplacé",
        Some(_) => "Vous avez renoncé à ce contrat",
        None => "C’est signé",
    };
    Ok(unkept(EndPage {
        papers: contracts.listed(&contract, &request, guest.place).await?,
        signed_at: moment(contract.concluded_at),
        gathered: first.as_ref().map(gathered).unwrap_or_default(),
        first_debit: first.as_ref().map(|one| french::day(one.due_on)).unwrap_or_default(),
        first_amount: first
            .as_ref()
            .map(|one| french::euros(crate::kernel::money::Cents::new(one.amount_cents)))
            .unwrap_or_default(),
        effect: begins.words(),
        until: french::day(contract.withdraw_until),
        bank_link: if request.is_answered() {
            "Suivre votre banque"
        } else {
            "Prévenir votre banque"
        },
        bank,
        is_open: !is_over && contracts.today() <= contract.withdraw_until,
        is_over,
        is_replaced: contract.end_reason.as_deref() == Some(REPLACED),
        holder: holder_for(&guest, &contract),
        account: format!("/pools/clients/{}", if is_new { "signup" } else { "forgot" }),
        is_new,
        frame: Frame::new(&guest, title, 0, "", Form::default()),
        contract,
    }))
}

/// Whether an account holds this contract for who reads: one that was made for their address has no password yet,
/// and a link chooses it. Any other address signs up, and the contract waits for it there: for the other borrower,
/// too, whose account never holds it.
async fn has_account(
    contracts: &Contracts,
    guest: &Guest,
    contract: &Contract,
) -> Result<bool, Stop> {
    let owner = contracts.core.dossiers.shown(contract.dossier).await?.owner;
    Ok(owner.is_some() && guest.is_initiator())
}

/// A document of the dossier, for who has its session.
pub(super) async fn file(
    State(contracts): State<Contracts>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    let made = contracts.paper(guest.visit.dossier, &name, guest.place).await?;
    let (document, visit) = (made.document.kind.code(), &guest.visit);
    tracing::info!(dossier = %visit.dossier, document, by = %visit.insured, "a document was opened");
    Ok(served(&name, made, &headers))
}

/// «Tout télécharger».
pub(super) async fn archive(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    let contract = contracts.of_dossier(guest.visit.dossier).await?;
    let contract = contract.ok_or(ContractError::Unknown)?;
    let (answer, by) = (archived(&contracts, &contract, guest.place).await?, guest.visit.insured);
    tracing::info!(contract = %contract.id, %by, "all documents were taken");
    Ok(answer)
}

/// All documents of a contract for the person in this place, in one file.
pub(in crate::slices::contracts) async fn archived(
    contracts: &Contracts,
    contract: &Contract,
    place: u8,
) -> Result<Response, Problem> {
    let files = contracts.all_documents(contract, place).await?;
    archive::download(&format!("contrat-{}.zip", contract.number), &files)
}

/// The document as a file that nobody keeps on the way.
pub(in crate::slices::contracts) fn served(
    name: &str,
    made: Made,
    headers: &HeaderMap,
) -> Response {
    let name = format!("{}.pdf", name.replace('_', "-"));
    file::inline(file::PDF, &name, &made.document.sha256, made.bytes, headers)
}
