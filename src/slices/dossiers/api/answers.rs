//! The answers of a dossier, page by page. Each is read by the reading of the page itself, so that what a
//! page refuses is refused here in the same words.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::operations::{
    PutAddress, PutGuarantees, PutIdentity, PutLoan, PutLoans, PutWork, ReceiveDocuments,
};
use super::wire::{
    AddressRequest, DossierDocument, Eyes, GuaranteesRequest, IdentityRequest, LenderLoanRequest,
    LoansRequest, WorkRequest,
};
use super::{faults, identifier, seen, shown};
use crate::domain::dossier::{Act, Illegal, Role, acts};
use crate::domain::rule::Rule;
use crate::handler;
use crate::kernel::money::Cents;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::access::{Api, Authorized, Customer};
use crate::platform::web::form::Form;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::slices::dossiers::answering::Saving;
use crate::slices::dossiers::core::Dossiers;
use crate::slices::dossiers::error::DossierError;
use crate::slices::dossiers::form::{self, WorkAnswers};
use crate::slices::dossiers::model::{Dossier, Insured};
use crate::slices::dossiers::owning::by;
use crate::slices::quotes::form::carry;
use crate::slices::quotes::form::changes::{GAP, LoanChange, leaves_a_gap};

/// With these addresses.
pub(super) fn add(api: Api<Dossiers>) -> Api<Dossiers> {
    api.operation::<PutIdentity, _, _>(handler!(identity))
        .operation::<PutAddress, _, _>(handler!(address))
        .operation::<PutWork, _, _>(handler!(work))
        .operation::<PutLoan, _, _>(handler!(loan))
        .operation::<PutLoans, _, _>(handler!(loans))
        .operation::<PutGuarantees, _, _>(handler!(guarantees))
        .operation::<ReceiveDocuments, _, _>(handler!(receive))
}

/// The caller's dossier.
async fn own(dossiers: &Dossiers, customer: &Customer, id: &str) -> Result<Dossier, Problem> {
    Ok(dossiers.owned(customer.party(), identifier(id)?).await?)
}

/// The person at this place, if the customer may answer for them: themselves, or who sits beside and has
/// no telephone of their own in the dossier yet.
fn person(dossier: &Dossier, place: u8) -> Result<&Insured, Problem> {
    let found = dossier.at(place).filter(|one| {
        let sits_beside = dossier.answers.together && one.mobile_proven_at.is_none();
        one.place == 1 || sits_beside
    });
    let detail = "Personne de ce dossier n’est à cette place, ou c’est à elle de répondre.";
    found.ok_or_else(|| Problem::new(Kind::NotFound).detail(detail))
}

/// How an answer of the API is written down.
fn saving<'a>(
    customer: &Customer,
    dossier: &Dossier,
    page: &'a str,
    headers: &HeaderMap,
) -> Result<Saving<'a>, Problem> {
    Ok(Saving { id: dossier.id, page, seen: seen(headers)?, by: by(customer, dossier) })
}

fn saved(dossier: Result<Dossier, DossierError>) -> Result<Response, ApiError> {
    Ok(shown(&dossier.map_err(Problem::from)?, Eyes::Owner, StatusCode::OK))
}

/// Who somebody is.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/insured/{place}/identity", tag = "dossiers", request_body = IdentityRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("place" = u8, Path, description = "From 1"), ("If-Match" = String, Header, description = "The version that you read")),
    responses(
        (status = 200, description = "The dossier, with what follows", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "Somebody wrote since, or it is too late: with what may be done", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn identity(
    caller: Authorized<PutIdentity>,
    State(dossiers): State<Dossiers>,
    Path((id, place)): Path<(String, u8)>,
    headers: HeaderMap,
    Json(request): Json<IdentityRequest>,
) -> Result<Response, ApiError> {
    let dossier = own(&dossiers, caller.actor(), &id).await?;
    let insured = person(&dossier, place)?.id;
    let mut form = Form::new([
        ("prenom", request.given_name),
        ("nom", request.family_name),
        ("usage", request.usage_name.unwrap_or_default()),
        ("lieu", request.birth_place),
    ]);
    let answers = form::identity(&mut form);
    let answers = answers.ok_or_else(|| {
        let names = [("prenom", "/given_name"), ("nom", "/family_name"), ("usage", "/usage_name")];
        faults(&form, &[&names[..], &[("lieu", "/birth_place")]].concat())
    })?;
    let page = format!("identite/a{place}");
    let saving = saving(caller.actor(), &dossier, &page, &headers)?;
    saved(dossiers.save_identity(saving, insured, answers).await)
}

/// Where somebody lives.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/insured/{place}/address", tag = "dossiers", request_body = AddressRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("place" = u8, Path, description = "From 1"), ("If-Match" = String, Header, description = "The version that you read")),
    responses(
        (status = 200, description = "The dossier, with what follows", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "Somebody wrote since, or it is too late: with what may be done", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn address(
    caller: Authorized<PutAddress>,
    State(dossiers): State<Dossiers>,
    Path((id, place)): Path<(String, u8)>,
    headers: HeaderMap,
    Json(request): Json<AddressRequest>,
) -> Result<Response, ApiError> {
    let dossier = own(&dossiers, caller.actor(), &id).await?;
    let person = person(&dossier, place)?;
    let is_abroad = !request.country.eq_ignore_ascii_case("FR");
    let mut form = Form::new([
        ("voie", request.street),
        ("complement", request.complement.unwrap_or_default()),
        ("cp", request.postcode),
        ("commune", request.city),
        ("pays", if is_abroad { "hors" } else { "" }.to_owned()),
        ("code_pays", request.country),
    ]);
    let answers = form::address(&mut form);
    let answers = answers.ok_or_else(|| {
        let places = [
            ("voie", "/street"),
            ("complement", "/complement"),
            ("cp", "/postcode"),
            ("commune", "/city"),
            ("code_pays", "/country"),
        ];
        faults(&form, &places)
    })?;
    let page = format!("adresse/a{place}");
    let saving = saving(caller.actor(), &dossier, &page, &headers)?;
    saved(dossiers.save_address(saving, person, &answers).await)
}

/// What somebody does, at work and beside.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/insured/{place}/work", tag = "dossiers", request_body = WorkRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("place" = u8, Path, description = "From 1"), ("If-Match" = String, Header, description = "The version that you read")),
    responses(
        (status = 200, description = "The dossier, with what follows: perhaps another quote", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "Somebody wrote since, or it is too late: with what may be done", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn work(
    caller: Authorized<PutWork>,
    State(dossiers): State<Dossiers>,
    Path((id, place)): Path<(String, u8)>,
    headers: HeaderMap,
    Json(request): Json<WorkRequest>,
) -> Result<Response, ApiError> {
    let dossier = own(&dossiers, caller.actor(), &id).await?;
    let person = person(&dossier, place)?;
    if !(0..=Cents::from_euros(10_000_000).get()).contains(&request.other_insured_cents) {
        let detail = "Donnez un montant de 0 à 10\u{202f}000\u{202f}000\u{a0}€, en centimes.";
        let fault = InputRule::JsonValue.fault("/other_insured_cents", detail);
        return Err(Problem::new(Kind::Invalid).faults(vec![fault]).into());
    }
    let answers = WorkAnswers {
        occupation: request.occupation,
        hazards: request.hazards,
        is_heavy: request.heavy_loads,
        is_on_the_road: request.on_the_road,
        sports: request.sports,
        other_insured_cents: request.other_insured_cents,
    };
    let page = format!("travail/a{place}");
    let saving = saving(caller.actor(), &dossier, &page, &headers)?;
    saved(dossiers.save_work(saving, person, &answers).await)
}

/// What the loan is for, who lends, from when on.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/loan", tag = "dossiers", request_body = LenderLoanRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("If-Match" = String, Header, description = "The version that you read")),
    responses(
        (status = 200, description = "The dossier, with what follows: perhaps another quote", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "Somebody wrote since, or it is too late: with what may be done", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn loan(
    caller: Authorized<PutLoan>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(request): Json<LenderLoanRequest>,
) -> Result<Response, ApiError> {
    let dossier = own(&dossiers, caller.actor(), &id).await?;
    let quote = dossiers.quote_of(&dossier).await.map_err(Problem::from)?;
    let (year, month) = request.first_instalment.split_once('-').unwrap_or_default();
    let mut form = Form::new([
        ("banque", request.lender.as_str()),
        ("objet", request.purpose.as_str()),
        ("echeance_m", month),
        ("echeance_a", year),
    ]);
    let answers = form::loan(&mut form, &quote.request, dossiers.today());
    let answers = answers.ok_or_else(|| {
        let places =
            [("banque", "/lender"), ("objet", "/purpose"), ("echeance", "/first_instalment")];
        faults(&form, &places)
    })?;
    let saving = saving(caller.actor(), &dossier, "pret", &headers)?;
    saved(dossiers.save_loan(saving, &answers).await)
}

/// Which loans there are: those that are not named go, with the files that were sent of them.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/loans", tag = "dossiers", request_body = LoansRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("If-Match" = String, Header, description = "The version that you read")),
    responses(
        (status = 200, description = "The dossier, with what follows: another quote when something changed", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "Somebody wrote since, or it is too late: with what may be done", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn loans(
    caller: Authorized<PutLoans>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(request): Json<LoansRequest>,
) -> Result<Response, ApiError> {
    let dossier = own(&dossiers, caller.actor(), &id).await?;
    let odd = request.loans.iter().position(|loan| !carry::is_movable(loan));
    if let Some(place) = odd {
        let (code, detail) = (Rule::NotOnline.code(), Rule::NotOnline.sentence());
        let fault = Fault::new(format!("/loans/{place}"), code, detail);
        return Err(Problem::new(Kind::Invalid).faults(vec![fault]).into());
    }
    let quote = dossiers.quote_of(&dossier).await.map_err(Problem::from)?;
    let (mut asked, change) = (quote.request, LoanChange::All(request.loans));
    change.onto(&mut asked, dossiers.today());
    let odd = if leaves_a_gap(&asked, dossiers.today()) {
        Some(GAP)
    } else {
        let apart = "Les prêts à venir sont débloqués le même jour";
        (!carry::are_released_together(&asked)).then_some(apart)
    };
    if let Some(why) = odd {
        let fault = Fault::new("/loans", Rule::NotOnline.code(), format!("{why}."));
        return Err(Problem::new(Kind::Invalid).faults(vec![fault]).into());
    }
    let saving = saving(caller.actor(), &dossier, "prets", &headers)?;
    saved(dossiers.change_loans(saving, &change).await)
}

/// Shares and the waiting period.
#[utoipa::path(
    put, path = "/v1/dossiers/{id}/guarantees", tag = "dossiers", request_body = GuaranteesRequest,
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("If-Match" = String, Header, description = "The version that you read")),
    responses(
        (status = 200, description = "The dossier, with what follows: perhaps another quote", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "Somebody wrote since, or it is too late: with what may be done", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn guarantees(
    caller: Authorized<PutGuarantees>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(request): Json<GuaranteesRequest>,
) -> Result<Response, ApiError> {
    let dossier = own(&dossiers, caller.actor(), &id).await?;
    let persons = dossier.insured.len();
    if request.shares.len() != persons {
        let detail = format!("Donnez une part par personne\u{a0}: il y en a {persons}.");
        let fault = InputRule::JsonValue.fault("/shares", detail);
        return Err(Problem::new(Kind::Invalid).faults(vec![fault]).into());
    }
    let shares = (1..).zip(&request.shares);
    let typed = shares.map(|(place, share)| (format!("quotite_{place}"), share.to_string()));
    let days = [("franchise".to_owned(), request.waiting_days.to_string())];
    let mut form = Form::new(typed.chain(days));
    let answers = form::guarantees(&mut form, persons);
    let answers = answers
        .ok_or_else(|| faults(&form, &[("quotite", "/shares"), ("franchise", "/waiting_days")]))?;
    let saving = saving(caller.actor(), &dossier, "garanties", &headers)?;
    saved(dossiers.save_guarantees(saving, &answers).await)
}

/// Says that the documents of the quote were received, before the signature. Said twice, it is said once. An offer
/// whose first day or quote is past has another quote then: 409 with the version, to be read first.
#[utoipa::path(
    post, path = "/v1/dossiers/{id}/documents-received", tag = "dossiers",
    params(("id" = String, Path, description = "Identifier, `dos_…`"), ("If-Match" = String, Header, description = "The version that you read")),
    responses(
        (status = 200, description = "The dossier, with what follows", body = DossierDocument, headers(("ETag" = String, description = "Its version"))),
        (status = 409, description = "There is no offer yet, or somebody wrote since: with what may be done", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn receive(
    caller: Authorized<ReceiveDocuments>,
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let before = own(&dossiers, caller.actor(), &id).await?;
    let (seen, who) = (before.version, by(caller.actor(), &before));
    let dossier = dossiers.up_to_date(before, who).await.map_err(Problem::from)?;
    if dossier.version != seen && dossier.state.is_offered() {
        // Time went on: other documents are to be read.
        return Err(Problem::from(DossierError::Stale { now: dossier.version }).into());
    }
    if dossier.answers.documents_received_at.is_some() {
        return saved(Ok(dossier));
    }
    if !dossier.state.is_offered() {
        let (state, role) = (dossier.state, Role::Customer);
        let allowed = acts(state, role).collect();
        let illegal = Illegal { state, act: Act::BeginSignature, role, allowed };
        return Err(Problem::from(DossierError::from(illegal)).into());
    }
    let saving = saving(caller.actor(), &dossier, "recapitulatif", &headers)?;
    saved(dossiers.received(saving).await)
}
