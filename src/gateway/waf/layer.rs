//! The firewall as a layer: reads the body within its limits, once, for the rules of form and for its
//! own, and hands the same bytes on.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Waf;
use super::engine::Verdict;
use super::hits;
use super::settings::Mode;
use crate::gateway::admission::Asker;
use crate::gateway::syntax;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::admission::Finding;
use crate::platform::web::body;
use crate::platform::web::facts::{Audience, ClientAddress, Facts};
use crate::platform::web::problem::Refusal;

/// Looks at the request, its form first; refuses it, or lets it through as it came.
pub(in crate::gateway) async fn inspect(
    State(waf): State<Waf>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let (bytes, body) = match read(&waf, &parts.headers, body).await {
        Ok(read) => read,
        Err(problem) => return refuse(problem, &parts),
    };
    let route = parts.extensions.get::<MatchedPath>().map(|it| it.as_str().to_owned());
    if let Err(problem) = syntax::check(&parts, &bytes, route.as_deref()) {
        metrics::counter!("syntax_refusals_total").increment(1);
        return refuse(problem, &parts);
    }
    let verdict = waf.look(&parts, &bytes, route.as_deref());
    hits::count(&verdict);
    if !verdict.hits.is_empty() {
        note(&waf, &verdict, &parts, route.as_deref());
    }
    if verdict.is_refused {
        let mut refused = refuse(problem(&verdict), &parts);
        Asker::of(&mut refused).why = Some(hits::named(&verdict));
        return refused;
    }
    let body = body.unwrap_or_else(|| Body::from(bytes));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if verdict.hits.iter().any(|hit| hit.mode == Mode::Count) {
        let asker = Asker::of(&mut response);
        asker.is_noted = true;
        asker.why.get_or_insert_with(|| hits::named(&verdict));
    }
    response
}

/// The bytes to look at; and the body itself, when it is larger than what is read ahead of its handler.
async fn read(
    waf: &Waf,
    headers: &HeaderMap,
    body: Body,
) -> Result<(axum::body::Bytes, Option<Body>), Problem> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > waf.0.settings.inspect_bytes_max) {
        return Ok((axum::body::Bytes::new(), Some(body)));
    }
    Ok((body::read(body).await?, None))
}

/// Who sends JSON, or asks for a token, is a program, whatever else it says.
fn refuse(problem: Problem, parts: &axum::http::request::Parts) -> Response {
    let is_program = super::values::media(&parts.headers).is_some_and(|it| it.ends_with("json"))
        || parts.uri.path().contains("/oauth2/");
    Refusal::new(problem, is_program.then_some(Audience::Api)).into_response()
}

/// In HTTP's own words when it has some for all that was found, else without a word of why.
fn problem(verdict: &Verdict) -> Problem {
    let mut answers = verdict
        .hits
        .iter()
        .map(|hit| hit.check.map_or(Kind::WafFiltered, super::checks::Check::answer));
    let first = answers.next().unwrap_or(Kind::WafFiltered);
    let kind = if answers.all(|kind| kind == first) { first } else { Kind::WafFiltered };
    Problem::new(kind)
}

fn note(waf: &Waf, verdict: &Verdict, parts: &axum::http::request::Parts, route: Option<&str>) {
    let facts = parts.extensions.get::<Facts>();
    let client = parts.extensions.get::<ClientAddress>();
    let row = Finding {
        at: waf.0.clock.now(),
        trace_id: facts.map_or_else(String::new, |facts| facts.trace_id.clone()),
        method: parts.method.as_str().chars().take(16).collect(),
        route: route.unwrap_or("unmatched").to_owned(),
        client: client.map_or_else(String::new, |address| address.0.to_string()),
        is_refused: verdict.is_refused,
        score: verdict.score,
        rules: hits::rows(verdict),
    };
    let ids: Vec<_> = row.rules.iter().map(|rule| rule.id.as_str()).collect();
    tracing::info!(
        rules = ids.join(","),
        place = row.rules.first().map(|rule| rule.place.as_str()),
        score = row.score,
        refused = row.is_refused,
        "waf"
    );
    waf.0.findings.keep(row);
}
