//! Who is debited: the customer's own account, or somebody else's, who is asked for the mandate by a link of
//! their own. Of them, their name and how far they are is told, never an account.

use std::net::IpAddr;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::faults;
use super::operations::{AskHolder, PutMandate, RemindHolder, ShowMandate, WithdrawHolder};
use super::signature::{held, wrong};
use super::wire::{HolderRequest, MandateDocument, MandateRequest};
use crate::handler;
use crate::kernel::iban::Iban;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized};
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::mandates::{DAYS, LONGEST_NAME, complaint};
use crate::slices::contracts::model::Mandate;
use crate::slices::contracts::payers::{Payer, Sent, Standing, invited, quote_of};
use crate::slices::dossiers::DossierId;

/// Each field of a form, and its place in the document.
const PLACES: [(&str, &str); 4] =
    [("titulaire", "/holder"), ("email", "/email"), ("lien", "/tie"), ("jour", "/day")];

/// With these addresses.
pub(super) fn add(api: Api<Contracts>) -> Api<Contracts> {
    api.operation::<PutMandate, _, _>(handler!(mandate))
        .operation::<ShowMandate, _, _>(handler!(show))
        .operation::<AskHolder, _, _>(handler!(ask))
        .operation::<RemindHolder, _, _>(handler!(remind))
        .operation::<WithdrawHolder, _, _>(handler!(withdraw))
}

/// The mandate of a dossier as it is told.
async fn document(contracts: &Contracts, id: DossierId) -> Result<MandateDocument, Problem> {
    let mandate = contracts.mandate(id).await?.ok_or_else(missing)?;
    let has_contract = contracts.of_dossier(id).await?.is_some();
    let shown = contracts.core.dossiers.shown(id).await?;
    let quote = quote_of(&shown)?;
    let state = match &mandate.payer {
        _ if has_contract => "signed",
        None => "draft",
        Some(payer) if payer.has_given(quote) => "given",
        Some(payer) => awaited(payer, contracts),
    };
    let next = match state {
        "expired" | "outdated" => format!("/v1/dossiers/{id}/mandate/holder/link"),
        "declined" => format!("/v1/dossiers/{id}/mandate"),
        _ => format!("/v1/dossiers/{id}/signature"),
    };
    let Mandate { rum, account, day, payer, .. } = mandate;
    let own = Iban::read(&account.iban).ok().filter(|_| payer.is_none());
    Ok(MandateDocument {
        state,
        reference: rum,
        holder: account.holder,
        account: own.map(|iban| iban.masked()),
        day,
        next,
    })
}

fn awaited(payer: &Payer, contracts: &Contracts) -> &'static str {
    match payer.standing {
        Standing::Given => "outdated",
        Standing::Waiting if payer.expires_at > contracts.now() => "waiting_for_holder",
        Standing::Waiting => "expired",
        Standing::Declined | Standing::Withdrawn => "declined",
    }
}

fn missing() -> Problem {
    Problem::new(Kind::NotFound).detail("Ce dossier n’a pas encore de mandat.")
}

fn told(sent: Sent) -> Result<(), Problem> {
    match sent {
        Sent::Sent => Ok(()),
        Sent::TooMany => {
            let problem = Problem::new(Kind::TooMany).detail("Beaucoup de liens sont partis.");
            Err(problem.retry_after(Duration::from_secs(3600)))
        }
    }
}

/// Says which account is debited, until the contract is signed. Another account makes other documents.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/mandate", tag = "signature", request_body = MandateRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The mandate, masked", body = MandateDocument),
        (status = 409, description = "There is no offer yet, or it is signed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn mandate(
    caller: Authorized<PutMandate>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    Json(request): Json<MandateRequest>,
) -> Result<Json<MandateDocument>, ApiError> {
    let holder = held(&contracts, caller.actor(), &id).await?.dossier;
    let name = request.holder.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(wrong("/holder", "Donnez le titulaire, en 70 caractères au plus.").into());
    }
    let iban = Iban::read(&request.iban).map_err(|error| wrong("/iban", complaint(error)))?;
    if !DAYS.contains(&request.day) {
        return Err(wrong("/day", "Le jour de prélèvement est le 5, le 10 ou le 15.").into());
    }
    let kept = contracts.save_mandate(holder, name, &iban, request.day).await;
    kept.map_err(Problem::from)?;
    Ok(Json(document(&contracts, holder).await?))
}

/// Who is debited, and how far the mandate is.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}/mandate", tag = "signature", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The mandate", body = MandateDocument),
        (status = 404, description = "No such dossier, or no mandate yet", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn show(
    caller: Authorized<ShowMandate>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<MandateDocument>, ApiError> {
    let id = held(&contracts, caller.actor(), &id).await?.dossier;
    Ok(Json(document(&contracts, id).await?))
}

/// Asks somebody who is not insured for the mandate: a link leaves to their address, and the mandate is
/// `waiting_for_holder`. The same demand again sends nothing; another person takes the place of the last.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/mandate/holder", tag = "signature", request_body = HolderRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The mandate", body = MandateDocument),
        (status = 429, description = "Too many links: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "There is no offer yet, or it is signed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn ask(
    caller: Authorized<AskHolder>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
    Json(request): Json<HolderRequest>,
) -> Result<Json<MandateDocument>, ApiError> {
    let id = held(&contracts, caller.actor(), &id).await?.dossier;
    let mut form = Form::new([
        ("titulaire", request.holder),
        ("email", request.email),
        ("lien", request.tie),
        ("jour", request.day.to_string()),
    ]);
    let shown = contracts.core.dossiers.shown(id).await.map_err(Problem::from)?;
    let known: Vec<_> = shown.insured.iter().filter_map(|one| one.email.clone()).collect();
    let Some(payer) = invited(&mut form, &known) else {
        return Err(faults(&form, &PLACES).into());
    };
    let sent = contracts.ask_payer(id, &payer, from(address)).await;
    told(sent.map_err(Problem::from)?)?;
    Ok(Json(document(&contracts, id).await?))
}

fn from(address: Option<Extension<ClientAddress>>) -> Option<IpAddr> {
    address.map(|known| known.0.0)
}

/// Sends the same person another link; the one before opens no more.
#[utoipa::path(
    post, path = "/v1/dossiers/{id}/mandate/holder/link", tag = "signature", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The mandate", body = MandateDocument),
        (status = 429, description = "Too many links: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "There is no offer yet, or it is signed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn remind(
    caller: Authorized<RemindHolder>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
) -> Result<Json<MandateDocument>, ApiError> {
    let id = held(&contracts, caller.actor(), &id).await?.dossier;
    told(contracts.remind_payer(id, from(address)).await.map_err(Problem::from)?)?;
    Ok(Json(document(&contracts, id).await?))
}

/// Asks nobody else any more: the link opens nothing, and what was known of them is gone. Done twice, it is
/// done once.
#[utoipa::path(
    delete, path = "/v1/dossiers/{id}/mandate/holder", tag = "signature", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 204, description = "Nobody else is asked"),
        (status = 409, description = "There is no offer yet, or it is signed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn withdraw(
    caller: Authorized<WithdrawHolder>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let id = held(&contracts, caller.actor(), &id).await?.dossier;
    contracts.withdraw_payer(id).await.map_err(Problem::from)?;
    Ok(StatusCode::NO_CONTENT)
}
