//! Risks of the job (*risques professionnels*), allowed in every path (`docs/domain/tariff.md`): class C4,
//! and the professional cause is excluded.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A dangerous side of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkHazard {
    /// Work above 15 m.
    Heights,
    /// Explosives.
    Explosives,
    /// Offshore work.
    Offshore,
    /// Armed forces on external operations.
    ArmedForces,
    /// Armed police.
    ArmedPolice,
    /// Security of premises at night.
    Bouncer,
    /// Professional sport.
    ProSport,
    /// Driving dangerous goods.
    DangerousGoods,
}

impl WorkHazard {
    /// Code of the exclusion.
    pub const fn code(self) -> &'static str {
        self.entry().0
    }

    /// In words (French).
    pub const fn label(self) -> &'static str {
        self.entry().1
    }

    const fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::Heights => ("PROF_HEIGHTS", "travail à plus de 15 m de hauteur"),
            Self::Explosives => ("PROF_EXPLOSIVES", "manipulation d’explosifs"),
            Self::Offshore => ("PROF_OFFSHORE", "travail en mer, sur plateforme"),
            Self::ArmedForces => ("PROF_ARMED_FORCES", "opération militaire extérieure"),
            Self::ArmedPolice => ("PROF_ARMED_POLICE", "intervention avec une arme"),
            Self::Bouncer => ("PROF_BOUNCER", "surveillance d’établissements de nuit"),
            Self::ProSport => ("PROF_SPORT", "sport professionnel"),
            Self::DangerousGoods => ("PROF_GOODS", "transport de matières dangereuses"),
        }
    }
}
