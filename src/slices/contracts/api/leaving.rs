//! Leaving a contract: renouncing within thirty days, asking for its end at any time.

use axum::extract::{Path, State};

use super::contracts::own;
use super::faults;
use super::operations::{AskEnd, ShowEnd, Withdraw};
use super::wire::{ContractDocument, EndDocument, EndRequest};
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized};
use crate::platform::web::form::Form;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::form;
use crate::slices::contracts::model::Contract;

/// With these addresses.
pub(super) fn add(api: Api<Contracts>) -> Api<Contracts> {
    api.operation::<Withdraw, _, _>(handler!(withdraw))
        .operation::<ShowEnd, _, _>(handler!(ending))
        .operation::<AskEnd, _, _>(handler!(ask))
}

/// Renounces: the contract is over, nothing is debited, what was paid is paid back (art. L132-5-1 C. ass.,
/// for the whole contract). Sent again, it is one renunciation.
#[utoipa::path(
    post, path = "/v1/contracts/{id}/withdrawal", tag = "contracts", params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "The contract, over", body = ContractDocument),
        (status = 404, description = "No such contract", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The thirty days are over, or the contract is", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn withdraw(
    caller: Authorized<Withdraw>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<ContractDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    contracts.withdraw(&contract, None).await.map_err(Problem::from)?;
    let contract = own(&contracts, caller.actor(), &id).await?;
    let state = contracts.state_of(&contract).await.map_err(Problem::from)?;
    Ok(Json(ContractDocument::of(&contract, state.code())))
}

async fn asked(contracts: &Contracts, contract: &Contract) -> Result<EndDocument, Problem> {
    let found = contracts.end_asked(contract).await?;
    let none = || Problem::new(Kind::NotFound).detail("La fin de ce contrat n’est pas demandée.");
    let end = found.ok_or_else(none)?;
    Ok(EndDocument { wanted_on: end.wanted_on.to_string(), asked_at: end.asked_at.to_string() })
}

/// The end that was asked for.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/termination", tag = "contracts", params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "What was asked for", body = EndDocument),
        (status = 404, description = "No such contract, or its end was not asked for", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn ending(
    caller: Authorized<ShowEnd>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<EndDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    Ok(Json(asked(&contracts, &contract).await?))
}

/// Asks for the end of a contract, at any time and without cost (art. L113-12-2 C. ass.); acknowledged at
/// once. The first demand stands.
#[utoipa::path(
    put, path = "/v1/contracts/{id}/termination", tag = "contracts", request_body = EndRequest,
    params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "What is asked for", body = EndDocument),
        (status = 409, description = "The contract is over", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn ask(
    caller: Authorized<AskEnd>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    Json(request): Json<EndRequest>,
) -> Result<Json<EndDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let mut typed = Form::new([("motif", request.reason), ("date", request.wanted_on)]);
    let end = form::ending(&mut typed, contracts.today());
    let end = end.ok_or_else(|| faults(&typed, &[("motif", "/reason"), ("fin", "/wanted_on")]))?;
    contracts.ask_end(&contract, end.code, end.wanted).await.map_err(Problem::from)?;
    Ok(Json(asked(&contracts, &contract).await?))
}
