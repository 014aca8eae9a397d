//! One request of a browser: looked at, sent on, answered. The order is that of what costs least.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use http_body_util::Full;
use hyper::http::uri::PathAndQuery;
use secrecy::SecretString;

use super::allowed::{self, Allowed, Refused, Sent};
use super::answer::{answer, refuse, without};
use super::headers::{Known, asked};
use super::{EXIT, path};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::facts::{ClientAddress, Facts};
use crate::platform::web::{body, csrf};
use crate::slices::underwriting::service::{Shared, Underwriting};
use crate::slices::underwriting::sessions::COOKIE;
use crate::slices::underwriting::upstream::{Answer, UpstreamError};
use crate::slices::underwriting::visitors::Visitor;

/// Where the engine's own pages show that everything was sent, unless it is told to lead to [`EXIT`].
const DECISION: &str = "/continue/decision";

/// Every method of every address of the questionnaire.
pub(super) async fn relay(State(underwriting): State<Underwriting>, request: Request) -> Response {
    let started = Instant::now();
    let method = request.method().as_str().to_owned();
    let (template, response) = match admitted(&request) {
        Ok((allowed, segments)) => {
            let answered = passed(&underwriting.0, request, allowed, &segments).await;
            (allowed.template, answered.unwrap_or_else(refuse))
        }
        Err(response) => ("refused", *response),
    };
    let known = ["GET", "POST", "PUT"];
    let method = known.into_iter().find(|it| *it == method).unwrap_or("other");
    let status = response.status().as_u16().to_string();
    metrics::counter!("reflex_proxy_requests_total", "route" => template, "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!("reflex_proxy_seconds", "route" => template)
        .record(started.elapsed().as_secs_f64());
    response
}

/// What is asked, when it is on the list.
fn admitted(request: &Request) -> Result<(&'static Allowed, Vec<String>), Box<Response>> {
    let boxed = |problem: Problem| Box::new(refuse(problem));
    let plain = |detail: &str| boxed(Problem::new(Kind::Malformed).detail(detail));
    let mut segments = path::segments(request.uri().path())
        .map_err(|_| plain("Cette adresse peut se lire de deux façons."))?;
    if segments == ["continue"] {
        segments.push(String::new());
    }
    let allowed = allowed::find(request.method(), &segments).map_err(|refused| match refused {
        Refused::Address => boxed(Kind::NotFound.into()),
        Refused::Method(methods) => {
            let mut response = refuse(Kind::MethodNotAllowed);
            if let Ok(value) = HeaderValue::try_from(methods.join(", ")) {
                response.headers_mut().insert(header::ALLOW, value);
            }
            Box::new(response)
        }
    })?;
    let headers = request.headers();
    // With a length alone there is one way to read where a request ends.
    if headers.contains_key(header::TRANSFER_ENCODING) || headers.contains_key(header::UPGRADE) {
        return Err(plain(
            "Envoyez le corps avec Content-Length, sans Transfer-Encoding ni Upgrade.",
        ));
    }
    if headers.get_all(header::CONTENT_LENGTH).iter().count() > 1 {
        return Err(plain("Content-Length est donné deux fois."));
    }
    Ok((allowed, segments))
}

async fn passed(
    shared: &Shared,
    request: Request,
    allowed: &'static Allowed,
    segments: &[String],
) -> Result<Response, Problem> {
    if allowed.sent != Sent::Nothing {
        ours(shared, allowed, request.headers())?;
    }
    // No page of ours says who it is in this header: it is dropped, and told of.
    if request.headers().contains_key(header::AUTHORIZATION) {
        forged("browser");
    }
    let visitor = visitor(shared, request.headers()).await?;
    if visitor.rate.check().is_err() {
        return Err(Problem::new(Kind::TooMany).retry_after(std::time::Duration::from_secs(1)));
    }
    let (parts, body) = request.into_parts();
    let body = match allowed.sent {
        Sent::Nothing => Bytes::new(),
        Sent::Form | Sent::Json => body::read(body).await?,
    };
    let sending = Sending { shared, allowed, path: path::written(segments), parts: &parts, body };
    let answered = exchanged(&visitor, &sending).await;
    let is_outage = is_outage(&answered);
    shared.met(&visitor, is_outage).await;
    match answered? {
        Ok(it) => finished(shared, allowed, &visitor, it).await,
        Err(error) => Ok(without(&error)),
    }
}

/// The engine's answer, or that there is none; a problem when there is no token to ask with.
type Answered = Result<Result<Answer, UpstreamError>, Problem>;

/// Asks, with a new token if the old one ends soon or is refused: once.
async fn exchanged(visitor: &Visitor, sending: &Sending<'_>) -> Answered {
    let shared = sending.shared;
    let (token, ends_soon) = visitor.token(shared.clock.now());
    let token = if ends_soon { shared.renew(visitor).await? } else { token };
    let answered = sending.send(&token).await;
    let is_old = answered.as_ref().is_ok_and(|it| it.response.status().as_u16() == 401);
    if !is_old {
        return Ok(answered);
    }
    drop(answered);
    let token = shared.renew(visitor).await?;
    Ok(sending.send(&token).await)
}

/// Whether it is the engine's absence that stops this person, and not what they ask.
fn is_outage(answered: &Answered) -> bool {
    match answered {
        Ok(Ok(it)) => it.response.status().as_u16() == 503,
        Ok(Err(error)) => error.is_outage(),
        Err(problem) => problem.kind == Kind::Unavailable,
    }
}

/// A request on its way.
struct Sending<'a> {
    shared: &'a Shared,
    allowed: &'static Allowed,
    path: String,
    parts: &'a axum::http::request::Parts,
    body: Bytes,
}

impl Sending<'_> {
    async fn send(&self, token: &SecretString) -> Result<Answer, UpstreamError> {
        let facts = self.parts.extensions.get::<Facts>();
        let address = self.parts.extensions.get::<ClientAddress>();
        let known = Known {
            address: address.map(|it| it.0.to_canonical().to_string()),
            origin: &self.shared.origin,
            request_id: facts.map(|it| it.request_id.as_str()),
            trace_id: facts.map(|it| it.trace_id.as_str()),
            span_id: self.shared.entropy.hex::<8>(),
        };
        let mut request = hyper::Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.parts.method.clone();
        *request.headers_mut() = asked(&self.parts.headers, token, &known);
        let path = PathAndQuery::try_from(self.path.as_str())
            .map_err(|error| UpstreamError::Broken(error.to_string()))?;
        let settings = &self.shared.settings;
        let within = if self.allowed.is_submission {
            settings.submit_timeout()
        } else {
            settings.answer_timeout()
        };
        self.shared.upstream.ask(request, path, within).await
    }
}

/// What the engine answered, once what it means for us is noted.
async fn finished(
    shared: &Shared,
    allowed: &'static Allowed,
    visitor: &Visitor,
    it: Answer,
) -> Result<Response, Problem> {
    let status = it.response.status().as_u16();
    if status == 401 {
        forged("engine");
        tracing::warn!(session = %shared.shown(&visitor.session), "the engine refuses its own token");
        metrics::counter!("reflex_upstream_errors_total", "kind" => "token").increment(1);
        return Err(over());
    }
    let place = it.response.headers().get(header::LOCATION);
    let is_end = place.is_some_and(|place| place == EXIT || place == DECISION);
    let is_sent = status == 200 || (status == 303 && is_end);
    if allowed.is_submission && is_sent {
        shared.submitted(&visitor.session).await;
    }
    Ok(answer(shared, allowed, it))
}

/// Who asks: the browser's handle and the browser's login name the same person.
pub(super) async fn visitor(shared: &Shared, headers: &HeaderMap) -> Result<Arc<Visitor>, Problem> {
    let handle = shared.cookies.read(headers, COOKIE).ok_or_else(over)?;
    let visitor = shared.visitor(handle).await?.ok_or_else(|| {
        forged("handle");
        over()
    })?;
    match shared.applicants.applicant(headers).await? {
        Some(person) if person == visitor.session.applicant => Ok(visitor),
        Some(person) => {
            forged("other");
            let actor = format!("applicant {}", &crate::platform::digest::hex(&person)[..16]);
            let act = shared.act(&visitor.session, &actor, "foreign_handle");
            shared.store.audit_alone(&act).await?;
            Err(Problem::new(Kind::NotFound).cause("another person's handle"))
        }
        None => Err(over()),
    }
}

/// Somebody shows a token or a handle that is not theirs: a browser that brings a token of its own, a handle
/// that opens nothing (old ones are among these), another person's, or a token that the engine refuses twice.
/// The operators are told when these are many.
fn forged(by: &'static str) {
    metrics::counter!("reflex_forged_tokens_total", "by" => by).increment(1);
    tracing::warn!(by, "a token that opens nothing");
}

fn over() -> Problem {
    let detail = "Votre session est terminée. Revenez à votre dossier pour continuer le \
        questionnaire\u{a0}: vos réponses sont enregistrées.";
    Problem::new(Kind::Unauthenticated).detail(detail)
}

/// Whether a body comes from one of our pages, is of the kind that is read there, and not too large.
fn ours(shared: &Shared, allowed: &Allowed, headers: &HeaderMap) -> Result<(), Problem> {
    if !csrf::is_same_origin(headers, &shared.origin) {
        let detail = "Ce formulaire ne vient pas de notre site.";
        return Err(Problem::new(Kind::Forbidden).detail(detail));
    }
    let (media, most) = match allowed.sent {
        Sent::Form => ("application/x-www-form-urlencoded", shared.settings.form_bytes_max),
        _ => ("application/json", shared.settings.body_bytes_max),
    };
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let sent = sent.unwrap_or("").split(';').next().unwrap_or("").trim();
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    // A submission in JSON has nothing to say: no body, no kind.
    let is_empty = length.is_none_or(|length| length == 0) && allowed.is_submission;
    if !sent.eq_ignore_ascii_case(media) && !is_empty {
        let detail = format!("Envoyez Content-Type\u{a0}: {media}.");
        return Err(Problem::new(Kind::UnsupportedMediaType).detail(detail));
    }
    match length {
        Some(length) if length > most => Err(Kind::TooLarge.into()),
        None if !is_empty => {
            Err(Problem::new(Kind::Malformed).detail("L’en-tête Content-Length manque."))
        }
        _ => Ok(()),
    }
}
