//! Sports that change the price or the cover, allowed in every path (`docs/domain/tariff.md`).

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

impl Sport {
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
            Self::DiveDeep => ("SPORT_DIVE_DEEP", "plongée au-delà de 20 m"),
            Self::ClimbAlpine => ("SPORT_CLIMB_ALPINE", "alpinisme"),
            Self::Air => ("SPORT_AIR", "parachute, parapente, ULM"),
            Self::MotorRace => ("SPORT_MOTOR_RACE", "course avec un véhicule à moteur"),
            Self::CombatPro => ("SPORT_COMBAT_PRO", "sport de combat professionnel"),
            Self::BoatOffshore => ("SPORT_BOAT_OFFSHORE", "course au large"),
            Self::HorseComp => ("SPORT_HORSE_COMP", "équitation en compétition"),
        }
    }
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
