//! Sports that change the price or the cover, allowed in every path (`domain.md` §3.9).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A sport with a risk of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sport {
    /// Diving below 20 m.
    DiveDeep,
    /// Alpine climbing.
    ClimbAlpine,
    /// Parachute, paraglider, microlight.
    Air,
    /// Motor racing.
    MotorRace,
    /// Professional combat sports.
    CombatPro,
    /// Offshore sailing.
    BoatOffshore,
    /// Competition riding.
    HorseComp,
}

/// How the sport is practised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SportLevel {
    /// As an amateur, supervised.
    #[default]
    Amateur,
    /// In competition: always excluded.
    Competition,
}

/// What the customer chooses for an amateur sport.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SportTreatment {
    /// Covered, for a loading of 0.05 % of the outstanding a year on death and PTIA.
    #[default]
    Loading,
    /// Not covered, at no extra price.
    Exclusion,
}
