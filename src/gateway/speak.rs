//! Every refusal gets its words here: those of handlers, of extractors, of limits, of the router.
//! A cause is written to the log, once, and never sent.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::admission::Asker;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::facts::Facts;
use crate::platform::web::problem::{Refusal, Voice};

/// Codes of one refusal that the access line shows.
const CODES_SHOWN: usize = 10;

/// What the access line says of a refusal: its name and the codes of its faults, never a value.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    pub(super) slug: &'static str,
    pub(super) codes: Option<String>,
}

impl Reason {
    fn of(problem: &Problem) -> Self {
        let codes: BTreeSet<_> = problem.faults.iter().map(|fault| fault.code).collect();
        let codes: Vec<_> = codes.into_iter().take(CODES_SHOWN).collect();
        let codes = (!codes.is_empty()).then(|| codes.join(","));
        Self { slug: problem.kind.entry().slug, codes }
    }
}

/// Renders what was refused on the way in.
pub(super) async fn speak(State(voice): State<Voice>, request: Request, next: Next) -> Response {
    let facts = request.extensions().get::<Facts>().cloned();
    let mut response = next.run(request).await;
    let refusal = response.extensions_mut().remove::<Refusal>();
    let refusal = refusal.or_else(|| wordless(&response));
    let (Some(refusal), Some(facts)) = (refusal, facts) else {
        return response;
    };
    log(&refusal.problem);
    let mut spoken = voice.render(&refusal, &facts);
    keep(response.headers(), spoken.headers_mut());
    spoken.extensions_mut().insert(Reason::of(&refusal.problem));
    if let Some(asker) = response.extensions_mut().remove::<Asker>() {
        spoken.extensions_mut().insert(asker);
    }
    spoken
}

/// A refusal of the framework's (unknown address or method, a path that cannot be read): a status
/// with no words, or with its own in English.
fn wordless(response: &Response) -> Option<Refusal> {
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    let media = response.headers().get(header::CONTENT_TYPE);
    let plain = media.is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    let kind = Kind::ALL.into_iter().find(|kind| kind.entry().status == status.as_u16())?;
    (refused && plain).then(|| Refusal::to_anybody(kind))
}

fn log(problem: &Problem) {
    let (slug, cause) = (problem.kind.entry().slug, problem.cause.as_deref());
    if problem.kind.entry().status >= 500 {
        tracing::error!(slug, cause, "refused");
    } else {
        tracing::debug!(slug, cause, "refused");
    }
}

/// Headers that say more about the refusal, such as `Allow`, stay; those of its old body do not.
fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    let own: Vec<_> = to.keys().cloned().collect();
    for (name, value) in from {
        let is_of_the_body = name == header::CONTENT_TYPE || name == header::CONTENT_LENGTH;
        if !is_of_the_body && !own.contains(name) {
            // `Vary` may come from several layers: all of its values count.
            to.append(name, value.clone());
        }
    }
}
