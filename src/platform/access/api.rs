//! The one way to give the API an address: an operation, and a handler whose first argument is the
//! proof that the operation was authorized.
//!
//! It wraps the router of the documents, which nobody else may name (`tests/house.rs`), writes into the
//! document who may do what, and keeps the inventory.

use axum::Router;
use axum::handler::Handler;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::MethodRouter;
use serde_json::json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, OpenApi, PathItem, Ref, ResponseBuilder, path::Operation as Entry,
};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::inventory::{Access, Declared};
use super::operation::{Cache, Operation, PublicOperation, Reach};
use super::proof::{Anyone, Authorized};
use crate::platform::web::problem::PROBLEM_JSON;

/// The name of the document's security scheme.
const SCHEME: &str = "bearer";

/// A handler and what its `#[utoipa::path]` says of it. Written [`handler!`](crate::handler).
pub struct Documented<H, S> {
    documentation: UtoipaMethodRouter<S>,
    handler: H,
}

impl<H, S> Documented<H, S> {
    /// Used by the macro, which names the handler once.
    pub const fn new(documentation: UtoipaMethodRouter<S>, handler: H) -> Self {
        Self { documentation, handler }
    }
}

/// A handler with its documentation: `handler!(list_quotes)`.
#[macro_export]
macro_rules! handler {
    ($handler:ident) => {
        $crate::platform::access::Documented::new(utoipa_axum::routes!($handler), $handler)
    };
}

/// The arguments of a handler, of which the first one is `P`.
#[diagnostic::on_unimplemented(
    message = "the handler does not take `{P}` as its first argument",
    note = "an operation's handler takes the proof that this operation was authorized"
)]
pub trait FirstArgument<P> {}

macro_rules! first_argument {
    ($($rest:ident),*) => {
        // The first member is axum's own mark.
        impl<M, P, $($rest),*> FirstArgument<P> for (M, P, $($rest,)*) {}
    };
}

first_argument!();
first_argument!(A);
first_argument!(A, B);
first_argument!(A, B, C);
first_argument!(A, B, C, D);
first_argument!(A, B, C, D, E);
first_argument!(A, B, C, D, E, F);

/// Operations with their handlers.
pub struct Api<S = ()> {
    router: OpenApiRouter<S>,
    operations: Vec<Declared>,
}

impl<S: Clone + Send + Sync + 'static> Default for Api<S> {
    fn default() -> Self {
        Self { router: OpenApiRouter::default(), operations: Vec::new() }
    }
}

/// An API put together: what serves it, what describes it, what it is made of.
pub struct Assembled {
    /// The addresses.
    pub router: Router,
    /// The document.
    pub document: OpenApi,
    /// The inventory.
    pub operations: Vec<Declared>,
}

impl<S: Clone + Send + Sync + 'static> Api<S> {
    /// Adds an operation for callers who prove who they are.
    #[must_use]
    pub fn operation<O, H, T>(self, documented: Documented<H, S>) -> Self
    where
        O: Operation,
        H: Handler<T, S>,
        T: FirstArgument<Authorized<O>> + 'static,
    {
        self.declare(O::ID, &Access::secured::<O>(), documented)
    }

    /// Adds an operation for anybody.
    #[must_use]
    pub fn public<O, H, T>(self, documented: Documented<H, S>) -> Self
    where
        O: PublicOperation,
        H: Handler<T, S>,
        T: FirstArgument<Anyone<O>> + 'static,
    {
        self.declare(O::ID, &Access::public::<O>(), documented)
    }

    /// The operations of both.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.operations.extend(other.operations);
        Self { router: self.router.merge(other.router), operations: self.operations }
    }

    /// Gives the handlers what they work on.
    pub fn with_state<S2: Clone + Send + Sync + 'static>(self, state: S) -> Api<S2> {
        Api { router: self.router.with_state(state), operations: self.operations }
    }

    /// The inventory.
    pub fn operations(&self) -> &[Declared] {
        &self.operations
    }

    fn declare<H: Handler<T, S>, T: 'static>(
        mut self,
        id: &'static str,
        access: &Access,
        documented: Documented<H, S>,
    ) -> Self {
        let (schemas, mut paths, _) = documented.documentation;
        let mut served = MethodRouter::new();
        for (path, item) in &mut paths.paths {
            for (method, entry) in entries(item) {
                describe(entry, id, access);
                // What is served is the handler whose arguments were looked at, and no other.
                served = served.on(filter(method), documented.handler.clone());
                let (path, access) = (path.clone(), access.clone());
                self.operations.push(Declared { method, path, id, access });
            }
        }
        let served = match access.cache() {
            Cache::NoStore => served,
            cache => served.layer(map_response(move |response| kept(cache, response))),
        };
        Self { router: self.router.routes((schemas, paths, served)), ..self }
    }
}

impl Api {
    /// Puts the API together, its operations after what `document` says already.
    pub fn assemble(self, document: OpenApi) -> Assembled {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
        let router = OpenApiRouter::with_openapi(document).merge(self.router);
        let (router, mut document) = router.split_for_parts();
        let components = document.components.get_or_insert_with(Components::new);
        components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme.build()));
        Assembled { router, document, operations: self.operations }
    }
}

/// The operations of one address, with their methods.
fn entries(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Entry)> {
    [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, entry)| entry.as_mut().map(|entry| (method, entry)))
}

fn filter(method: &str) -> axum::routing::MethodFilter {
    use axum::routing::MethodFilter;
    match method {
        "GET" => MethodFilter::GET,
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "PATCH" => MethodFilter::PATCH,
        _ => MethodFilter::DELETE,
    }
}

/// Writes into the document who may do the operation.
fn describe(entry: &mut Entry, id: &str, access: &Access) {
    entry.operation_id = Some(id.to_owned());
    let none: [&str; 0] = [];
    let (security, told) = match access {
        Access::Secured { scope, pools, acr, max_age, cache, reach, .. } => {
            refusal(entry, "403", "The token does not reach so far");
            let max_age = max_age.map(|age| age.as_secs());
            let told = json!({"scope": scope, "pools": pools, "acr": acr, "max_age_s": max_age,
                "cache": cache.header(), "private": *reach == Reach::Private});
            (vec![SecurityRequirement::new(SCHEME, [*scope])], told)
        }
        Access::Public { reason, .. } => {
            let either =
                vec![SecurityRequirement::default(), SecurityRequirement::new(SCHEME, none)];
            (either, json!({"public": reason}))
        }
    };
    refusal(entry, "401", "No token where one is needed, or one that is no good");
    refusal(
        entry,
        "default",
        "A refusal before the operation was reached: form, size, rate, firewall, private",
    );
    entry.security = Some(security);
    let extensions = entry.extensions.get_or_insert_default();
    extensions.insert("x-access".to_owned(), told);
}

fn refusal(entry: &mut Entry, status: &str, description: &str) {
    let content = Content::new(Some(Ref::from_schema_name("ProblemDocument")));
    let response = ResponseBuilder::new().description(description).content(PROBLEM_JSON, content);
    let responses = &mut entry.responses.responses;
    responses.entry(status.to_owned()).or_insert_with(|| response.build().into());
}

/// What may be kept, for whom it was made.
async fn kept(cache: Cache, mut response: Response) -> Response {
    if response.status().is_success()
        && let Ok(value) = HeaderValue::from_str(&cache.header())
    {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, value);
        headers.append(header::VARY, HeaderValue::from_static("authorization"));
    }
    response
}
