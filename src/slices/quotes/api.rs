//! JSON addresses of quotes. Each handler reads, calls one use-case, answers.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::author::Author;
use super::error::not_in_list;
use super::operations::{
    CopyQuote, FindQuote, KeepQuote, ListDocuments, ListQuotes, ReadDocument, Simulate,
};
use super::service::{Kept, QuoteId, Quotes};
use super::wire::{DocumentList, QuoteList, QuoteResponse, SimulationRequest, SimulationResponse};
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Anyone, Api, Authorized};
use crate::platform::web::file;
use crate::platform::web::idempotency::IdempotencyKey;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::platform::web::query::Query;

/// The addresses of this slice.
pub fn api() -> Api<Quotes> {
    Api::default()
        .public::<Simulate, _, _>(handler!(simulate))
        .public::<KeepQuote, _, _>(handler!(keep_quote))
        .operation::<ListQuotes, _, _>(handler!(list_quotes))
        .public::<FindQuote, _, _>(handler!(find_quote))
        .public::<CopyQuote, _, _>(handler!(copy_quote))
        .public::<ListDocuments, _, _>(handler!(list_documents))
        .public::<ReadDocument, _, _>(handler!(read_document))
}

/// The document shown in the API's page: the one of the README.
fn example() -> Value {
    let text = include_str!("../../../docs/examples/one-loan.json");
    serde_json::from_str(text).unwrap_or_default()
}

/// What an answer holds besides the figures.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Include {
    /// `schedule` adds the month-by-month tables.
    #[serde(default)]
    #[param(inline)]
    include: Option<Included>,
}

/// Something that an answer leaves out unless it is asked for.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Included {
    /// The month-by-month tables.
    Schedule,
}

impl Include {
    const fn schedule(&self) -> bool {
        matches!(self.include, Some(Included::Schedule))
    }
}

/// Prices a project. Writes nothing: ask as often as you like.
#[utoipa::path(
    post, path = "/v1/simulations", tag = "quotes", params(Include), request_body(content = SimulationRequest, example = example),
    responses(
        (status = 200, description = "The priced project", body = SimulationResponse),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn simulate(
    _: Anyone<Simulate>,
    State(quotes): State<Quotes>,
    Query(include): Query<Include>,
    Json(request): Json<SimulationRequest>,
) -> Result<Json<SimulationResponse>, ApiError> {
    undecided(&request)?;
    Ok(Json(quotes.simulate(&request, include.schedule())?))
}

/// Freezes a priced project under a number, once per idempotency key.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "quotes", params(Include, IdempotencyKey), request_body(content = SimulationRequest, example = example),
    responses(
        (status = 201, description = "The quote", body = QuoteResponse, headers(
            ("Location" = String, description = "Address of the quote"),
            ("Idempotency-Replayed" = bool, description = "Present when an earlier request made it"),
        )),
        (status = 409, description = "A request with this key is under way", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn keep_quote(
    caller: Anyone<KeepQuote>,
    State(quotes): State<Quotes>,
    Query(include): Query<Include>,
    key: IdempotencyKey,
    Json(request): Json<SimulationRequest>,
) -> Result<Response, ApiError> {
    undecided(&request)?;
    let author = caller.actor::<Author>();
    let kept = quotes.keep_for(author.as_ref(), request, key.as_str()).await?;
    Ok(kept_response(kept, &include))
}

/// How much of a list, and from where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Slice {
    /// At most so many quotes, 1 to 100; 20 when it is left out.
    #[serde(default)]
    limit: Option<u32>,
    /// After this quote: `next` of the page before.
    #[serde(default)]
    after: Option<String>,
}

/// The quotes that you kept with a token, the latest first.
#[utoipa::path(
    get, path = "/v1/quotes", tag = "quotes", params(Slice),
    responses(
        (status = 200, description = "A page of your quotes", body = QuoteList),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list_quotes(
    caller: Authorized<ListQuotes>,
    State(quotes): State<Quotes>,
    Query(slice): Query<Slice>,
) -> Result<Json<QuoteList>, ApiError> {
    let limit = slice.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        let fault = InputRule::QueryValue.fault("?limit", "Donnez un nombre de 1 à 100.");
        return Err(Problem::new(Kind::Invalid).faults(vec![fault]).into());
    }
    let after = slice.after.map(|text| text.parse()).transpose();
    let after = after.map_err(|_| Problem::new(Kind::Invalid).faults(vec![not_in_list()]))?;
    Ok(Json(quotes.list(caller.actor(), after, limit).await?))
}

/// The quote as it was made.
#[utoipa::path(
    get, path = "/v1/quotes/{id}", tag = "quotes", params(Include, ("id" = String, Path, description = "Identifier, `quo_…`")),
    responses(
        (status = 200, description = "The quote", body = QuoteResponse),
        (status = 404, description = "No such quote", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn find_quote(
    caller: Anyone<FindQuote>,
    State(quotes): State<Quotes>,
    Path(id): Path<String>,
    Query(include): Query<Include>,
) -> Result<Json<QuoteResponse>, ApiError> {
    let author = caller.actor::<Author>();
    let quote = quotes.find_for(author.as_ref(), identifier(&id)?).await?;
    Ok(Json(shown(quote, &include)))
}

/// Makes another quote from this one, changed by a JSON merge patch (RFC 7396) of its request.
#[utoipa::path(
    post, path = "/v1/quotes/{id}/copy", tag = "quotes",
    params(Include, IdempotencyKey, ("id" = String, Path, description = "Identifier, `quo_…`")),
    request_body(content = Value, content_type = "application/merge-patch+json", description = "Merge patch of the request, `{}` for an identical copy"),
    responses(
        (status = 201, description = "The new quote", body = QuoteResponse, headers(
            ("Location" = String, description = "Address of the quote"),
            ("Idempotency-Replayed" = bool, description = "Present when an earlier request made it"),
        )),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn copy_quote(
    caller: Anyone<CopyQuote>,
    State(quotes): State<Quotes>,
    Path(id): Path<String>,
    Query(include): Query<Include>,
    key: IdempotencyKey,
    Json(patch): Json<Value>,
) -> Result<Response, ApiError> {
    let (author, id) = (caller.actor::<Author>(), identifier(&id)?);
    let kept = quotes.copy_for(author.as_ref(), id, &patch, key.as_str()).await?;
    Ok(kept_response(kept, &include))
}

/// The documents of a quote: made at the first demand, then always the same.
#[utoipa::path(
    get, path = "/v1/quotes/{id}/documents", tag = "quotes",
    params(("id" = String, Path, description = "Identifier, `quo_…`")),
    responses(
        (status = 200, description = "The documents", body = DocumentList),
        (status = 404, description = "No such quote", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list_documents(
    caller: Anyone<ListDocuments>,
    State(quotes): State<Quotes>,
    Path(id): Path<String>,
) -> Result<Json<DocumentList>, ApiError> {
    let author = caller.actor::<Author>();
    let quote = quotes.find_for(author.as_ref(), identifier(&id)?).await?;
    let papers = quotes.papers().all(&quote).await?;
    let documents = papers.iter().map(|(paper, made)| paper.response(&quote, made)).collect();
    Ok(Json(DocumentList { documents }))
}

/// One document of a quote, as a PDF.
#[utoipa::path(
    get, path = "/v1/quotes/{id}/documents/{name}", tag = "quotes",
    params(
        ("id" = String, Path, description = "Identifier, `quo_…`"),
        ("name" = String, Path, description = "Name from the list: `devis`, `fiche_standardisee_1`"),
    ),
    responses(
        (status = 200, description = "The document", body = Vec<u8>, content_type = "application/pdf", headers(
            ("ETag" = String, description = "SHA-256 of the bytes"),
        )),
        (status = 304, description = "The bytes of If-None-Match are these"),
        (status = 404, description = "No such quote, or no such document", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn read_document(
    caller: Anyone<ReadDocument>,
    State(quotes): State<Quotes>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let author = caller.actor::<Author>();
    let quote = quotes.find_for(author.as_ref(), identifier(&id)?).await?;
    let (made, name) = quotes.papers().read(&quote, &name).await?;
    Ok(file::inline(file::PDF, &name, &made.document.sha256, made.bytes, &headers))
}

/// Conditions of acceptance are decided here, after a study: nobody asks for them.
pub(super) fn undecided(request: &SimulationRequest) -> Result<(), Problem> {
    let decided = request.insured.iter().enumerate().filter(|(_, one)| one.conditions.is_some());
    let fault = |place: usize| {
        let detail = "Les conditions d’acceptation sont décidées par l’assureur.";
        InputRule::JsonUnknownField.fault(format!("/insured/{place}/conditions"), detail)
    };
    let faults: Vec<_> = decided.map(|(place, _)| fault(place)).collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::new(Kind::Invalid).faults(faults)) }
}

/// A text that is no identifier names nothing.
fn identifier(text: &str) -> Result<QuoteId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(Kind::NotFound).detail("Aucun devis n’a cet identifiant."))
}

fn shown(mut quote: QuoteResponse, include: &Include) -> QuoteResponse {
    if !include.schedule() {
        quote.result.drop_schedules();
    }
    quote
}

fn kept_response(kept: Kept, include: &Include) -> Response {
    let location = format!("/v1/quotes/{}", kept.quote.id);
    let quote = Json(shown(kept.quote, include));
    let mut response = (StatusCode::CREATED, [(header::LOCATION, location)], quote).into_response();
    if kept.replayed {
        let name = HeaderName::from_static("idempotency-replayed");
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    response
}
