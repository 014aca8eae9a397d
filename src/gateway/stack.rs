//! The layers around every handler, from the outermost to the innermost.

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
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
use super::shared::{asks, looks};
use super::speak::speak;
use super::waf::{self, Waf};
use super::witness::witness;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::Declared;
use crate::platform::admission::{Admission, Refusals};
use crate::platform::clock::Entropy;
use crate::platform::web::problem::{Refusal, Voice};

/// What the public is served, with what the layers ask before an address is worked on.
pub struct Work {
    router: Router,
    operations: Operations,
    admission: Admission,
}

impl Work {
    /// With these addresses, too: pages, which are no operations.
    #[must_use]
    pub fn merge(self, router: Router) -> Self {
        Self { router: self.router.merge(router), ..self }
    }
}

/// Everything that the public serves: `work` within its limits, and `health`, which must answer
/// even when there is no room to work. What a policy denies costs nothing: its body is never read.
pub fn public(
    work: Work,
    health: Router,
    settings: &ServerSettings,
    waf: &Waf,
    (voice, refusals): (&Voice, &Refusals),
    entropy: &Entropy,
) -> Router {
    let limits = Limits::new(settings);
    // A fallback of its own, so that the layers stand before what nobody serves, too.
    let Work { router, operations, admission } = work;
    let pages = Pages::new(admission.clone(), operations.clone());
    let work = router.fallback(async || StatusCode::NOT_FOUND).layer(
        ServiceBuilder::new()
            .layer(asks(limits.clone(), room_to_work))
            .layer(asks(Buckets::new(settings), not_too_often))
            .layer(asks(limits.clone(), in_time))
            .layer(asks(operations, named))
            .layer(asks(pages, cross_origin))
            .layer(asks(admission, not_denied))
            .layer(asks(limits.clone(), bounded_body))
            .layer(asks(waf.clone(), waf::inspect)),
    );
    around(work.merge(health), settings, &limits, (voice, refusals), entropy)
}

/// The operations of the API, each behind the questions that decide whether it is reached. They come
/// after everything of [`public`].
pub fn operations(
    routes: Router,
    declared: &[Declared],
    authorizer: &Authorizer,
    admission: &Admission,
) -> Work {
    let router = routes.route_layer(
        ServiceBuilder::new()
            .layer(asks(authorizer.clone(), authorize))
            .layer(looks(by_the_table))
            .layer(asks(admission.clone(), with_key))
            .layer(looks(revalidated))
            .layer(looks(in_its_time)),
    );
    Work { router, operations: Operations::new(declared), admission: admission.clone() }
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
            .layer(asks(entropy.clone(), name))
            .layer(asks(Proxies::new(settings), real_client))
            .layer(asks(refusals.clone(), witness))
            .layer(looks(certain_end))
            .layer(CompressionLayer::new().compress_when(worth_it()))
            .layer(asks(headers, protect))
            .layer(asks(voice.clone(), speak))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(asks(limits.clone(), small_head))
            .layer(looks(plain_head)),
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
