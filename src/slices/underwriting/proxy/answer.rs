//! What of the engine's answer the browser gets: a page or a document of the contract as it is, a
//! redirect only to where the browser may go, and our own words in the place of any fault.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::allowed::{self, Allowed};
use super::stream::Passed;
use super::{EXIT, headers, path};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::problem::Refusal;
use crate::slices::underwriting::error::{AGAIN, away};
use crate::slices::underwriting::service::Shared;
use crate::slices::underwriting::upstream::{Answer, UpstreamError};

/// A refusal in JSON is never longer.
const REFUSAL_BYTES: u64 = 65_536;

/// Turns an answer of the engine into one of ours.
pub(super) fn answer(shared: &Shared, allowed: &Allowed, answer: Answer) -> Response {
    let (parts, body) = answer.response.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    if let Err(cause) = acceptable(shared, allowed, status, &parts.headers, &body) {
        return strange(shared, status, cause);
    }
    let mut to = headers::answered(&parts.headers, allowed.is_api());
    if let Some(place) = parts.headers.get(header::LOCATION) {
        to.insert(header::LOCATION, place.clone());
    }
    if allowed.is_document() && status.is_success() {
        let sandbox = HeaderValue::from_static("sandbox; default-src 'none'");
        to.insert(header::CONTENT_SECURITY_POLICY, sandbox);
        let attachment = HeaderValue::from_static("attachment");
        to.entry(header::CONTENT_DISPOSITION).or_insert(attachment);
    }
    // What a redirect says beside its place is nobody's to read.
    if status.is_redirection() {
        return (status, to).into_response();
    }
    let passed = Passed::new(
        body,
        shared.settings.answer_bytes_max,
        shared.settings.idle_timeout(),
        answer.deadline,
        (shared.upstream.clone(), answer.seat),
    );
    (status, to, Body::new(passed)).into_response()
}

/// Whether an answer is one that the contract knows.
fn acceptable(
    shared: &Shared,
    allowed: &Allowed,
    status: StatusCode,
    headers: &HeaderMap,
    body: &hyper::body::Incoming,
) -> Result<(), &'static str> {
    use axum::body::HttpBody as _;
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let length = body.size_hint().exact();
    let most = u64::try_from(shared.settings.answer_bytes_max).unwrap_or(u64::MAX);
    if length.is_some_and(|length| length > most) {
        return Err("it announces more than the limit");
    }
    if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
        let place = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        let is_right = status == StatusCode::SEE_OTHER && place.is_some_and(may_lead_to);
        return if is_right { Ok(()) } else { Err("it leads elsewhere") };
    }
    if headers.contains_key(header::LOCATION) {
        return Err("it has a place to go to without being a redirect");
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err("it is encoded, which nobody asked for");
    }
    let is_page = media == "text/html" && !allowed.is_api() && !allowed.is_look();
    let is_right = match status.as_u16() {
        // The engine's pages say themselves what is wrong with an answer, and keep what was typed.
        200 | 409 | 410 | 422 | 503 if is_page => true,
        200 | 206 if allowed.is_document() => media == "application/pdf",
        200 if allowed.is_api() => media == "application/json",
        200 | 206 if allowed.is_look() => is_look(&media),
        304 => allowed.is_look(),
        400 | 404 | 409 | 410 | 413 | 415 | 422 if allowed.is_api() => {
            media == "application/problem+json" && length.is_none_or(|it| it <= REFUSAL_BYTES)
        }
        _ => false,
    };
    if is_right { Ok(()) } else { Err("a status or a media type that is not of the contract") }
}

fn is_look(media: &str) -> bool {
    matches!(
        media,
        "text/css"
            | "font/woff2"
            | "image/svg+xml"
            | "image/png"
            | "image/x-icon"
            | "text/javascript"
    )
}

/// Whether a browser may be sent to this address: one of its own, or the way out. Never another machine.
fn may_lead_to(place: &str) -> bool {
    if place == EXIT {
        return true;
    }
    let segments = path::segments(place);
    segments.is_ok_and(|it| allowed::find(&axum::http::Method::GET, &it).is_ok())
}

/// Our words for an answer that is not one.
fn strange(shared: &Shared, status: StatusCode, cause: &'static str) -> Response {
    if status == StatusCode::NOT_FOUND {
        return refuse(Problem::new(Kind::NotFound));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return refuse(away("it says 503"));
    }
    // A 5xx was counted when its head came.
    if !status.is_server_error() {
        shared.upstream.failed();
    }
    metrics::counter!("reflex_upstream_errors_total", "kind" => "strange").increment(1);
    tracing::error!(status = status.as_u16(), cause, "the engine's answer is not passed on");
    refuse(Problem::new(Kind::BadGateway).retry_after(AGAIN).cause(cause))
}

/// Our words when there is no answer.
pub(super) fn without(error: &UpstreamError) -> Response {
    let problem = match error {
        UpstreamError::TooSlow(_) => {
            let detail = "Le questionnaire met trop de temps à répondre. Vos réponses sont \
                enregistrées\u{a0}: recommencez.";
            Problem::new(Kind::Timeout).detail(detail).retry_after(AGAIN).cause(error)
        }
        UpstreamError::Broken(_) => Problem::new(Kind::BadGateway).retry_after(AGAIN).cause(error),
        _ => away(error),
    };
    refuse(problem)
}

pub(super) fn refuse(problem: impl Into<Problem>) -> Response {
    Refusal::to_anybody(problem).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_stays_in_the_house() {
        for right in ["/continue/", "/continue/question/3", "/continue/decision", EXIT] {
            assert!(may_lead_to(right), "{right}");
        }
        for wrong in [
            "",
            "https://evil.example/",
            "//evil.example/continue/",
            "http://127.0.0.1:8080/continue/",
            "/\\evil.example",
            "/continue/../ras-web/",
            "/continue/..;/ras-web/",
            "/ras-web/api/v1/cases",
            "/continue/envoi",
            "/continue/?x=1",
            "/continue/#x",
            "continue/",
            "/connexion/clients",
        ] {
            assert!(!may_lead_to(wrong), "{wrong}");
        }
    }
}
