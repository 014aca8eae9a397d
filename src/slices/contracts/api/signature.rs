//! The documents, the code, and the act of signing.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::operations::{ReadPaper, SendCode, ShowSignature, Sign};
use super::wire::{CodeDocument, SignRequest, SignatureDocument, papers};
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized, Customer};
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::platform::web::query::Query;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::declared::accepted;
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::model::OWNER;
use crate::slices::contracts::pages::{refusal, served};
use crate::slices::contracts::signing::{Outcome, Place, reached};
use crate::slices::dossiers::{Asked, DossierId, Holder};
use crate::slices::messages::Channel;

/// Minutes that a code is good for.
const CODE_MINUTES: u32 = 10;

/// With these addresses.
pub(super) fn add(api: Api<Contracts>) -> Api<Contracts> {
    api.operation::<ShowSignature, _, _>(handler!(signature))
        .operation::<ReadPaper, _, _>(handler!(document))
        .operation::<SendCode, _, _>(handler!(code))
        .operation::<Sign, _, _>(handler!(sign))
}

/// The dossier that the caller holds. A text that is no identifier names nothing.
pub(super) async fn held(
    contracts: &Contracts,
    customer: &Customer,
    id: &str,
) -> Result<Holder, Problem> {
    let id: DossierId = id
        .parse()
        .map_err(|_| Problem::new(Kind::NotFound).detail("Aucun dossier n’a cet identifiant."))?;
    Ok(contracts.core.dossiers.holder(customer.party(), id).await?)
}

pub(super) fn wrong(pointer: &str, detail: impl Into<String>) -> Problem {
    Problem::new(Kind::Invalid).faults(vec![InputRule::JsonValue.fault(pointer, detail)])
}

/// How far the signature is, and what is signed. Documents are made beside: ask again while `preparing`.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}/signature", tag = "signature", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The ceremony", body = SignatureDocument),
        (status = 409, description = "Something is missing before the signature", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such dossier", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn signature(
    caller: Authorized<ShowSignature>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
) -> Result<Json<SignatureDocument>, ApiError> {
    let holder = held(&contracts, caller.actor(), &id).await?;
    Ok(Json(standing(&contracts, &holder).await?))
}

async fn standing(contracts: &Contracts, holder: &Holder) -> Result<SignatureDocument, Problem> {
    let id = holder.dossier;
    if let Some(contract) = contracts.of_dossier(id).await? {
        let next = format!("/v1/contracts/{}", contract.id);
        return Ok(SignatureDocument::without("concluded", Some(next)));
    }
    let Some(ceremony) = contracts.ceremony(id, holder.insured).await? else {
        let next = format!("/v1/dossiers/{id}/signature");
        return Ok(SignatureDocument::without("preparing", Some(next)));
    };
    let mandate = contracts.mandate(id).await?.ok_or(ContractError::Unknown)?;
    let shown = contracts.core.dossiers.shown(id).await?;
    let has_signed = ceremony.has_signed(holder.insured);
    let state = match (has_signed, ceremony.completed_at) {
        (false, _) => "ready",
        (true, None) => "signed",
        // Nothing is left but the mandate of another payer.
        (true, Some(_)) => "waiting_for_holder",
    };
    Ok(SignatureDocument {
        state,
        ceremony: Some(ceremony.id.simple().to_string()),
        documents: papers(id, &ceremony),
        consents: accepted(&mandate, OWNER, &shown),
        next: (!has_signed).then(|| format!("/v1/dossiers/{id}/signature/code")),
    })
}

/// One document of a dossier: to be signed, or signed.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}/documents/{name}", tag = "signature",
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("name" = String, Path, description = "Name from the list")),
    responses(
        (status = 200, description = "The document", body = Vec<u8>, content_type = "application/pdf", headers(("ETag" = String, description = "SHA-256 of the bytes"))),
        (status = 304, description = "The bytes of If-None-Match are these"),
        (status = 404, description = "No such dossier, or no such document", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn document(
    caller: Authorized<ReadPaper>,
    State(contracts): State<Contracts>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let holder = held(&contracts, caller.actor(), &id).await?;
    let made = contracts.paper(holder.dossier, &name, OWNER).await.map_err(Problem::from)?;
    let (document, by) = (made.document.kind.code(), &caller.actor().principal().subject);
    tracing::info!(dossier = %holder.dossier, document, %by, "a document was opened");
    Ok(served(&name, made, &headers))
}

/// Which way a code goes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct By {
    /// `sms`, or `email` for who has no telephone at hand; `sms` when it is left out.
    #[serde(default)]
    #[param(inline)]
    by: Option<Way>,
}

/// A way of a code.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Way {
    #[default]
    Sms,
    Email,
}

/// Sends the code that signs: by SMS to the number of the dossier, or by e-mail to its address. Another one
/// after thirty seconds, by either way.
#[utoipa::path(
    post, path = "/v1/dossiers/{id}/signature/code", tag = "signature", params(("id" = String, Path, description = "Identifier, `dos_…`"), By),
    responses(
        (status = 202, description = "The code leaves", body = CodeDocument),
        (status = 409, description = "There is nothing to sign yet", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Too soon, too many wrong ones, or too many codes: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn code(
    caller: Authorized<SendCode>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    Query(By { by }): Query<By>,
    address: Option<Extension<ClientAddress>>,
) -> Result<Response, ApiError> {
    let holder = held(&contracts, caller.actor(), &id).await?;
    if standing(&contracts, &holder).await?.state != "ready" {
        let detail = "Il n’y a rien à signer maintenant.";
        return Err(Problem::new(Kind::Conflict).detail(detail).into());
    }
    let way = match by.unwrap_or_default() {
        Way::Sms => Channel::Sms,
        Way::Email => Channel::Email,
    };
    let (to, from) = ((holder.insured, way), address.map(|known| known.0.0));
    let asked = contracts.send_code(holder.dossier, to, from).await;
    let now = contracts.now();
    let (until, detail) = match asked.map_err(Problem::from)? {
        Asked::Sent => {
            let shown = contracts.core.dossiers.shown(holder.dossier).await;
            let shown = shown.map_err(Problem::from)?;
            let own = shown.insured.iter().find(|one| one.insured_id == holder.insured);
            let to = own.and_then(|one| reached(one, way)).map(|to| to.masked());
            let sent = CodeDocument {
                by: way.code(),
                to: to.unwrap_or_default(),
                valid_minutes: CODE_MINUTES,
            };
            return Ok((StatusCode::ACCEPTED, Json(sent)).into_response());
        }
        Asked::TooSoon(at) => (at, "Un code vient de partir."),
        Asked::Blocked(at) => (at, "Trop de codes faux\u{a0}: la signature est bloquée."),
        Asked::TooMany => {
            (now + std::time::Duration::from_secs(3600), "Beaucoup de codes sont partis.")
        }
    };
    let wait = until.duration_since(now).unsigned_abs();
    Err(Problem::new(Kind::TooMany).detail(detail).retry_after(wait).into())
}

/// Signs every document of the ceremony with one code. Sent again, it is the first answer.
#[utoipa::path(
    post, path = "/v1/dossiers/{id}/signature", tag = "signature", request_body = SignRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "Signed: concluded, or others have still to sign", body = SignatureDocument),
        (status = 409, description = "What was read is not what would be signed: read it again", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn sign(
    caller: Authorized<Sign>,
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    Json(request): Json<SignRequest>,
) -> Result<Json<SignatureDocument>, ApiError> {
    let holder = held(&contracts, caller.actor(), &id).await?;
    let before = standing(&contracts, &holder).await?;
    if matches!(before.state, "concluded" | "signed" | "waiting_for_holder") {
        // Sent twice: the first answer.
        return Ok(Json(before));
    }
    if !request.documents_received {
        return Err(wrong("/documents_received", "Dites que vous avez reçu les documents.").into());
    }
    let is_code = request.code.len() == 6 && request.code.bytes().all(|b| b.is_ascii_digit());
    if !is_code {
        return Err(wrong("/code", "Le code doit comporter 6 chiffres").into());
    }
    let read: Option<Uuid> = request.ceremony.parse().ok();
    let changed = || {
        let detail = "Les documents ont changé entre-temps\u{a0}: relisez-les, puis signez.";
        Problem::new(Kind::Conflict).detail(detail)
    };
    if read.is_none() || read != before.ceremony.as_deref().and_then(|id| id.parse().ok()) {
        return Err(changed().into());
    }
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let place = Place {
        address: address.map(|known| known.0.0.to_string()).unwrap_or_default(),
        agent: agent.unwrap_or_default().to_owned(),
    };
    let signed = contracts.sign(holder.dossier, (holder.insured, read), &request.code, place);
    let signed = signed.await;
    match signed.map_err(Problem::from)? {
        Outcome::Concluded | Outcome::Waiting => Ok(Json(standing(&contracts, &holder).await?)),
        Outcome::Changed => Err(changed().into()),
        Outcome::Refused(verdict) => Err(wrong("/code", refusal(verdict)).into()),
    }
}
