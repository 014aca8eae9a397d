//! Whom a quote belongs to, and which quotes somebody may open through the API.
//!
//! A quote kept with a token belongs to who holds it: its owner opens it, and our staff; it is not there
//! for anybody else. A quote kept without one belongs to nobody, and its identifier, a secret of 74
//! random bits, opens it. Nothing here is made from a parameter of a request.

use crate::kernel::access::Principal;
use crate::platform::access::{Actor, Employee, Party};

/// What a token must be good for to read the quotes of its holder.
pub(super) const READ: &str = "devis:lire";

/// Somebody with a token: who makes quotes of their own.
#[derive(Clone, Debug)]
pub struct Author {
    party: Party,
    may_read: bool,
    is_staff: bool,
}

impl Actor for Author {
    fn resolve(principal: &Principal) -> Option<Self> {
        Some(Self {
            party: Party::of(principal),
            may_read: principal.scopes.has(READ),
            is_staff: Employee::resolve(principal).is_some(),
        })
    }
}

impl Author {
    pub(super) const fn party(&self) -> Party {
        self.party
    }
}

/// Which quotes are there for somebody who holds an identifier.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sight {
    /// All of them: our staff; and whoever holds the link of a page, which is made to be passed on (a
    /// couple, a broker's client, a bank's adviser), shows no name, and dies with the quote.
    All,
    /// Those of nobody, and those of this party.
    Of(Option<Party>),
}

impl Sight {
    /// Through the API.
    pub(super) fn of(author: Option<&Author>) -> Self {
        match author.filter(|author| author.may_read) {
            Some(author) if author.is_staff => Self::All,
            Some(author) => Self::Of(Some(author.party)),
            None => Self::Of(None),
        }
    }
}
