//! The words of this slice: a session and its states, who it is for, what is told of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::guarantee::Guarantee;
use crate::domain::pathway::Path;

/// A mark of whom a browser is logged in as: a hash, the same for the same person.
pub type Applicant = [u8; 32];

/// An insured person of a dossier, for whom a questionnaire is opened or asked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Insured {
    /// The dossier.
    pub dossier: Uuid,
    /// Number in the dossier, from 1.
    pub number: u8,
}

/// What opens a questionnaire.
#[derive(Clone, Debug)]
pub struct Opening {
    /// For whom.
    pub insured: Insured,
    /// Whose browser.
    pub applicant: Applicant,
    /// The person's path: only P3 has a questionnaire.
    pub path: Path,
    /// What the engine is told.
    pub facts: Facts,
    /// What the person has declared before and is not to be asked again: only for a questionnaire in which nothing
    /// is answered yet ([`super::Underwriting::is_untouched`]).
    pub declared: Option<Declared>,
}

/// What a person has declared before the questionnaire, of what it asks in the same words. It prints as `…`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// Height.
    pub centimetres: u16,
    /// Weight.
    pub kilograms: u16,
    /// They have smoked in the last 24 months.
    pub smokes: bool,
    /// They are on sick leave today, or work part-time for their health.
    pub is_on_leave: bool,
    /// An examination of the last six months was abnormal, or its result is awaited.
    pub is_examined: bool,
}

impl std::fmt::Debug for Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// What the engine is told of a person: nothing that names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Age at the first day of cover, in whole years.
    pub age: u8,
    /// Insured capital in whole euros, all running loans included.
    pub capital_euros: u32,
    /// Months of cover.
    pub months: u16,
    /// The guarantees asked for.
    pub guarantees: Vec<Guarantee>,
}

/// What a person asks to be studied again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// What was decided (GDPR article 22, AERAS).
    Review,
    /// A specific cover of invalidity (*garantie invalidité spécifique*, AERAS), where the usual ones
    /// are refused.
    Gis,
}

impl Wish {
    /// As the journal has it.
    pub(super) const fn action(self) -> &'static str {
        match self {
            Self::Review => "review_asked",
            Self::Gis => "gis_asked",
        }
    }

    /// The wish of this line of the journal.
    pub(super) fn of(action: &str) -> Option<Self> {
        [Self::Review, Self::Gis].into_iter().find(|it| it.action() == action)
    }
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionState {
    /// Wanted; the engine may not know of it yet.
    Created,
    /// The person answers.
    InProgress,
    /// Everything is answered: the decision is awaited.
    Submitted,
    /// A person studies it.
    Referred,
    /// Decided.
    Decided,
    /// Not finished in time.
    Expired,
    /// Given up by us.
    Cancelled,
    /// Lost at the engine: a new one is offered.
    Failed,
}

impl SessionState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::InProgress,
        Self::Submitted,
        Self::Referred,
        Self::Decided,
        Self::Expired,
        Self::Cancelled,
        Self::Failed,
    ];

    /// As it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::InProgress => "IN_PROGRESS",
            Self::Submitted => "SUBMITTED",
            Self::Referred => "REFERRED",
            Self::Decided => "DECIDED",
            Self::Expired => "EXPIRED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }

    /// The state of this code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether a session may go from here to `next`.
    pub const fn may_become(self, next: Self) -> bool {
        use SessionState as S;
        match self {
            S::Created => matches!(next, S::InProgress | S::Expired | S::Cancelled | S::Failed),
            S::InProgress => matches!(
                next,
                S::Submitted | S::Referred | S::Decided | S::Expired | S::Cancelled | S::Failed
            ),
            S::Submitted => {
                matches!(next, S::Referred | S::Decided | S::Expired | S::Cancelled | S::Failed)
            }
            S::Referred => matches!(next, S::Decided | S::Referred | S::Cancelled),
            // A person may take another decision; a dossier may be given up.
            S::Decided => matches!(next, S::Decided | S::Referred | S::Cancelled),
            S::Expired | S::Cancelled | S::Failed => false,
        }
    }

    /// Whether it stands in the way of another session for the same person.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::Expired | Self::Cancelled | Self::Failed)
    }

    /// Whether the browser may still go to the questionnaire.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Created | Self::InProgress)
    }
}

/// A session, as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: Uuid,
    pub(super) insured: Insured,
    pub(super) applicant: Applicant,
    pub(super) facts: Facts,
    pub(super) idempotency_key: String,
    pub(super) engine_id: Option<String>,
    pub(super) token_sealed: Option<Vec<u8>>,
    pub(super) token_expires_at: Option<Timestamp>,
    pub(super) state: SessionState,
    pub(super) attempts: u32,
    pub(super) submitted_at: Option<Timestamp>,
    /// An outage of the engine stopped them, and they have not come back since.
    pub(super) is_stopped: bool,
}

#[cfg(test)]
mod tests {
    use super::SessionState as S;

    #[test]
    fn a_session_ends_once_and_every_state_can_be_reached() {
        for from in S::ALL {
            assert_eq!(S::of(from.code()), Some(from));
            let can_end = S::ALL.into_iter().any(|to| from.may_become(to));
            assert_eq!(can_end, from.is_live(), "{}", from.code());
            let is_reached = S::ALL.into_iter().any(|before| before.may_become(from));
            assert_eq!(is_reached, from != S::Created, "{}", from.code());
        }
        assert!(!S::Decided.may_become(S::InProgress) && !S::Referred.may_become(S::Submitted));
    }
}
