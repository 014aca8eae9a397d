//! One request for a page of a dossier: whose browser it is, and what it may see.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::answering::Seen;
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::model::{By, Dossier, DossierId, Insured};
use super::super::visits::Visit;
use super::frame::{Notice, signed};
use super::parking::unread;
use crate::domain::dossier::Role;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::cookies::Cookies;
use crate::platform::web::csrf;
use crate::platform::web::form::Form;
use crate::platform::web::page::PageError;

/// Name of the cookie of the journey.
pub(super) const COOKIE: &str = "parcours";

/// Why a handler stops: an answer that is not the page that was asked for.
#[derive(Debug)]
pub struct Stop(Box<Response>);

impl Stop {
    /// This answer in the place of the page.
    pub fn with(answer: impl IntoResponse) -> Self {
        Self(Box::new(answer.into_response()))
    }
}

impl<E: Into<Problem>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::with(PageError(error.into()))
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What a handler answers.
pub(super) type Answer = Result<Response, Stop>;

/// Somebody on their dossier, who has typed the code.
pub struct Guest {
    /// The session.
    pub visit: Visit,
    /// Place of the person, from 1.
    pub place: u8,
    /// The word of the forms of this session.
    pub word: String,
    pub(super) dossier: Dossier,
    cookie: String,
}

impl Guest {
    /// Whether they began the dossier.
    pub const fn is_initiator(&self) -> bool {
        self.place == 1
    }

    /// Refuses a form that does not come from a page of ours.
    ///
    /// # Errors
    /// It does not.
    pub fn check(&self, dossiers: &Dossiers, headers: &HeaderMap, form: &Form) -> Result<(), Stop> {
        let sent = form.value(csrf::FIELD);
        if csrf::is_ours(headers, dossiers.origin(), &self.cookie, sent) {
            return Ok(());
        }
        metrics::counter!("dossiers_foreign_forms_total").increment(1);
        Err(Stop::with(Notice::foreign().status(StatusCode::FORBIDDEN)))
    }

    /// Who acts, for the event.
    pub(super) fn by(&self) -> By {
        let role = if self.is_initiator() { Role::Customer } else { Role::Insured };
        By::person(role, self.visit.insured)
    }

    /// The person of the session.
    pub(super) fn me(&self) -> Result<&Insured, Stop> {
        let me = self.dossier.person(self.visit.insured);
        me.ok_or_else(|| Stop::from(DossierError::Unknown))
    }

    /// The person that a page is about (`a1`, `a2`): oneself, or who sits beside and has no telephone of
    /// their own in the dossier yet.
    pub(super) fn person(&self, who: &str) -> Result<&Insured, Stop> {
        let place = who.strip_prefix('a').and_then(|place| place.parse::<u8>().ok());
        let person = place.and_then(|place| self.dossier.at(place));
        let person = person.ok_or_else(|| Stop::from(DossierError::Unknown))?;
        if self.is_here(person) { Ok(person) } else { Err(DossierError::Unknown.into()) }
    }

    /// Whether this is oneself, or who sits beside.
    fn is_here(&self, person: &Insured) -> bool {
        let sits_beside = self.is_initiator()
            && self.dossier.answers.together
            && person.mobile_proven_at.is_none();
        person.id == self.visit.insured || sits_beside
    }

    /// The places of those whose own documents may be read here: as [`Self::person`].
    pub(super) fn here(&self) -> Vec<u16> {
        let here = self.dossier.insured.iter().filter(|one| self.is_here(one));
        here.map(|one| one.place.into()).collect()
    }

    /// The same for health: oneself, and nobody else ever.
    pub(super) fn own(&self, who: &str) -> Result<&Insured, Stop> {
        let me = self.me()?;
        if who == format!("a{}", me.place) { Ok(me) } else { Err(DossierError::Unknown.into()) }
    }

    /// When the session ends if nothing more is asked, as it is read: «15 h 04».
    pub fn until(&self) -> String {
        super::frame::hour(self.visit.ends_at)
    }

    /// Where they go on, as the dossier is now.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn next(&self, dossiers: &Dossiers) -> Result<String, DossierError> {
        let dossier = dossiers.find(self.dossier.id).await?;
        let next = super::super::progress::next(&dossier, self.place).path();
        Ok(format!("/d/{}/{next}", dossier.id))
    }

    /// Until when the dossier is kept if nobody touches it any more, as it is read.
    pub fn kept_until(&self, dossiers: &Dossiers) -> String {
        super::frame::day(self.dossier.kept_until(&dossiers.core.settings))
    }

    /// Whether the loan and the guarantees are known, which health questions depend on.
    pub const fn knows_cover(&self) -> bool {
        self.dossier.answers.loan_done && self.dossier.answers.guarantees_done
    }

    /// Stops who asks for a page of health that is not their own: oneself, and nobody else ever.
    ///
    /// # Errors
    /// It is somebody else's.
    pub fn is_own(&self, who: &str) -> Result<(), Stop> {
        self.own(who).map(|_| ())
    }

    /// Stops who comes back to answers that are signed.
    ///
    /// # Errors
    /// They are signed.
    pub fn is_unsigned(&self) -> Result<(), Stop> {
        if self.dossier.state.is_signed() {
            return Err(Stop::with(signed(&self.dossier)));
        }
        Ok(())
    }

    /// Where a form of this dossier leads; without a path, to the hub.
    pub(super) fn to(&self, path: &str) -> Response {
        let base = format!("/d/{}", self.dossier.id);
        Redirect::to(&if path.is_empty() { base } else { format!("{base}/{path}") }).into_response()
    }
}

/// Who is on the dossier of this address. Without a session, the page that sends a link; on somebody
/// else's dossier, as if it were not there.
///
/// # Errors
/// There is nobody, or somebody else.
pub async fn guest(dossiers: &Dossiers, headers: &HeaderMap, id: &str) -> Result<Guest, Stop> {
    let id = identifier(id)?;
    let cookies = Cookies::of(dossiers.origin());
    let cookie = cookies.read(headers, COOKIE).map(str::to_owned);
    let Some(visit) = dossiers.visit(cookie.as_deref()).await? else {
        return Err(Stop::with(unread(Notice::over(id).status(StatusCode::FORBIDDEN))));
    };
    if visit.dossier != id {
        return Err(DossierError::Unknown.into());
    }
    if !visit.is_proven {
        return Err(Stop::with(unread(Redirect::to(&format!("/d/{id}/code")))));
    }
    let dossier = dossiers.find(id).await?;
    let me = dossier.person(visit.insured).ok_or(DossierError::Unknown)?;
    let cookie = cookie.unwrap_or_default();
    Ok(Guest { visit, place: me.place, word: csrf::word(&cookie), dossier, cookie })
}

/// Whose browser this is, whatever it asks for: somebody who has typed the code, or nobody.
///
/// # Errors
/// The database does not answer.
pub async fn visitor(
    dossiers: &Dossiers,
    headers: &HeaderMap,
) -> Result<Option<Visit>, DossierError> {
    let cookie = Cookies::of(dossiers.origin()).read(headers, COOKIE);
    Ok(dossiers.visit(cookie).await?.filter(|visit| visit.is_proven))
}

/// The session of this address before the code was typed.
pub(super) async fn arriving(
    dossiers: &Dossiers,
    headers: &HeaderMap,
    id: &str,
) -> Result<(Visit, String), Stop> {
    let id = identifier(id)?;
    let cookies = Cookies::of(dossiers.origin());
    let cookie = cookies.read(headers, COOKIE).map(str::to_owned);
    let visit = dossiers.visit(cookie.as_deref()).await?.filter(|visit| visit.dossier == id);
    match visit {
        Some(visit) => Ok((visit, cookie.unwrap_or_default())),
        None => Err(Stop::with(Notice::over(id).status(StatusCode::FORBIDDEN))),
    }
}

/// The identifier of an address; a text that is none names nothing.
pub(super) fn identifier(text: &str) -> Result<DossierId, Stop> {
    text.parse().map_err(|_| Stop::from(Problem::new(Kind::NotFound)))
}

/// Which version the form was shown from.
pub(super) fn seen(form: &Form) -> Seen {
    form.value("v").parse().map_or(Seen::Page(0), Seen::Page)
}
