//! Beginning, listing, opening a dossier.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::operations::{Begin, Find, List, ShowDecision};
use super::wire::{BeginRequest, DecisionDocument, DossierDocument, DossierList, Eyes};
use super::{faults, identifier, shown};
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized};
use crate::platform::web::form::Form;
use crate::platform::web::idempotency::IdempotencyKey;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::platform::web::query::Query;
use crate::slices::dossiers::core::Dossiers;
use crate::slices::dossiers::error::DossierError;
use crate::slices::dossiers::form;
use crate::slices::dossiers::model::Decision;

/// With these addresses.
pub(super) fn add(api: Api<Dossiers>) -> Api<Dossiers> {
    api.operation::<Begin, _, _>(handler!(begin))
        .operation::<List, _, _>(handler!(list))
        .operation::<Find, _, _>(handler!(find))
        .operation::<ShowDecision, _, _>(handler!(decision))
}

/// Begins a dossier from a quote, once per idempotency key.
#[utoipa::path(
    post, path = "/v1/dossiers", tag = "dossiers", params(IdempotencyKey), request_body = BeginRequest,
    responses(
        (status = 201, description = "The dossier", body = DossierDocument, headers(
            ("Location" = String, description = "Address of the dossier"),
            ("ETag" = String, description = "Its version"),
            ("Idempotency-Replayed" = bool, description = "Present when an earlier request made it"),
        )),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn begin(
    caller: Authorized<Begin>,
    State(dossiers): State<Dossiers>,
    key: IdempotencyKey,
    Json(request): Json<BeginRequest>,
) -> Result<Response, ApiError> {
    let unknown = || Problem::new(Kind::NotFound).detail("Aucun devis n’a cet identifiant.");
    let quote = request.quote.parse().map_err(|_| unknown())?;
    let who = if request.together { "ici" } else { "lien" };
    let typed = [
        ("email", request.email.as_str()),
        // A program does not mistype: it is not asked twice.
        ("email_vu", request.email.as_str()),
        ("mobile", request.mobile.as_str()),
        ("qui", who),
    ];
    let mut form = Form::new(typed);
    let contact = form::contact(&mut form, true);
    let contact =
        contact.ok_or_else(|| faults(&form, &[("email", "/email"), ("mobile", "/mobile")]))?;
    let begun = dossiers.begin_for(caller.actor(), quote, key.as_str(), &contact).await;
    let (dossier, is_replayed) = begun.map_err(Problem::from)?;
    let mut response = shown(&dossier, Eyes::Owner, StatusCode::CREATED);
    let headers = response.headers_mut();
    if let Ok(place) = HeaderValue::from_str(&format!("/v1/dossiers/{}", dossier.id)) {
        headers.insert(header::LOCATION, place);
    }
    if is_replayed {
        let name = HeaderName::from_static("idempotency-replayed");
        headers.insert(name, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// How much of a list, and from where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Slice {
    /// At most so many dossiers, 1 to 100; 20 when it is left out.
    #[serde(default)]
    limit: Option<u32>,
    /// After this dossier: `next` of the page before.
    #[serde(default)]
    after: Option<String>,
}

/// Your dossiers, the latest first.
#[utoipa::path(
    get, path = "/v1/dossiers", tag = "dossiers", params(Slice),
    responses(
        (status = 200, description = "A page of your dossiers", body = DossierList),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list(
    caller: Authorized<List>,
    State(dossiers): State<Dossiers>,
    Query(slice): Query<Slice>,
) -> Result<Json<DossierList>, ApiError> {
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
    let page = dossiers.list_for(caller.actor().party(), after, limit).await;
    let (found, next) = page.map_err(|error| match error {
        DossierError::Unknown => not_there(),
        other => other.into(),
    })?;
    let dossiers = found.iter().map(|one| DossierDocument::of(one, Eyes::Owner)).collect();
    Ok(Json(DossierList { dossiers, next: next.map(|id| id.to_string()) }))
}

/// One dossier.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}", tag = "dossiers", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The dossier", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 404, description = "No such dossier", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn find(
    caller: Authorized<Find>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let reader = caller.actor();
    let dossier = dossiers.read_for(reader, identifier(&id)?).await.map_err(Problem::from)?;
    let eyes = if reader.is_staff() { Eyes::Staff } else { Eyes::Owner };
    Ok(shown(&dossier, eyes, StatusCode::OK))
}

/// What was decided for you.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}/decision", tag = "dossiers", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The decision, or none yet", body = DecisionDocument),
        (status = 404, description = "No such dossier", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn decision(
    caller: Authorized<ShowDecision>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
) -> Result<Json<DecisionDocument>, ApiError> {
    let found = dossiers.owned(caller.actor().party(), identifier(&id)?).await;
    let dossier = found.map_err(Problem::from)?;
    let own = dossier.at(1).ok_or(DossierError::Unknown).map_err(Problem::from)?;
    Ok(Json(DecisionDocument {
        place: own.place,
        decision: own.decision.map(Decision::code),
        decided_at: own.decided_at.map(|at| at.to_string()),
    }))
}
