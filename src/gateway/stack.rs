//! The layers around every handler, from the outermost to the innermost.

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use super::admission::{
    Operations, Pages, by_the_table, cross_origin, in_its_time, named, not_denied, revalidated,
    with_key,
};
use super::authorizer::{Authorizer, authorize};
use super::forwarded::{Proxies, real_client};
use super::framing::{certain_end, plain_head};
use super::limits::{Limits, bounded_body, in_time, room_to_work, small_head};
use super::name::name;
use super::rate::{Buckets, not_too_often};
use super::security_headers::{SecurityHeaders, protect};
use super::settings::ServerSettings;
use super::speak::speak;
use super::waf::{self, Waf};
use super::witness::witness;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::Declared;
use crate::platform::admission::{Admission, Refusals};
use crate::platform::clock::Entropy;
use crate::platform::web::problem::{Refusal, Voice};

/// Everything that the public serves: `work` within its limits, and `health`, which must answer
/// even when there is no room to work.
pub fn public(
    work: Router,
    health: Router,
    settings: &ServerSettings,
    waf: &Waf,
    (voice, refusals): (&Voice, &Refusals),
    entropy: &Entropy,
) -> Router {
    let limits = Limits::new(settings);
    // A fallback of its own, so that the layers stand before what nobody serves, too.
    let work = work.fallback(async || StatusCode::NOT_FOUND).layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(limits.clone(), room_to_work))
            .layer(from_fn_with_state(Buckets::new(settings), not_too_often))
            .layer(from_fn_with_state(limits.clone(), in_time))
            .layer(from_fn_with_state(limits.clone(), bounded_body))
            .layer(from_fn_with_state(waf.clone(), waf::inspect)),
    );
    around(work.merge(health), settings, &limits, (voice, refusals), entropy)
}

/// The operations of the API, each behind the questions that decide whether it is reached. They come
/// after everything of [`public`], and after the router has found the address.
pub fn operations(
    routes: Router,
    declared: &[Declared],
    authorizer: &Authorizer,
    admission: &Admission,
) -> Router {
    let operations = Operations::new(declared);
    let pages = Pages::new(admission.clone(), operations.clone());
    routes.route_layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(operations, named))
            .layer(from_fn_with_state(pages, cross_origin))
            .layer(from_fn_with_state(admission.clone(), not_denied))
            .layer(from_fn_with_state(authorizer.clone(), authorize))
            .layer(from_fn(by_the_table))
            .layer(from_fn_with_state(admission.clone(), with_key))
            .layer(from_fn(revalidated))
            .layer(from_fn(in_its_time)),
    )
}

/// What only operators reach.
pub fn admin(
    routes: Router,
    settings: &ServerSettings,
    (voice, refusals): (&Voice, &Refusals),
    entropy: &Entropy,
) -> Router {
    let limits = Limits::new(settings);
    around(routes, settings, &limits, (voice, refusals), entropy)
}

fn around(
    routes: Router,
    settings: &ServerSettings,
    limits: &Limits,
    (voice, refusals): (&Voice, &Refusals),
    entropy: &Entropy,
) -> Router {
    let headers = SecurityHeaders::new(&settings.public_url);
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(entropy.clone(), name))
            .layer(from_fn_with_state(Proxies::new(settings), real_client))
            .layer(from_fn_with_state(refusals.clone(), witness))
            .layer(from_fn(certain_end))
            .layer(CompressionLayer::new().compress_when(worth_it()))
            .layer(from_fn_with_state(headers, protect))
            .layer(from_fn_with_state(voice.clone(), speak))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(limits.clone(), small_head))
            .layer(from_fn(plain_head)),
    )
}

/// What compression makes smaller: not a PDF, which is compressed already and has its size shown.
fn worth_it() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("application/pdf"))
}

/// The panic's own words are in the log already, with their place.
fn panicked(_payload: Box<dyn Any + Send>) -> Response {
    let bug = Problem::new(Kind::Bug).cause("a handler panicked");
    Refusal::to_anybody(bug).into_response()
}
