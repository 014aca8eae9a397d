//! The outcome of one guarantee, in the order in which the worst wins.

use serde::{Deserialize, Serialize};

use crate::domain::guarantee::Guarantee;

/// What an assessment says of one guarantee. The order is that of the contract with the engine: the
/// later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Accepted at the usual price (*acceptation*).
    Accept,
    /// Accepted for more (*surprime*).
    Loading,
    /// Accepted without some cause of loss (*exclusion*).
    Exclusion,
    /// A document is needed first (*pièce*).
    Evidence,
    /// A person decides (*étude par le médecin-conseil*).
    Refer,
    /// Not now (*ajournement*).
    Postpone,
    /// Not covered (*refus*).
    Decline,
}

impl Outcome {
    /// Every outcome, from the best to the worst.
    pub const ALL: [Self; 7] = [
        Self::Accept,
        Self::Loading,
        Self::Exclusion,
        Self::Evidence,
        Self::Refer,
        Self::Postpone,
        Self::Decline,
    ];

    /// As in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Loading => "loading",
            Self::Exclusion => "exclusion",
            Self::Evidence => "evidence",
            Self::Refer => "refer",
            Self::Postpone => "postpone",
            Self::Decline => "decline",
        }
    }

    /// Whether the guarantee can be sold as it is.
    pub const fn is_acceptance(self) -> bool {
        matches!(self, Self::Accept | Self::Loading | Self::Exclusion)
    }
}

/// What was decided for one guarantee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuaranteeOutcome {
    /// Which.
    pub guarantee: Guarantee,
    /// What.
    pub outcome: Outcome,
    /// Supplement in percent of the premium.
    pub loading_percent: u16,
    /// Supplement in thousandths of the capital a year.
    pub per_mille: u16,
    /// Codes of what is not covered.
    pub exclusions: Vec<String>,
    /// Codes of the documents asked for.
    pub evidence: Vec<String>,
    /// Months before a new request, when postponed.
    pub postpone_months: Option<u16>,
}

impl GuaranteeOutcome {
    /// Accepted as asked.
    pub const fn accepted(guarantee: Guarantee) -> Self {
        Self {
            guarantee,
            outcome: Outcome::Accept,
            loading_percent: 0,
            per_mille: 0,
            exclusions: Vec::new(),
            evidence: Vec::new(),
            postpone_months: None,
        }
    }

    /// Whether it is sold otherwise than as asked: for more, or without something.
    pub fn is_modified(&self) -> bool {
        self.loading_percent > 0 || self.per_mille > 0 || !self.exclusions.is_empty()
    }
}
