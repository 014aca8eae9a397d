//! The lender of a contract: what is asked of it, and its answer as the customer tells it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::contracts::own;
use super::demand::{AmendmentDocument, AnswerRequest, LenderDocument, Said, SubstitutionRequest};
use super::operations::{AmendForLender, AnswerOfLender, AskLender, DeliverToLender, ShowLender};
use super::{dated, faults};
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized};
use crate::platform::web::form::Form;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::form;
use crate::slices::contracts::model::{BankRequest, Contract};
use crate::slices::contracts::refusals;

/// With these addresses.
pub(super) fn add(api: Api<Contracts>) -> Api<Contracts> {
    api.operation::<ShowLender, _, _>(handler!(show))
        .operation::<AskLender, _, _>(handler!(ask))
        .operation::<DeliverToLender, _, _>(handler!(deliver))
        .operation::<AnswerOfLender, _, _>(handler!(answer))
        .operation::<AmendForLender, _, _>(handler!(amend))
}

async fn told(contracts: &Contracts, contract: &Contract) -> Result<LenderDocument, Problem> {
    let request = contracts.bank(contract).await?;
    let link = contracts.bank_link(contract).await?;
    Ok(LenderDocument::of(contract, request, link))
}

/// What is asked of the lender, and how far it is.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/lender", tag = "contracts", params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "What is asked of the lender", body = LenderDocument),
        (status = 404, description = "No such contract", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn show(
    caller: Authorized<ShowLender>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<LenderDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    Ok(Json(told(&contracts, &contract).await?))
}

/// Dates the demand of substitution: its letter exists from now on, under `documents/lettre_banque`. Sent
/// again with the same words, it is the first one. With others it corrects it and there is another letter, until
/// it was delivered or the lender has it, and again once the lender has sent it back as incomplete: it can then be
/// delivered again.
#[utoipa::path(
    put, path = "/v1/contracts/{id}/lender", tag = "contracts", request_body = SubstitutionRequest,
    params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "What is asked of the lender", body = LenderDocument),
        (status = 409, description = "The lender has another demand, no insurance is replaced, or the contract does not wait for a lender", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn ask(
    caller: Authorized<AskLender>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    Json(request): Json<SubstitutionRequest>,
) -> Result<Json<LenderDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    if !contract.content.is_substitution {
        let detail =
            "Ce prêt est nouveau\u{a0}: l’attestation suffit, rien n’est demandé à la banque.";
        return Err(Problem::new(Kind::Conflict).detail(detail).into());
    }
    let known = contracts.bank(&contract).await.map_err(Problem::from)?;
    if known.is_asked() && is_same(&known, &request) {
        return Ok(Json(told(&contracts, &contract).await?));
    }
    let mut typed = Form::new([
        ("agence", request.agency.trim()),
        ("n_pret", request.loan_number.trim()),
        ("n_adhesion", request.old_contract.as_deref().unwrap_or_default().trim()),
    ]);
    dated(&mut typed, "effet", &request.effect_on);
    let demand =
        form::demand(&mut typed, (contracts.today(), contract.effect_on)).ok_or_else(|| {
            let (agency, loan) = (("agence", "/agency"), ("n_pret", "/loan_number"));
            let rest = [("n_adhesion", "/old_contract"), ("effet", "/effect_on")];
            faults(&typed, &[&[agency, loan][..], &rest].concat())
        })?;
    let by = payer(&contract)?;
    contracts.ask_bank(&contract, demand, by).await.map_err(Problem::from)?;
    Ok(Json(told(&contracts, &contract).await?))
}

/// Whether a demand says the same as the one that is dated, whatever the day is now.
fn is_same(known: &BankRequest, request: &SubstitutionRequest) -> bool {
    known.agency == request.agency.trim()
        && known.loan_number == request.loan_number.trim()
        && known.old_contract == request.old_contract.as_deref().unwrap_or_default().trim()
        && known.effect_on.to_string() == request.effect_on
}

/// Sends the demand to the agency's e-mail address, as a link to the letter, the certificate and the notice, by
/// which the lender may say that it has received them. Asked again, it was sent once; a demand that was corrected
/// since is sent anew.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/lender/delivery", tag = "contracts",
    params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "How far it is now", body = LenderDocument),
        (status = 409, description = "Nothing is dated, it is not known yet who pays, the agency has no e-mail address, or the lender has answered", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn deliver(
    caller: Authorized<DeliverToLender>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<LenderDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let by = payer(&contract)?;
    contracts.send_to_bank(&contract, by).await.map_err(Problem::from)?;
    Ok(Json(told(&contracts, &contract).await?))
}

/// Says what the lender did, and on which day. Its answer, once given, stands, but for a refusal: a lender may accept
/// after all (`accepted`), and a refusal may have been said by mistake (`not_refused`). A demand that it sends back as
/// incomplete has no answer, and its ten business days begin when it has the whole.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/lender/answer", tag = "contracts", request_body = AnswerRequest,
    params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "How far it is now", body = LenderDocument),
        (status = 409, description = "The contract does not wait for a lender, or nothing was asked of it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn answer(
    caller: Authorized<AnswerOfLender>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    Json(request): Json<AnswerRequest>,
) -> Result<Json<LenderDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let said = match request.answer {
        Said::Received => "recue",
        Said::Accepted => "acceptee",
        Said::Refused => "refusee",
        Said::NotRefused => "pas_refusee",
    };
    let reason = request.reason.unwrap_or_default();
    let code = request.reason_code.unwrap_or_else(|| refusals::OTHER.to_owned());
    let mut typed = Form::new([("reponse", said), ("motif", reason.trim()), ("raison", &*code)]);
    let days = contracts.bank_days(&contract).await.map_err(Problem::from)?;
    dated(&mut typed, "quand", &request.on.unwrap_or_else(|| days.today.to_string()));
    let said = form::answer(&mut typed, days).ok_or_else(|| {
        let (answer, on) = (("reponse", "/answer"), ("quand", "/on"));
        faults(&typed, &[answer, on, ("raison", "/reason_code"), ("motif", "/reason")])
    })?;
    let by = payer(&contract)?;
    contracts.answered(&contract, said, Some(by)).await.map_err(Problem::from)?;
    Ok(Json(told(&contracts, &contract).await?))
}

/// After the lender's refusal: the dossier in which other guarantees are chosen, with the persons and the loans of
/// this contract. Nothing of the contract changes until that dossier is signed; then it ends (`remplacement`). Health is
/// asked about anew. Sent again while that dossier lives, it is that one.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/lender/amendment", tag = "contracts",
    params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 201, description = "The dossier, begun now", body = AmendmentDocument, headers(("Location" = String, description = "Address of the dossier"))),
        (status = 200, description = "The dossier that was begun before", body = AmendmentDocument, headers(("Location" = String, description = "Address of the dossier"))),
        (status = 409, description = "The lender has not refused, the contract is over, or the persons cannot be insured any more", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn amend(
    caller: Authorized<AmendForLender>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let by = payer(&contract)?;
    let (dossier, is_new) = contracts.amend(&contract, by).await.map_err(Problem::from)?;
    let href = format!("/v1/dossiers/{dossier}");
    let document = AmendmentDocument {
        dossier: dossier.to_string(),
        next: format!("{href}/guarantees"),
        href: href.clone(),
    };
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(header::LOCATION, href)], Json(document)).into_response())
}

/// The insured person whose account it is: the first, as in the dossier.
fn payer(contract: &Contract) -> Result<uuid::Uuid, Problem> {
    let first = contract.content.persons.first().map(|one| one.insured);
    Ok(first.ok_or(ContractError::Stored("its persons"))?)
}
