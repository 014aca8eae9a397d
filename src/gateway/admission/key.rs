//! May this call be served on its key's plan? A key says which plan a call is counted on, and never who
//! asks: a good one opens nothing that would be closed without it.
//!
//! A key that is presented is held against the picture, whatever the operation; every one that is no
//! good is refused in the same words. Then the bucket, then the quotas, and the headers that say what is
//! left (draft-ietf-httpapi-ratelimit-headers).

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::asker::Asker;
use super::operation::Named;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::Caller;
use crate::platform::admission::{
    Admission, KnownKey, Owner, Pattern, Period, Picture, Plan, Remaining, Spent, Unfit, prefix_of,
};
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::problem::ApiError;

/// Where a key is presented.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// When to ask again while the rules were never read.
const SOON: Duration = Duration::from_secs(5);

/// Serves the call on the plan of its key, if it has one.
pub async fn with_key(
    State(admission): State<Admission>,
    request: Request,
    next: Next,
) -> Response {
    let shown = presented(request.headers()).ok().flatten().and_then(prefix_of).map(Box::from);
    let operation = request.extensions().get::<Named>().map_or("", |named| named.0.id);
    let served = match judged(&admission, &request, operation) {
        Ok(Some(key)) => serve(&admission, &key, operation).await.map(Some),
        Ok(None) => Ok(None),
        Err(refused) => Err(refused),
    };
    let mut response = match served {
        Ok(Some(headers)) => {
            let mut response = next.run(request).await;
            response.headers_mut().extend(headers);
            response
        }
        Ok(None) => next.run(request).await,
        Err(refused) => refused.into_response(),
    };
    if let Some(shown) = shown {
        Asker::of(&mut response).api_key = Some(shown);
    }
    response
}

/// A refusal with the headers that go with it.
struct Refused {
    problem: Problem,
    headers: HeaderMap,
    why: Option<&'static str>,
}

impl Refused {
    fn of(problem: Problem, headers: HeaderMap, why: Option<&'static str>) -> Box<Self> {
        Box::new(Self { problem, headers, why })
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.headers, ApiError(self.problem)).into_response();
        if let Some(why) = self.why {
            Asker::of(&mut response).why = Some(why.into());
        }
        response
    }
}

/// The key that the call is counted on; none when it came without one and needs none.
fn judged(
    admission: &Admission,
    request: &Request,
    operation: &str,
) -> Result<Option<Arc<KnownKey>>, Box<Refused>> {
    let picture = admission.picture();
    let Some(presented) = presented(request.headers()).map_err(refuse)? else {
        let is_needed = picture
            .as_deref()
            .is_some_and(|picture| Pattern::any(&picture.rules.keys_required, operation));
        return if is_needed { Err(missing()) } else { Ok(None) };
    };
    let Some(picture) = picture.as_deref() else {
        let problem = Problem::new(Kind::Unavailable).retry_after(SOON);
        return Err(Refused::of(problem, HeaderMap::new(), None));
    };
    known(picture, presented, request, admission.now()).map(Some).map_err(refuse)
}

/// The key of the one header, if there is one.
fn presented(headers: &HeaderMap) -> Result<Option<&str>, Unfit> {
    let mut values = headers.get_all(API_KEY).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Unfit::Malformed),
        (Some(_), Some(_)) => Err(Unfit::Malformed),
    }
}

fn known(
    picture: &Picture,
    presented: &str,
    request: &Request,
    now: Timestamp,
) -> Result<Arc<KnownKey>, Unfit> {
    let extensions = request.extensions();
    let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let from = extensions.get::<ClientAddress>().map_or(unknown, |address| address.0);
    let key = picture.find(presented, now, from)?;
    let asks = extensions.get::<Caller>().and_then(Caller::principal);
    let is_its = |owner: &Owner| {
        asks.is_none_or(|it| *it.issuer == *owner.issuer && *it.client == *owner.client)
    };
    if key.owner.as_ref().is_none_or(is_its) { Ok(key) } else { Err(Unfit::OtherOwner) }
}

fn refuse(unfit: Unfit) -> Box<Refused> {
    metrics::counter!("gateway_keys_refused_total", "why" => unfit.code()).increment(1);
    let problem = Problem::new(Kind::InvalidApiKey).cause(unfit.code());
    Refused::of(problem, HeaderMap::new(), Some(unfit.code()))
}

fn missing() -> Box<Refused> {
    let detail = "Cette opération demande une clé d’API, dans l’en-tête X-Api-Key.";
    let problem = Problem::new(Kind::InvalidApiKey).detail(detail);
    Refused::of(problem, HeaderMap::new(), Some("no key"))
}

async fn serve(
    admission: &Admission,
    key: &KnownKey,
    operation: &str,
) -> Result<HeaderMap, Box<Refused>> {
    let (now, plan) = (admission.now(), &*key.plan);
    let cost = plan.cost(operation);
    let served = key.meter.serve(plan, cost, now, admission.leases()).await;
    let outcome = match &served {
        Ok(_) => "served",
        Err(Spent::Rate(_)) => "rate",
        Err(Spent::Quota(_)) => "quota",
        Err(Spent::Unknown(_)) => "unknown",
    };
    metrics::counter!("gateway_plan_calls_total", "outcome" => outcome).increment(1);
    match served {
        Ok(remaining) => Ok(said(plan, &remaining, now)),
        Err(spent) => Err(spent_out(plan, spent, now)),
    }
}

fn spent_out(plan: &Plan, spent: Spent, now: Timestamp) -> Box<Refused> {
    let (problem, remaining, why) = match spent {
        Spent::Rate(wait) => (Problem::new(Kind::TooMany).retry_after(wait), Vec::new(), "burst"),
        Spent::Quota(window) => {
            let wait = Duration::from_secs(window.seconds_left(now));
            let problem = Problem::new(Kind::QuotaExceeded).retry_after(wait);
            (problem, vec![Remaining { window, left: 0 }], window.period.code())
        }
        // Calls are never served uncounted.
        Spent::Unknown(problem) => return Refused::of(problem, HeaderMap::new(), None),
    };
    Refused::of(problem, said(plan, &remaining, now), Some(why))
}

/// `RateLimit-Policy` and `RateLimit`, both lists of structured fields.
fn said(plan: &Plan, remaining: &[Remaining], now: Timestamp) -> HeaderMap {
    let mut policy = format!("\"burst\";q={};w=1", plan.rate_per_s);
    for period in Period::ALL {
        if let Some(limit) = plan.quota.of(period) {
            // Writing into a text never fails.
            let _ok = write!(policy, ", \"{}\";q={limit};w={}", period.code(), period.seconds());
        }
    }
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, text: String| {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    };
    put(RATE_LIMIT_POLICY, policy);
    let left = remaining.iter().map(|it| {
        let (name, seconds) = (it.window.period.code(), it.window.seconds_left(now));
        format!("\"{name}\";r={};t={seconds}", it.left)
    });
    let left: Vec<_> = left.collect();
    if !left.is_empty() {
        put(RATE_LIMIT, left.join(", "));
    }
    headers.append(header::VARY, HeaderValue::from_static("x-api-key"));
    headers
}
