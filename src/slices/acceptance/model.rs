//! The words of this slice: how somebody's request stands, and what is proposed to them.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::domain::underwriting::Conditions;
use crate::domain::underwriting::aeras::Level;
use crate::slices::quotes::wire::QuoteResponse;

/// How the request of a person stands.
pub(super) enum Outlook {
    /// Their health is not studied by a questionnaire.
    NotAsked,
    /// The questionnaire is to be filled in, or gone on with.
    ToFill {
        /// Something was answered already.
        is_begun: bool,
    },
    /// Everything was sent; the decision is awaited.
    Awaited,
    /// A person studies it.
    Studied(Study),
    /// They can be insured, on conditions.
    Proposed(Box<Proposed>),
    /// They are accepted, or have accepted the conditions.
    Accepted,
    /// Not before this day.
    Postponed {
        /// From when a new request is of use.
        until: Date,
    },
    /// Refused by a person.
    Declined {
        /// When.
        at: Timestamp,
        /// The level of AERAS that studies it again.
        level: Level,
    },
}

/// A study by a person.
pub(super) struct Study {
    /// Codes of the documents asked for.
    pub(super) evidence: Vec<String>,
    /// Since when.
    pub(super) since: Timestamp,
}

/// Conditions with their price, as they are shown.
pub(super) struct Proposed {
    /// What is kept of it.
    pub(super) proposal: Proposal,
    /// What is sold, and how.
    pub(super) conditions: Conditions,
    /// Its premiums may be capped for a household that is entitled to it (AERAS).
    pub(super) may_be_capped: bool,
    /// The price as asked.
    pub(super) before: QuoteResponse,
    /// The price with the conditions.
    pub(super) after: QuoteResponse,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reply {
    /// None yet.
    Proposed,
    /// The person accepts.
    Accepted,
    /// The person does not; they may change their mind while it is valid.
    Refused,
}

impl Reply {
    /// As it is stored.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    /// The reply of this code.
    pub(super) fn of(code: &str) -> Option<Self> {
        [Self::Proposed, Self::Accepted, Self::Refused].into_iter().find(|it| it.code() == code)
    }
}

/// A proposal, as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Proposal {
    /// Identifier.
    pub(super) id: Uuid,
    /// Whose.
    pub(super) insured: Uuid,
    /// The decision that it follows from.
    pub(super) decision: Uuid,
    /// The quote that it was worked out on.
    pub(super) base_quote: Uuid,
    /// The quote that has the conditions.
    pub(super) quote: Uuid,
    /// What the person answered.
    pub(super) reply: Reply,
    /// Last day on which it can be accepted.
    pub(super) valid_until: Date,
    /// Its premiums are capped (AERAS).
    pub(super) is_capped: bool,
}
