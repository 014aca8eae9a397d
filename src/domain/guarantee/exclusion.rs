//! What a contract does not cover for one person (*exclusions*), `docs/domain/tariff.md`.
//!
//! Each is printed in the conditions and acknowledged one by one before signature.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::kind::Guarantee;
use crate::domain::person::{Sport, WorkHazard};

/// Why something is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionCategory {
    /// A decision on health.
    Medical,
    /// A sport.
    Sport,
    /// A risk of the job.
    Profession,
    /// Long stays abroad.
    Travel,
}

/// Something that is not covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// Stable code.
    pub code: Cow<'static, str>,
    /// Why.
    pub category: ExclusionCategory,
    /// The guarantees that it limits.
    pub guarantees: Cow<'static, [Guarantee]>,
    /// As printed in the conditions (French).
    pub wording: String,
    /// First day without it.
    pub until: Option<Date>,
}

impl Exclusion {
    /// A sport in competition, or one that the customer prefers not to have covered.
    pub fn of_sport(sport: Sport) -> Self {
        Self {
            code: sport.code().into(),
            category: ExclusionCategory::Sport,
            guarantees: Cow::Borrowed(&Guarantee::ALL),
            wording: format!("Les suites de la pratique suivante : {}.", sport.label()),
            until: None,
        }
    }

    /// The professional cause of a dangerous job.
    pub fn of_work(hazard: WorkHazard) -> Self {
        Self {
            code: hazard.code().into(),
            category: ExclusionCategory::Profession,
            guarantees: Cow::Borrowed(&Guarantee::ALL),
            wording: format!("Les suites du risque professionnel suivant : {}.", hazard.label()),
            until: None,
        }
    }
}
