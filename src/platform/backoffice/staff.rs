//! Who of our staff is logged in with a browser, and the seam towards who keeps sessions.

use axum::http::HeaderMap;
use jiff::Timestamp;
use std::time::Duration;

use crate::kernel::access::Acr;
use crate::kernel::problem::Problem;
use crate::platform::access::{Boxed, Party};

/// A session of one of our staff, as who keeps sessions knows it.
#[derive(Clone, Debug)]
pub struct StaffSession {
    /// Issuer of the pool.
    pub issuer: String,
    /// Name of the person at the issuer.
    pub subject: String,
    /// Name shown to people.
    pub name: String,
    /// Groups of the person.
    pub groups: Vec<Box<str>>,
    /// Strength of the login.
    pub acr: Acr,
    /// When the person logged in.
    pub auth_time: Timestamp,
    /// Now, on the clock of who keeps sessions.
    pub now: Timestamp,
    /// The word that forms of this session carry.
    pub word: String,
}

/// Who keeps sessions of our staff.
pub trait StaffSessions: Send + Sync + 'static {
    /// Who is logged in with this browser; `None` when nobody is.
    ///
    /// # Errors
    /// It cannot be known now.
    fn current<'a>(
        &'a self,
        headers: &'a HeaderMap,
    ) -> Boxed<'a, Result<Option<StaffSession>, Problem>>;

    /// Where to log in, to come back to this page of the back office.
    fn login(&self, back: &str) -> String;

    /// Where to log out.
    fn logout(&self) -> String;

    /// Where the person's own account is.
    fn account(&self) -> String;

    /// Our own origin, without a slash at its end.
    fn origin(&self) -> &str;
}

/// Nobody is ever logged in: for documents and tests that need no back office.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStaff;

impl StaffSessions for NoStaff {
    fn current<'a>(
        &'a self,
        _headers: &'a HeaderMap,
    ) -> Boxed<'a, Result<Option<StaffSession>, Problem>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn login(&self, _back: &str) -> String {
        "/".to_owned()
    }

    fn logout(&self) -> String {
        "/".to_owned()
    }

    fn account(&self) -> String {
        "/".to_owned()
    }

    fn origin(&self) -> &str {
        ""
    }
}

/// One of our staff, in person, with two factors. Made by the guard and by nothing else.
#[derive(Clone, Debug)]
pub struct Staff {
    party: Party,
    session: StaffSession,
}

impl Staff {
    pub(super) fn new(session: StaffSession) -> Self {
        Self { party: Party::named(&session.issuer, &session.subject), session }
    }

    /// The name under which rows belong to them: the same as of their tokens.
    pub const fn party(&self) -> Party {
        self.party
    }

    /// Their identifier in the pool, for a journal.
    pub fn subject(&self) -> &str {
        &self.session.subject
    }

    /// Name shown to people.
    pub fn name(&self) -> &str {
        &self.session.name
    }

    /// Strength of the login.
    pub const fn acr(&self) -> Acr {
        self.session.acr
    }

    /// Whether they are in this group.
    pub fn is_in(&self, group: &str) -> bool {
        self.session.groups.iter().any(|known| &**known == group)
    }

    /// Whether they are in one of these groups.
    pub fn is_in_one_of(&self, groups: &[&str]) -> bool {
        groups.iter().any(|group| self.is_in(group))
    }

    /// Whether they logged in within `age`: for acts that ask for a fresh proof.
    pub fn is_fresh(&self, age: Duration) -> bool {
        self.session.auth_time + age >= self.session.now
    }

    pub(super) fn word(&self) -> &str {
        &self.session.word
    }
}
