//! One access line and one set of metrics for every request, however it ends: answered, refused,
//! panicked, out of time, or abandoned by its client.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, Span};

use super::admission::Asker;
use super::speak::Reason;
use crate::platform::admission::{Refusals, Refused};
use crate::platform::web::facts::{ClientAddress, Facts};

/// Characters kept of the path of an address that nobody serves.
const PATH_SHOWN: usize = 200;

/// What operators see of a request that the firewall would have refused, and was told only to count.
const NOTED: &str = "waf-noted";

/// The status of a request whose client left before the answer; and
/// of one whose answer was cut at a stop; a custom of access logs, never sent.
const CLIENT_GONE: u16 = 499;

/// Watches over the request until its answer begins.
pub(super) async fn witness(
    State(refusals): State<Refusals>,
    request: Request,
    next: Next,
) -> Response {
    let mut testimony = Testimony::of(&request);
    let response = next.run(request).instrument(testimony.span.clone()).await;
    testimony.status = response.status().as_u16();
    testimony.reason = response.extensions().get::<Reason>().cloned();
    let asker = response.extensions().get::<Asker>();
    if is_worth_a_look(testimony.status) || asker.is_some_and(|asker| asker.is_noted) {
        testimony.tell(&refusals, asker);
    }
    response
}

/// Refusals that operators are asked about. What was not there, not valid or not possible is between a
/// program and its author.
const fn is_worth_a_look(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 405..=408 | 413..=417 | 429..=431 | 503)
}

/// What is known of a request; written down when it is dropped, which happens in every case.
struct Testimony {
    span: Span,
    method: &'static str,
    route: String,
    path: Option<String>,
    client: String,
    request_id: String,
    started: Instant,
    status: u16,
    reason: Option<Reason>,
}

impl Testimony {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        let facts = extensions.get::<Facts>();
        let route = extensions.get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
        let client = extensions
            .get::<ClientAddress>()
            .map_or_else(String::new, |client| client.0.to_string());
        metrics::gauge!("http_requests_in_flight").increment(1.0);
        Self {
            span: tracing::info_span!(
                "request",
                request_id = facts.map(|f| f.request_id.as_str()),
                trace_id = facts.map(|f| f.trace_id.as_str()),
            ),
            method: method(request.method()),
            route: route.to_owned(),
            path: shown_path(request),
            client,
            request_id: facts.map_or_else(String::new, |facts| facts.request_id.clone()),
            // Monotonic: a duration must not jump with the wall clock.
            started: Instant::now(),
            status: CLIENT_GONE,
            reason: None,
        }
    }

    /// Hands the refusal to who keeps them.
    fn tell(&self, refusals: &Refusals, asker: Option<&Asker>) {
        let Ok(address) = self.client.parse() else { return };
        let asker = asker.cloned().unwrap_or_default();
        let slug = match &self.reason {
            Some(reason) if is_worth_a_look(self.status) => reason.slug,
            _ if asker.is_noted => NOTED,
            _ => "-",
        };
        let refused = Refused {
            address,
            api_key: asker.api_key,
            application: asker.application,
            method: self.method,
            route: self.route.as_str().into(),
            status: self.status,
            slug,
            why: asker.why,
        };
        refusals.note(refused, &self.request_id);
    }

    fn write(&self, elapsed: f64) {
        // One macro per level: the level of an event is part of its place in the code.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    method = self.method,
                    path = self.path.as_deref(),
                    route = self.route,
                    status = self.status,
                    slug = self.reason.as_ref().map(|reason| reason.slug),
                    codes = self.reason.as_ref().and_then(|reason| reason.codes.as_deref()),
                    duration_ms = (elapsed * 1e6).round() / 1e3,
                    client = self.client,
                    "access"
                )
            };
        }
        if self.is_routine() { line!(debug) } else { line!(info) }
    }

    /// The probes of an orchestrator, every few seconds: nothing to read while they are well.
    fn is_routine(&self) -> bool {
        self.status == 200 && matches!(self.route.as_str(), "/healthz" | "/readyz")
    }
}

impl Drop for Testimony {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed().as_secs_f64();
        let (method, route) = (self.method, self.route.clone());
        let status = self.status.to_string();
        metrics::gauge!("http_requests_in_flight").decrement(1.0);
        metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route.clone())
            .record(elapsed);
        metrics::counter!("http_requests_total", "method" => method, "route" => route, "status" => status)
            .increment(1);
        self.span.in_scope(|| self.write(elapsed));
    }
}

/// The path of an address that nobody serves, cut short. The others are known by their route: a path
/// may hold an identifier that opens something, and logs are widely read.
fn shown_path(request: &Request) -> Option<String> {
    match request.extensions().get::<MatchedPath>() {
        Some(_) => None,
        None => Some(request.uri().path().chars().take(PATH_SHOWN).collect()),
    }
}

/// The method as a label: strangers' inventions are one, so that they cannot make metrics grow.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
