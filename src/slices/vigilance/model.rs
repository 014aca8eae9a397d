//! The words of vigilance: what a check rests on, and what came of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What an identity is verified by. A person whom nobody met is known by two of them (art. R561-5-2 CMF).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// A valid document of identity was seen (*pièce d'identité*).
    Document,
    /// The bank says that the account is theirs (*vérification du bénéficiaire*, regulation (EU) 2024/886).
    Account,
}

impl Measure {
    pub(super) const ALL: [Self; 2] = [Self::Document, Self::Account];

    /// As it is stored.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Account => "account",
        }
    }

    /// What somebody says by ticking it.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::Document => "J’ai vu une pièce d’identité en cours de validité de cette personne",
            Self::Account => "La banque confirme que ce compte est au nom de cette personne",
        }
    }
}

/// What came of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Who looked is satisfied.
    Verified,
    /// They are not.
    Refused,
}

impl Outcome {
    /// As it is stored, and sent by the form.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Refused => "refused",
        }
    }

    /// The outcome of this code.
    pub(super) fn of(code: &str) -> Option<Self> {
        [Self::Verified, Self::Refused].into_iter().find(|it| it.code() == code)
    }
}

/// A look, as it was written down.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) id: Uuid,
    pub(super) outcome: Outcome,
    /// Codes of measures.
    pub(super) measures: String,
    /// [`Words`], sealed.
    pub(super) words: Vec<u8>,
    /// Who looked, as their pool names them.
    pub(super) by: String,
    pub(super) at: Timestamp,
}

/// What a look says of people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Words {
    /// Who looked, as they are called.
    pub(super) name: String,
    /// What they wrote.
    pub(super) note: String,
}

/// One of our staff who looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Officer<'a> {
    /// As their pool names them.
    pub(super) subject: &'a str,
    /// As they are called.
    pub(super) name: &'a str,
}

/// What somebody found and is about to write down.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    pub(super) measures: Vec<Measure>,
    pub(super) note: String,
    /// The last look that the page showed.
    pub(super) seen: Option<Uuid>,
}

/// What writing it down led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// The identity is verified: cover may begin.
    Verified,
    /// So much is covered that somebody else must look too.
    NeedsAnother,
    /// The same person cannot be both.
    SamePerson,
    /// It could not be verified; who subscribed is told.
    Refused,
    /// Somebody wrote something down meanwhile: it must be read first.
    Changed,
    /// It is verified already, or the contract is over.
    Closed,
}

impl Settled {
    /// As figures name it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NeedsAnother => "needs_another",
            Self::SamePerson => "same_person",
            Self::Refused => "refused",
            Self::Changed => "changed",
            Self::Closed => "closed",
        }
    }
}
