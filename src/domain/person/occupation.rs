//! Occupations (*situations professionnelles*) and the risk class each leads to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Professional status, `docs/domain/product.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occupation {
    /// Employed, managerial (*salarié cadre*).
    SalarieCadre,
    /// Employed, not managerial.
    SalarieNonCadre,
    /// Civil servant (*fonctionnaire*), categories B and C.
    Fonctionnaire,
    /// Civil servant of category A.
    FonctionnaireA,
    /// Liberal profession.
    ProfessionLiberale,
    /// Craftsman.
    Artisan,
    /// Shopkeeper.
    Commercant,
    /// Farmer.
    ExploitantAgricole,
    /// Head of a company.
    ChefEntreprise,
    /// Student.
    Etudiant,
    /// Without a job.
    SansEmploi,
    /// Retired: covered for death and PTIA only.
    Retraite,
}

/// Manual work in the job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManualWork {
    /// None to speak of.
    #[default]
    None,
    /// Light: at least class C3.
    Light,
    /// Heavy, or dangerous: class C4.
    Heavy,
}

/// Risk class of the incapacity and invalidity guarantees, `docs/domain/tariff.md`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RiskClass {
    /// Managers, office liberal professions.
    C1,
    /// Employees, intermediate professions, non-working.
    C2,
    /// Craftsmen, shopkeepers, light manual work.
    C3,
    /// Heavy manual or dangerous work.
    C4,
}

impl RiskClass {
    /// Every class, safest first.
    pub const ALL: [Self; 4] = [Self::C1, Self::C2, Self::C3, Self::C4];

    /// Place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl Occupation {
    const fn base_class(self) -> RiskClass {
        match self {
            Self::SalarieCadre
            | Self::FonctionnaireA
            | Self::ProfessionLiberale
            | Self::ChefEntreprise => RiskClass::C1,
            Self::SalarieNonCadre
            | Self::Fonctionnaire
            | Self::Etudiant
            | Self::SansEmploi
            | Self::Retraite => RiskClass::C2,
            Self::Artisan | Self::Commercant | Self::ExploitantAgricole => RiskClass::C3,
        }
    }

    /// The class of somebody in this occupation, with this manual work, who drives this much for
    /// the job (`docs/domain/product.md`: more than 20 000 km a year is at least C3).
    pub fn risk_class(self, manual_work: ManualWork, km_per_year: u32) -> RiskClass {
        let from_work = match manual_work {
            ManualWork::None => RiskClass::C1,
            ManualWork::Light => RiskClass::C3,
            ManualWork::Heavy => RiskClass::C4,
        };
        let from_road = if km_per_year > 20_000 { RiskClass::C3 } else { RiskClass::C1 };
        self.base_class().max(from_work).max(from_road)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_riskiest_fact_gives_the_class() {
        use ManualWork::{Heavy, Light, None};
        let cases = [
            (Occupation::SalarieCadre, None, 0, RiskClass::C1),
            (Occupation::SalarieCadre, None, 20_000, RiskClass::C1),
            (Occupation::SalarieCadre, None, 20_001, RiskClass::C3),
            (Occupation::SalarieNonCadre, None, 0, RiskClass::C2),
            (Occupation::SalarieNonCadre, Light, 0, RiskClass::C3),
            (Occupation::FonctionnaireA, None, 0, RiskClass::C1),
            (Occupation::Artisan, None, 0, RiskClass::C3),
            (Occupation::Artisan, Heavy, 30_000, RiskClass::C4),
        ];
        for (occupation, manual_work, km, class) in cases {
            assert_eq!(occupation.risk_class(manual_work, km), class, "{occupation:?}");
        }
    }
}
