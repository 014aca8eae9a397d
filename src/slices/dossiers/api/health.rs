//! Health, for the person alone and, with a reason that is written down, for the medical officer. The
//! answers go to their own world and come from it; nothing of them is in any other document.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::operations::{Declare, ShowHealth, StudyHealth};
use super::wire::{
    DeclarationDocument, DeclarationRequest, DossierDocument, Eyes, HealthDocument,
    QuestionDocument,
};
use super::{faults, identifier, shown};
use crate::domain::health::Question;
use crate::handler;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::access::{Api, Authorized};
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::platform::web::query::Query;
use crate::slices::dossiers::core::Dossiers;
use crate::slices::dossiers::error::DossierError;
use crate::slices::dossiers::model::Health;
use crate::slices::health::{CONSENT, form as read};

/// With these addresses.
pub(super) fn add(api: Api<Dossiers>) -> Api<Dossiers> {
    api.operation::<ShowHealth, _, _>(handler!(standing))
        .operation::<Declare, _, _>(handler!(declare))
        .operation::<StudyHealth, _, _>(handler!(study))
}

/// How far your own health step is, and what is asked.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}/health", tag = "health", params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "What is asked of you", body = HealthDocument),
        (status = 404, description = "No such dossier", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn standing(
    caller: Authorized<ShowHealth>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
) -> Result<Json<HealthDocument>, ApiError> {
    let found = dossiers.owned(caller.actor().party(), identifier(&id)?).await;
    let dossier = found.map_err(Problem::from)?;
    let own = dossier.at(1).ok_or(DossierError::Unknown).map_err(Problem::from)?;
    let standing = dossiers.health().standing(own.id).await;
    let standing = standing.map_err(Problem::from)?;
    let is_asked = own.health == Health::Asked;
    let questions = Question::ALL.into_iter().filter(|_| is_asked);
    Ok(Json(HealthDocument {
        state: own.health.code(),
        consent: CONSENT,
        consented: standing.consented,
        questions: questions
            .map(|one| QuestionDocument { code: one.code(), text: one.text() })
            .collect(),
    }))
}

/// Gives your short declaration, once: given again, the first one counts. Refused with
/// `LEMOINE_PROTECTED` when the law protects you.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/health", tag = "health", request_body = DeclarationRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`")),
    responses(
        (status = 200, description = "The dossier, with what follows", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 403, description = "The law protects you: nothing may be asked", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn declare(
    caller: Authorized<Declare>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
    Json(request): Json<DeclarationRequest>,
) -> Result<Response, ApiError> {
    let found = dossiers.owned(caller.actor().party(), identifier(&id)?).await;
    let dossier = found.map_err(Problem::from)?;
    let own = dossier.at(1).ok_or(DossierError::Unknown).map_err(Problem::from)?;
    if own.health == Health::None {
        return Err(Problem::from(DossierError::Protected).into());
    }
    let mut form = filled(&request)?;
    let declared = read::declaration(&mut form);
    let (declaration, body) = declared.ok_or_else(|| {
        faults(&form, &[("taille", "/height_cm"), ("poids", "/weight_kg"), ("q_", "/answers")])
    })?;
    let network = address.map(|known| known.0.0.to_string()).unwrap_or_default();
    if own.health == Health::Asked {
        dossiers.health().consent(own.id, &network).await.map_err(Problem::from)?;
    }
    let declared = dossiers.declare(dossier.id, own.id, &declaration, body).await;
    Ok(shown(&declared.map_err(Problem::from)?, Eyes::Owner, StatusCode::OK))
}

/// The page of the declaration, as this document fills it in.
fn filled(request: &DeclarationRequest) -> Result<Form, Problem> {
    let mut wrong = Vec::new();
    if request.consent != CONSENT {
        let detail = format!("Le texte à accepter est «\u{a0}{CONSENT}\u{a0}».");
        wrong.push(InputRule::JsonValue.fault("/consent", detail));
    }
    let known = |code: &str| Question::ALL.into_iter().any(|one| one.code() == code);
    let others = request.answers.keys().filter(|code| !known(code));
    wrong.extend(others.map(|code| {
        let detail = "Aucune question n’a ce code.";
        Fault::new(format!("/answers/{code}"), InputRule::JsonUnknownField.code(), detail)
    }));
    if !wrong.is_empty() {
        return Err(Problem::new(Kind::Invalid).faults(wrong));
    }
    let mut form = Form::default();
    form.set("taille", request.height_cm.to_string());
    form.set("poids", request.weight_kg.to_string());
    for (code, is_yes) in &request.answers {
        form.set(code, if *is_yes { "oui" } else { "non" });
    }
    Ok(form)
}

/// Why somebody's answers are read.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Why {
    /// `etude`, `reclamation` or `autre`: written down with who reads.
    reason: String,
}

/// Somebody's declaration, for the medical officer. Each reading is written down before it is opened.
#[utoipa::path(
    get, path = "/v1/dossiers/{id}/insured/{place}/health", tag = "health",
    params(Why, ("id" = String, Path, description = "Identifier, `dos_…`"), ("place" = u8, Path, description = "From 1")),
    responses(
        (status = 200, description = "What was declared", body = DeclarationDocument),
        (status = 404, description = "No such dossier, or nothing was sent", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn study(
    caller: Authorized<StudyHealth>,
    State(dossiers): State<Dossiers>,
    Path((id, place)): Path<(String, u8)>,
    Query(why): Query<Why>,
) -> Result<Json<DeclarationDocument>, ApiError> {
    let dossier = dossiers.find(identifier(&id)?).await.map_err(Problem::from)?;
    let person = dossier.at(place).ok_or(DossierError::Unknown).map_err(Problem::from)?;
    let read = dossiers.health().read_for(caller.actor(), person.id, &why.reason).await;
    let answers = read.map_err(Problem::from)?;
    Ok(Json(DeclarationDocument {
        height_cm: answers.centimetres,
        weight_kg: answers.kilograms,
        yes: answers.yes,
        fingerprint: answers.fingerprint,
    }))
}
