//! The medical desk (*service médical*) in the back office: what waits, a case, its documents, the
//! decision. Open to the medical service and to nobody else; each opening asks why and is written down
//! before anything is shown, so a case is the answer to a form and never to an address alone.

mod form;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use uuid::Uuid;

use super::demand::{EvidenceState, KeptEvidence};
use super::desk::{MedicalCase, Proposed};
use super::model::Wish;
use super::service::Underwriting;
use crate::backoffice_page;
use crate::domain::underwriting::{GuaranteeOutcome, Outcome, words};
use crate::kernel::french::{self, capitalised};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::backoffice::{Admitted, Deed, Frame, Room};
use crate::platform::digest::plain_sha256;
use crate::platform::web::file;
use crate::platform::web::form::Form;
use crate::platform::web::page::{CachePolicy, Page, PageError, Sheet as _, posted};

/// The room.
pub struct MedicalRoom;

impl Room for MedicalRoom {
    const TITLE: &'static str = "Service médical";
    const SUMMARY: &'static str = "Lire les dossiers qui attendent un avis, et décider. Chaque ouverture est motivée et inscrite.";
    const PATH: &'static str = "/gestion/medical";
    const GROUPS: &'static [&'static str] = &["medical"];
}

/// The pages, below the room's address.
pub fn routes() -> Router<Underwriting> {
    Router::new()
        .route("/", get(queue))
        .route("/{session}", get(ask).post(open))
        .route("/{session}/documents/{name}", post(document))
        .route("/{session}/pieces/{id}", post(evidence))
        .route("/{session}/decision", posted(decide))
        .route("/{session}/validation", posted(approve))
        .route("/{session}/retrait", posted(set_aside))
}

/// A case that waits, as the queue shows it: nothing of health.
struct Row {
    id: String,
    since: String,
    days: i64,
    evidence: &'static str,
}

/// A file that the person sent.
struct Sent {
    id: String,
    label: String,
    /// A scanner has let it through: it may be opened.
    is_clean: bool,
    standing: &'static str,
}

#[derive(Template)]
#[template(path = "underwriting/desk_queue.html")]
struct QueuePage {
    frame: Frame,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "underwriting/desk_reason.html")]
struct ReasonPage {
    frame: Frame,
    form: Form,
    id: String,
}

#[derive(Template)]
#[template(path = "underwriting/desk_case.html")]
struct CasePage {
    frame: Frame,
    form: Form,
    id: String,
    facts: Vec<(&'static str, String)>,
    outcomes: Vec<(String, String)>,
    medical: String,
    /// Name at the engine, and what it is called.
    documents: Vec<(String, String)>,
    sent: Vec<Sent>,
    /// What another person must approve; empty: nothing is under way.
    proposed: Vec<(String, String)>,
    proposed_reason: String,
    is_own_proposal: bool,
    guarantees: Vec<form::Row>,
}

backoffice_page!(QueuePage, "Service médical");
backoffice_page!(ReasonPage, "Ouvrir un dossier", form);
backoffice_page!(CasePage, "Dossier", form);

async fn queue(
    who: Admitted<MedicalRoom>,
    State(desk): State<Underwriting>,
) -> Result<Page<QueuePage>, PageError> {
    let now = desk.now();
    let row = |it: super::desk::Waiting| Row {
        id: it.session.simple().to_string(),
        since: french::day_of_moment(&it.since.to_string()).unwrap_or_default(),
        days: now.duration_since(it.since).as_hours() / 24,
        evidence: match it.evidence {
            None => "",
            Some(false) => "attendues",
            Some(true) => "reçues",
        },
    };
    let rows = desk.medical_queue().await?.into_iter().map(row).collect();
    Ok(Page::new(QueuePage { frame: who.frame(), rows }).cache(CachePolicy::Never))
}

/// Nothing is shown without a reason.
async fn ask(
    who: Admitted<MedicalRoom>,
    Path(session): Path<String>,
) -> Result<Page<ReasonPage>, PageError> {
    let id = identifier(&session)?.simple().to_string();
    let page = ReasonPage { frame: who.frame(), form: Form::default(), id };
    Ok(Page::new(page).cache(CachePolicy::Never))
}

/// The case, for the reason that was given.
async fn open(
    State(desk): State<Underwriting>,
    Path(session): Path<String>,
    deed: Deed<MedicalRoom>,
) -> Result<Response, PageError> {
    let id = identifier(&session)?;
    let who = deed.admitted.staff().subject().to_owned();
    match desk.medical_case(&who, id, deed.form.value("motif")).await {
        Ok(case) => Ok(shown(&deed, id, &case, &who, Form::default())),
        Err(problem) => reason_asked(deed, id, problem),
    }
}

fn reason_asked(
    deed: Deed<MedicalRoom>,
    id: Uuid,
    problem: Problem,
) -> Result<Response, PageError> {
    if problem.kind != Kind::Invalid {
        return Err(problem.into());
    }
    let mut form = deed.form;
    form.refuse("motif", "Indiquez pourquoi vous ouvrez ce dossier, en 3 à 500 caractères");
    let page = ReasonPage { frame: deed.admitted.frame(), form, id: id.simple().to_string() };
    Ok(Page::new(page).cache(CachePolicy::Never).into_response())
}

fn shown(
    deed: &Deed<MedicalRoom>,
    id: Uuid,
    case: &MedicalCase,
    who: &str,
    mut form: Form,
) -> Response {
    if !form.has("motif") {
        form::fill(&mut form, &case.outcomes);
    }
    let facts = &case.facts;
    let mut known = vec![
        ("Âge à la date d’effet", format!("{}\u{a0}ans", facts.age)),
        ("Capital assuré, tous prêts compris", euros(facts.capital_euros)),
        ("Durée", french::duration(facts.months.into())),
    ];
    known.extend(case.wish.map(|wish| {
        let what = match wish {
            Wish::Review => "un nouvel examen de la décision (AERAS)",
            Wish::Gis => "l’étude d’une garantie invalidité spécifique (GIS, AERAS)",
        };
        ("La personne demande", what.to_owned())
    }));
    let page = CasePage {
        facts: known,
        outcomes: case.outcomes.iter().map(line).collect(),
        medical: case.medical.clone(),
        documents: case.documents.iter().map(|name| (name.clone(), called(name))).collect(),
        sent: case.evidence.iter().map(sent).collect(),
        proposed: case.proposed.iter().map(line).collect(),
        proposed_reason: case.proposed_reason.clone(),
        is_own_proposal: case.proposed_by.as_deref() == Some(who),
        guarantees: form::rows(&case.outcomes),
        frame: deed.admitted.frame(),
        id: id.simple().to_string(),
        form,
    };
    Page::new(page).cache(CachePolicy::Never).into_response()
}

/// What a document of the engine is called; a new sort goes by its own name.
fn called(name: &str) -> String {
    match name.split('-').next().unwrap_or(name) {
        "questionnaire" => "les réponses",
        "decision" => "la décision",
        "medical" => "les raisons médicales",
        _ => name,
    }
    .to_owned()
}

fn sent(file: &KeptEvidence) -> Sent {
    let day = french::day_of_moment(&file.received_at.to_string()).unwrap_or_default();
    let (name, size) = (words::evidence(&file.code), french::bytes(file.size.into()));
    Sent {
        id: file.id.simple().to_string(),
        label: format!("{name} ({}, {size}, {day})", file.media.code().to_uppercase()),
        is_clean: file.state == EvidenceState::Clean,
        standing: match file.state {
            EvidenceState::Quarantine => "en quarantaine, pas encore vérifié",
            EvidenceState::Clean => "vérifié",
            EvidenceState::Infected => "refusé, un virus a été trouvé",
            EvidenceState::Erased => "effacé",
        },
    }
}

fn euros(amount: u32) -> String {
    format!("{}\u{a0}€", french::number(amount.into()))
}

/// A guarantee and what was decided of it, in words.
fn line(it: &GuaranteeOutcome) -> (String, String) {
    let mut said = vec![outcome(it.outcome).to_owned()];
    if it.loading_percent > 0 {
        said.push(format!("surprime de {}\u{a0}%", it.loading_percent));
    }
    if it.per_mille > 0 {
        said.push(format!("{}\u{a0}‰ du capital par an", it.per_mille));
    }
    let wording =
        |code: &String| words::exclusion(code).map_or(code.clone(), |(_, it)| it.to_owned());
    said.extend(it.exclusions.iter().map(wording));
    said.extend(it.evidence.iter().map(|code| format!("«\u{a0}{}\u{a0}»", words::evidence(code))));
    said.extend(it.postpone_months.map(|months| format!("{months}\u{a0}mois")));
    (capitalised(words::guarantee(it.guarantee)), said.join(", "))
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accept => "acceptée",
        Outcome::Loading => "acceptée avec surprime",
        Outcome::Exclusion => "acceptée avec exclusion",
        Outcome::Evidence => "pièces demandées",
        Outcome::Refer => "à étudier",
        Outcome::Postpone => "ajournée",
        Outcome::Decline => "refusée",
    }
}

/// A document of the case, for a reason of its own.
async fn document(
    State(desk): State<Underwriting>,
    Path((session, name)): Path<(String, String)>,
    headers: HeaderMap,
    deed: Deed<MedicalRoom>,
) -> Result<Response, PageError> {
    let (id, reason) = (identifier(&session)?, deed.form.value("motif"));
    let who = deed.admitted.staff().subject();
    match desk.medical_document(who, id, &name, reason).await {
        Ok(bytes) => {
            let sha256 = plain_sha256(&bytes);
            Ok(file::inline(file::PDF, &format!("{name}.pdf"), &sha256, bytes, &headers))
        }
        Err(problem) => reason_asked(deed, id, problem),
    }
}

/// A file that the person sent, for a reason of its own.
async fn evidence(
    State(desk): State<Underwriting>,
    Path((session, file)): Path<(String, String)>,
    headers: HeaderMap,
    deed: Deed<MedicalRoom>,
) -> Result<Response, PageError> {
    let (id, one) = (identifier(&session)?, identifier(&file)?);
    let (who, reason) = (deed.admitted.staff().subject(), deed.form.value("motif"));
    match desk.medical_evidence(who, id, one, reason).await {
        Ok((media, bytes)) => {
            let name = format!("piece-{}.{}", &one.simple().to_string()[..8], media.code());
            let sha256 = plain_sha256(&bytes);
            Ok(file::inline(media.media_type(), &name, &sha256, bytes, &headers))
        }
        Err(problem) => reason_asked(deed, id, problem),
    }
}

/// What the officer decides; above the threshold another person approves it.
async fn decide(
    State(desk): State<Underwriting>,
    Path(session): Path<String>,
    mut deed: Deed<MedicalRoom>,
) -> Result<Response, PageError> {
    let id = identifier(&session)?;
    let who = deed.admitted.staff().subject().to_owned();
    let reason = deed.form.value("motif").to_owned();
    if !(3..=500).contains(&reason.trim().chars().count()) {
        deed.form.refuse("motif", "Indiquez les raisons de la décision, en 3 à 500 caractères");
        // The same words open the case again, or nothing does.
        return Ok(Redirect::to(&format!("/gestion/medical/{}", id.simple())).into_response());
    }
    let case = desk.medical_case(&who, id, &reason).await?;
    let mut form = std::mem::take(&mut deed.form);
    let Some(outcomes) = form::read(&mut form, &case.outcomes) else {
        return Ok(shown(&deed, id, &case, &who, form));
    };
    let told = match desk.propose(&who, id, &outcomes, &reason).await? {
        Proposed::Decided => "decidee",
        Proposed::AwaitsApproval => "proposee",
    };
    metrics::counter!("medical_desk_decisions_total", "result" => told).increment(1);
    Ok(Redirect::to("/gestion/medical").into_response())
}

/// Another person's approval.
async fn approve(
    State(desk): State<Underwriting>,
    Path(session): Path<String>,
    deed: Deed<MedicalRoom>,
) -> Result<Response, PageError> {
    let (id, reason) = (identifier(&session)?, deed.form.value("motif").to_owned());
    let who = deed.admitted.staff().subject().to_owned();
    match desk.approve(&who, id, &reason).await {
        Ok(()) => Ok(Redirect::to("/gestion/medical").into_response()),
        Err(problem) => reason_asked(deed, id, problem),
    }
}

/// What was proposed is set aside.
async fn set_aside(
    State(desk): State<Underwriting>,
    Path(session): Path<String>,
    deed: Deed<MedicalRoom>,
) -> Result<Response, PageError> {
    let (id, reason) = (identifier(&session)?, deed.form.value("motif").to_owned());
    let who = deed.admitted.staff().subject().to_owned();
    match desk.set_aside(&who, id, &reason).await {
        Ok(()) => Ok(Redirect::to("/gestion/medical").into_response()),
        Err(problem) => reason_asked(deed, id, problem),
    }
}

/// A text that is no identifier names nothing.
fn identifier(text: &str) -> Result<Uuid, PageError> {
    let id = Uuid::try_parse(text).map_err(|_| Problem::new(Kind::NotFound))?;
    Ok(id)
}
