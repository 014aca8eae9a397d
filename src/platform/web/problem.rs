//! Refusals as they leave: `application/problem+json` (RFC 9457) for programs, a page for persons.
//!
//! A handler's error only carries its [`Problem`]; the words are put to it once, at the boundary, by
//! the [`Voice`], which knows the request's names and who reads. The cause never leaves.

use std::sync::Arc;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::facts::{Audience, Facts};
use crate::kernel::problem::{Fault, Problem};

/// The media type of a refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What a JSON handler returns when it refuses.
#[derive(Debug)]
pub struct ApiError(pub Problem);

impl<E: Into<Problem>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Refusal::new(self.0, Some(Audience::Api)).into_response()
    }
}

/// A refusal on its way to the boundary, carried among the response's extensions.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What is refused.
    pub problem: Problem,
    /// Who reads it, when the handler knows; else the request tells.
    pub audience: Option<Audience>,
}

impl Refusal {
    /// A refusal for this audience.
    pub fn new(problem: impl Into<Problem>, audience: Option<Audience>) -> Self {
        Self { problem: problem.into(), audience }
    }

    /// A refusal for whoever asked.
    pub fn to_anybody(problem: impl Into<Problem>) -> Self {
        Self::new(problem, None)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(&self.problem).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Renders a refusal as a page.
pub type PageRenderer = fn(&Problem, &Facts) -> String;

/// Puts words to refusals. Cheap to clone.
#[derive(Clone)]
pub struct Voice {
    types: Arc<str>,
    page: PageRenderer,
}

impl Voice {
    /// Speaks for the service at `public_url`; pages are the work of `page`.
    pub fn new(public_url: &url::Url, page: PageRenderer) -> Self {
        let base = public_url.as_str().trim_end_matches('/');
        Self { types: format!("{base}/problemes/").into(), page }
    }

    /// The whole response.
    pub fn render(&self, refusal: &Refusal, facts: &Facts) -> Response {
        let problem = &refusal.problem;
        let audience = refusal.audience.unwrap_or(facts.audience);
        let (media, text) = match audience {
            Audience::Api => (PROBLEM_JSON, self.json(problem, facts)),
            Audience::Page => ("text/html; charset=utf-8", (self.page)(problem, facts)),
        };
        let mut response = (status(problem), text).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
        if let Some(delay) = problem.retry_after {
            // Rounded up: a client that comes back too early is refused again.
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn json(&self, problem: &Problem, facts: &Facts) -> String {
        let document = self.document(problem, facts);
        // Texts and numbers only: there is nothing that JSON cannot say.
        serde_json::to_string(&document).expect("a refusal is JSON")
    }

    /// The refusal as programs read it.
    pub fn document(&self, problem: &Problem, facts: &Facts) -> ProblemDocument {
        let entry = problem.kind.entry();
        let detail = problem.detail.clone();
        ProblemDocument {
            kind: format!("{}{}", self.types, entry.slug),
            title: entry.title.to_owned(),
            status: entry.status,
            detail: detail.unwrap_or_else(|| entry.remedy.to_owned()),
            instance: facts.path.clone(),
            errors: problem.faults.iter().map(FaultDocument::from).collect(),
            trace_id: facts.trace_id.clone(),
        }
    }
}

fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.kind.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A refusal, `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// Kind of refusal: stable, and the address of its explanation.
    #[serde(rename = "type")]
    #[schema(example = "https://assurly.example/problemes/invalid")]
    pub kind: String,
    /// The kind in words, the same for every occurrence.
    pub title: String,
    /// HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What happened this time, and what to do.
    pub detail: String,
    /// Path of the request.
    #[schema(example = "/v1/simulations")]
    pub instance: String,
    /// The values at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultDocument>,
    /// Reference of the request: quote it to the support.
    #[schema(example = "4bf92f3577b34da6a3ce929d0e0e4736")]
    pub trace_id: String,
}

/// One value that cannot be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultDocument {
    /// JSON pointer (RFC 6901) to the value; `?` and a name for a parameter of the address.
    #[schema(example = "/loans/0/months")]
    pub pointer: String,
    /// Stable code.
    #[schema(example = "LOAN_TERM_RANGE")]
    pub code: String,
    /// What is wrong and how to put it right.
    pub detail: String,
}

impl From<&Fault> for FaultDocument {
    fn from(fault: &Fault) -> Self {
        Self {
            pointer: fault.pointer.clone(),
            code: fault.code.to_owned(),
            detail: fault.detail.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::kernel::problem::Kind;

    fn voice() -> Voice {
        let url = "https://assurly.example/".parse().expect("a URL");
        Voice::new(&url, |problem, _| problem.kind.entry().title.to_owned())
    }

    fn facts(audience: Audience) -> Facts {
        Facts { request_id: "r".into(), trace_id: "t".into(), path: "/v1/x".into(), audience }
    }

    #[test]
    fn the_document_says_everything_but_the_cause() {
        let problem = Problem::new(Kind::Invalid)
            .faults(vec![Fault::new("/a", "A_RANGE", "de 1 à 2")])
            .cause("secret");
        let json = voice().json(&problem, &facts(Audience::Api));
        let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let entry = Kind::Invalid.entry();
        assert_eq!(
            document,
            serde_json::json!({
                "type": "https://assurly.example/problemes/invalid",
                "title": entry.title,
                "status": 422,
                "detail": entry.remedy,
                "instance": "/v1/x",
                "errors": [{"pointer": "/a", "code": "A_RANGE", "detail": "de 1 à 2"}],
                "trace_id": "t",
            })
        );
    }

    #[test]
    fn who_reads_decides_the_form_and_the_delay_is_rounded_up() {
        let problem = Problem::new(Kind::Unavailable).retry_after(Duration::from_millis(1200));
        let refusal = Refusal::to_anybody(problem);
        for (audience, media) in
            [(Audience::Api, PROBLEM_JSON), (Audience::Page, "text/html; charset=utf-8")]
        {
            let response = voice().render(&refusal, &facts(audience));
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()[CONTENT_TYPE], media);
            assert_eq!(response.headers()[RETRY_AFTER], "2");
        }
    }
}
