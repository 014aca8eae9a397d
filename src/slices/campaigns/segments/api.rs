//! JSON addresses of segments. Each handler reads, calls one use-case, answers.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::SegmentFilter;
use super::operations::{CountSegment, ExportSegment, FindSegment, KeepSegment, ListSegments};
use super::service::{SegmentId, Segments};
use super::wire::{CountDocument, NewSegmentDocument, SegmentDocument, SegmentList};
use crate::handler;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Api, Authorized};
use crate::platform::web::idempotency::IdempotencyKey;
use crate::platform::web::input::InputRule;
use crate::platform::web::json::Json;
use crate::platform::web::problem::{ApiError, ProblemDocument};
use crate::platform::web::query::Query;

/// The media type of exports.
const CSV: &str = "text/csv; charset=utf-8";

/// The addresses of segments.
pub fn api() -> Api<Segments> {
    Api::default()
        .operation::<CountSegment, _, _>(handler!(count))
        .operation::<KeepSegment, _, _>(handler!(keep))
        .operation::<ListSegments, _, _>(handler!(list))
        .operation::<FindSegment, _, _>(handler!(find))
        .operation::<ExportSegment, _, _>(handler!(export))
}

fn example() -> Value {
    json!({ "zone": "departments", "zones": ["01", "69"], "from": "2020-01-01", "to": "2020-12-31",
        "kinds": ["appartement"], "price_min_cents": 10_000_000, "price_max_cents": 40_000_000 })
}

fn example_to_keep() -> Value {
    json!({ "name": "Appartements de l’Ain et du Rhône", "filter": example() })
}

/// How many sales a filter finds. Too small a count is not said.
#[utoipa::path(
    post, path = "/v1/segments/count", tag = "segments", request_body(content = SegmentFilter, example = example),
    responses(
        (status = 200, description = "The count, and the editions that it was made on", body = CountDocument),
        (status = 404, description = "No edition of this dataset is published", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn count(
    caller: Authorized<CountSegment>,
    State(segments): State<Segments>,
    Json(filter): Json<SegmentFilter>,
) -> Result<Json<CountDocument>, ApiError> {
    let counted =
        segments.count(Some(caller.actor().party()), &filter).await.map_err(Problem::from)?;
    Ok(Json(counted.into()))
}

/// Keeps a filter under a name, with its count and the editions of now, once per idempotency key.
#[utoipa::path(
    post, path = "/v1/segments", tag = "segments", params(IdempotencyKey), request_body(content = NewSegmentDocument, example = example_to_keep),
    responses(
        (status = 201, description = "The segment", body = SegmentDocument, headers(
            ("Location" = String, description = "Address of the segment"),
            ("Idempotency-Replayed" = bool, description = "Present when an earlier request made it"),
        )),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn keep(
    caller: Authorized<KeepSegment>,
    State(segments): State<Segments>,
    key: IdempotencyKey,
    Json(new): Json<NewSegmentDocument>,
) -> Result<Response, ApiError> {
    let who = Some(caller.actor().party());
    let kept = segments.save(who, &new.name, new.filter, Some(key.as_str())).await;
    let (saved, is_replayed) = kept.map_err(within_filter)?;
    let location = format!("/v1/segments/{}", saved.id);
    let document = Json(SegmentDocument::from(saved));
    let mut answer =
        (StatusCode::CREATED, [(header::LOCATION, location)], document).into_response();
    if is_replayed {
        let name = HeaderName::from_static("idempotency-replayed");
        answer.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    Ok(answer)
}

/// The filter stands inside another document here: so do its faults.
fn within_filter(error: super::SegmentError) -> Problem {
    match error {
        super::SegmentError::Filter(pointer, what) if pointer != "/name" => {
            let fault = InputRule::JsonValue.fault(format!("/filter{pointer}"), what);
            Problem::new(Kind::Invalid).faults(vec![fault])
        }
        other => other.into(),
    }
}

/// How much of a list, and from where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Slice {
    /// At most so many segments, 1 to 100; 20 when it is left out.
    #[serde(default)]
    limit: Option<u32>,
    /// After this segment: `next` of the page before.
    #[serde(default)]
    after: Option<String>,
}

/// The kept segments, the newest first.
#[utoipa::path(
    get, path = "/v1/segments", tag = "segments", params(Slice),
    responses(
        (status = 200, description = "A page of segments", body = SegmentList),
        (status = "4XX", description = "What is wrong, where, and how to put it right", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn list(
    _: Authorized<ListSegments>,
    State(segments): State<Segments>,
    Query(slice): Query<Slice>,
) -> Result<Json<SegmentList>, ApiError> {
    let wrong = |parameter, what| {
        let fault = InputRule::QueryValue.fault(parameter, what);
        Problem::new(Kind::Invalid).faults(vec![fault])
    };
    let limit = slice.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(wrong("?limit", "Donnez un nombre de 1 à 100.").into());
    }
    let after = slice.after.map(|text| text.parse()).transpose();
    let after = after.map_err(|_| wrong("?after", "Donnez la valeur de «\u{a0}next\u{a0}»."))?;
    let mut found = segments.list(after, limit + 1).await.map_err(Problem::from)?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|last| last.id.to_string());
    let list = found.into_iter().map(SegmentDocument::from).collect();
    Ok(Json(SegmentList { segments: list, next }))
}

/// A kept segment.
#[utoipa::path(
    get, path = "/v1/segments/{id}", tag = "segments", params(("id" = String, Path, description = "Identifier, `seg_…`")),
    responses(
        (status = 200, description = "The segment", body = SegmentDocument),
        (status = 404, description = "No such segment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn find(
    _: Authorized<FindSegment>,
    State(segments): State<Segments>,
    Path(id): Path<String>,
) -> Result<Json<SegmentDocument>, ApiError> {
    let saved = segments.find(identifier(&id)?).await.map_err(Problem::from)?;
    Ok(Json(saved.into()))
}

/// A kept segment, counted again on the editions of now, commune by commune, as CSV: no address, no
/// parcel, no small count, and no value that a spreadsheet would run.
#[utoipa::path(
    get, path = "/v1/segments/{id}/export", tag = "segments", params(("id" = String, Path, description = "Identifier, `seg_…`")),
    responses(
        (status = 200, description = "The lines", body = String, content_type = "text/csv"),
        (status = 404, description = "No such segment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = "5XX", description = "Our fault, or no room now: see Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
async fn export(
    caller: Authorized<ExportSegment>,
    State(segments): State<Segments>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = identifier(&id)?;
    let saved = segments.find(id).await.map_err(Problem::from)?;
    let who = Some(caller.actor().party());
    let text = segments.export(who, Some(id), &saved.filter).await.map_err(Problem::from)?;
    Ok(attached(id, text))
}

/// A CSV file to be kept by who asked, and by nobody on the way.
pub(super) fn attached(id: SegmentId, text: String) -> Response {
    let name = format!("attachment; filename=\"{id}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, CSV.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
}

/// A text that is no identifier names nothing.
pub(super) fn identifier(text: &str) -> Result<SegmentId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(Kind::NotFound).detail("Aucun segment n’a cet identifiant."))
}
