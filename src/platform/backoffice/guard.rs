//! The guard at the door, and the proofs that handlers take.
//!
//! Closed unless opened: without the layer there is no [`Visitor`] in the request, and every proof
//! refuses.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::ROOT;
use super::page::{Frame, Link};
use super::room::{Entry, Room};
use super::staff::{Staff, StaffSessions};
use crate::kernel::access::Acr;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::equal;
use crate::platform::web::csrf;
use crate::platform::web::form::{Form, LongForm};
use crate::platform::web::page::PageError;

/// Longest address that a login comes back to.
const LONGEST_WAY: usize = 180;

/// What the guard knows.
pub(super) struct Door {
    pub(super) sessions: Arc<dyn StaffSessions>,
    pub(super) entries: Vec<Entry>,
}

/// Who stands in the house: left in the request by the guard.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) staff: Staff,
    door: Arc<Door>,
    path: String,
}

/// Lets staff with two factors in; sends anybody else to log in.
pub(super) async fn admit(
    State(door): State<Arc<Door>>,
    mut request: Request,
    next: Next,
) -> Response {
    let session = match door.sessions.current(request.headers()).await {
        Ok(session) => session.filter(|session| session.acr >= Acr::Mfa),
        Err(problem) => return PageError(problem).into_response(),
    };
    let Some(session) = session else {
        return Redirect::to(&door.sessions.login(&way_back(&request))).into_response();
    };
    let path = request.uri().path().to_owned();
    let visitor = Visitor { staff: Staff::new(session), door, path };
    request.extensions_mut().insert(visitor);
    let mut answer = next.run(request).await;
    // Staff see what others must not: no browser keeps it, whatever a page says.
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// The page that was asked for; the first one for a form, which would be sent again by nobody.
fn way_back(request: &Request) -> String {
    let uri = request.uri();
    let way = uri.path_and_query().map_or(ROOT, |way| way.as_str());
    if request.method() == Method::GET && way.len() <= LONGEST_WAY { way } else { ROOT }.to_owned()
}

impl Visitor {
    pub(super) fn of(parts: &Parts) -> Result<Self, PageError> {
        let visitor = parts.extensions.get::<Self>();
        let unguarded = || Problem::new(Kind::Bug).cause("a page of staff without its guard");
        Ok(visitor.cloned().ok_or_else(unguarded)?)
    }

    pub(super) fn frame(&self) -> Frame {
        let is_open = |entry: &&Entry| self.staff.is_in_one_of(entry.groups);
        let is_here = |entry: &Entry| {
            let rest = self.path.strip_prefix(entry.path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let links = self.door.entries.iter().filter(is_open).map(|entry| Link {
            title: entry.title,
            summary: entry.summary,
            path: entry.path,
            is_here: is_here(entry),
        });
        Frame {
            name: self.staff.name().to_owned(),
            links: links.collect(),
            word: self.staff.word().to_owned(),
            account: self.door.sessions.account(),
            logout: self.door.sessions.logout(),
            told: String::new(),
        }
    }
}

/// The proof that somebody may enter `R`. Made by the extractor below and by nothing else.
pub struct Admitted<R: Room> {
    visitor: Visitor,
    room: PhantomData<fn() -> R>,
}

impl<R: Room> Admitted<R> {
    /// Whom the handler works for.
    pub const fn staff(&self) -> &Staff {
        &self.visitor.staff
    }

    /// What the page shows around its subject.
    pub fn frame(&self) -> Frame {
        self.visitor.frame()
    }

    fn new(visitor: Visitor) -> Result<Self, PageError> {
        let staff = &visitor.staff;
        if staff.is_in_one_of(R::GROUPS) && staff.acr() >= R::MIN_ACR {
            return Ok(Self { visitor, room: PhantomData });
        }
        metrics::counter!("backoffice_refused_total", "room" => R::PATH).increment(1);
        Err(Problem::new(Kind::Forbidden).into())
    }
}

impl<R: Room, S: Send + Sync> FromRequestParts<S> for Admitted<R> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, PageError> {
        Self::new(Visitor::of(parts)?)
    }
}

/// The same of a form, which comes from our own page, with its answers.
pub struct Deed<R: Room> {
    /// Who acts.
    pub admitted: Admitted<R>,
    /// What was answered.
    pub form: Form,
}

impl<R: Room, S: Send + Sync> FromRequest<S> for Deed<R> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let admitted = Admitted::<R>::from_request_parts(&mut parts, state).await?;
        let headers = parts.headers.clone();
        // Whole, as it was typed: what staff write down is kept, and each room says what is too long.
        let LongForm(form) =
            LongForm::from_request(Request::from_parts(parts, body), state).await?;
        let visitor = &admitted.visitor;
        let word = form.value(csrf::FIELD);
        let is_ours = csrf::comes_from_us(&headers, visitor.door.sessions.origin())
            && equal(visitor.staff.word().as_bytes(), word.as_bytes());
        if !is_ours {
            metrics::counter!("backoffice_foreign_forms_total").increment(1);
            let foreign = Problem::new(Kind::Forbidden).cause("a form that is not of our page");
            return Err(foreign.into());
        }
        Ok(Self { admitted, form })
    }
}
