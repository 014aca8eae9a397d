//! Contracts of who asks: what they say, their schedule, their documents.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::operations::{FindContract, ListContracts, ListPapers, ReadContractPaper, ShowSchedule};
use super::wire::{ContractDocument, ContractList, PaperDocument, PaperList, ScheduleDocument};
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized, Customer};
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::platform::web::query::Query;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::course::Begins;
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::model::{Contract, OWNER};
use crate::slices::contracts::pages::served;

/// With these addresses.
pub(super) fn add(api: Api<Contracts>) -> Api<Contracts> {
    api.operation::<ListContracts, _, _>(handler!(list))
        .operation::<FindContract, _, _>(handler!(find))
        .operation::<ShowSchedule, _, _>(handler!(schedule))
        .operation::<ListPapers, _, _>(handler!(documents))
        .operation::<ReadContractPaper, _, _>(handler!(document))
}

/// A contract of the caller's. A text that is no identifier names nothing.
pub(super) async fn own(
    contracts: &Contracts,
    customer: &Customer,
    id: &str,
) -> Result<Contract, Problem> {
    let id = id.parse().map_err(|_| ContractError::Unknown)?;
    Ok(contracts.find_for(customer.party(), id).await?)
}

/// How much of a list, and from where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Slice {
    /// At most so many contracts, 1 to 100; 20 when it is left out.
    #[serde(default)]
    limit: Option<u32>,
    /// After this contract: `next` of the page before.
    #[serde(default)]
    after: Option<String>,
}

/// Your contracts, the newest first.
#[utoipa::path(
    get, path = "/v1/contracts", tag = "contracts", params(Slice),
    responses(
        (status = 200, description = "A page of your contracts", body = ContractList),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list(
    caller: Authorized<ListContracts>,
    State(contracts): State<Contracts>,
    Query(slice): Query<Slice>,
) -> Result<Json<ContractList>, ApiError> {
    let wrong = |pointer, detail| {
        Problem::new(Kind::Invalid).faults(vec![InputRule::QueryValue.fault(pointer, detail)])
    };
    let limit = slice.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(wrong("?limit", "Donnez un nombre de 1 à 100.").into());
    }
    let not_there =
        || wrong("?after", "Donnez la valeur de «\u{a0}next\u{a0}» de la page d’avant.");
    let after = slice.after.map(|text| text.parse()).transpose().map_err(|_| not_there())?;
    let page = contracts.page_for(caller.actor().party(), after, limit).await;
    let (found, next) = page.map_err(|error| match error {
        ContractError::Unknown => not_there(),
        other => other.into(),
    })?;
    let mut documents = Vec::with_capacity(found.len());
    for contract in &found {
        let state = contracts.state_of(contract).await.map_err(Problem::from)?;
        documents.push(ContractDocument::of(contract, state.code()));
    }
    Ok(Json(ContractList { contracts: documents, next: next.map(|id| id.to_string()) }))
}

/// One contract.
#[utoipa::path(
    get, path = "/v1/contracts/{id}", tag = "contracts", params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "The contract", body = ContractDocument),
        (status = 404, description = "No such contract", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn find(
    caller: Authorized<FindContract>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<ContractDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let state = contracts.state_of(&contract).await.map_err(Problem::from)?;
    Ok(Json(ContractDocument::of(&contract, state.code())))
}

/// The schedule of a contract, fixed at its signature and never computed again.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/schedule", tag = "contracts", params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "The schedule", body = ScheduleDocument),
        (status = 404, description = "No such contract", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn schedule(
    caller: Authorized<ShowSchedule>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<ScheduleDocument>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let premiums = contracts.premiums(&contract).await.map_err(Problem::from)?;
    let bank = contracts.bank(&contract).await.map_err(Problem::from)?;
    let state = contracts.state_of(&contract).await.map_err(Problem::from)?;
    let begins = Begins::of(&contract, &bank, (state, contracts.today()));
    let smallest = contract.content.smallest_debit_cents;
    let debits = begins.debits((&premiums, smallest), Date::MIN);
    Ok(Json(ScheduleDocument {
        premiums: premiums.into_iter().map(Into::into).collect(),
        debits: debits.map(Into::into).collect(),
    }))
}

/// The documents of a contract.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/documents", tag = "contracts", params(("id" = String, Path, description = "Identifier, `ctr_…`")),
    responses(
        (status = 200, description = "The documents", body = PaperList),
        (status = 404, description = "No such contract", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn documents(
    caller: Authorized<ListPapers>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<PaperList>, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let bank = contracts.bank(&contract).await.map_err(Problem::from)?;
    let listed =
        contracts.listed(&contract, &bank, OWNER).await.map_err(Problem::from)?.into_iter();
    let documents = listed.map(|one| PaperDocument::of(&contract, &one.name, &one.title)).collect();
    Ok(Json(PaperList { documents }))
}

/// One document of a contract, as a PDF.
#[utoipa::path(
    get, path = "/v1/contracts/{id}/documents/{name}", tag = "contracts",
    params(("id" = String, Path, description = "Identifier, `ctr_…`"), ("name" = String, Path, description = "Name from the list")),
    responses(
        (status = 200, description = "The document", body = Vec<u8>, content_type = "application/pdf", headers(("ETag" = String, description = "SHA-256 of the bytes"))),
        (status = 304, description = "The bytes of If-None-Match are these"),
        (status = 404, description = "No such contract, or no such document", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn document(
    caller: Authorized<ReadContractPaper>,
    State(contracts): State<Contracts>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let contract = own(&contracts, caller.actor(), &id).await?;
    let made = contracts.document(&contract, &name, OWNER).await.map_err(Problem::from)?;
    let (document, by) = (made.document.kind.code(), &caller.actor().principal().subject);
    tracing::info!(contract = %contract.id, document, %by, "a document was opened by its owner");
    Ok(served(&name, made, &headers))
}
