//! The eighteen criteria of the CCSF, as data: number, guarantee, wording and possible values.
//!
//! The values of a criterion are listed **from the one that demands most to the one that demands
//! least**, so that comparing a cover with a requirement is comparing two places in the list.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a criterion is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Every guarantee.
    Toutes,
    /// Death.
    Deces,
    /// PTIA.
    Ptia,
    /// Incapacity: ITT.
    Incapacite,
    /// Invalidity: IPT and IPP.
    Invalidite,
}

/// A value that a lender may require.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    /// Stable code, as in JSON.
    pub code: &'static str,
    /// The value in words (French).
    pub label: &'static str,
}

/// One criterion of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Number in the list of the CCSF, 1 to 18.
    pub number: u8,
    /// What it is about.
    pub scope: Scope,
    /// Wording (French).
    pub title: &'static str,
    /// Possible values, the most demanding first; none when the criterion is met or not.
    pub values: &'static [Value],
}

impl Criterion {
    /// The criterion with this number.
    pub fn numbered(number: u8) -> Option<&'static Self> {
        let place = usize::from(number).checked_sub(1)?;
        CRITERIA.get(place)
    }

    /// The criterion of this code, as answers and refusals have it.
    pub fn of_code(code: &str) -> Option<&'static Self> {
        CRITERIA.iter().find(|criterion| criterion.refusal_code() == code)
    }

    /// The reason a lender gives when it refuses on this criterion (`docs/domain/product.md`).
    pub fn refusal_code(&self) -> String {
        format!("CCSF_{:02}", self.number)
    }
}

/// Stays abroad: criterion 2. Professional includes humanitarian stays, and personal ones.
pub const TRAVEL: &[Value] = &[
    value("professionnel", "déplacements personnels, professionnels ou humanitaires"),
    value("personnel", "déplacements personnels"),
];

/// Longest waiting period accepted, in days: criterion 6.
pub const FRANCHISE: &[Value] = &[
    value("30", "30 jours"),
    value("60", "60 jours"),
    value("90", "90 jours"),
    value("120", "120 jours"),
    value("180", "180 jours"),
];

/// Part of the instalment paid to who has no occupation at the claim: criterion 10.
pub const WITHOUT_OCCUPATION: &[Value] =
    &[value("100", "à 100 %"), value("50_99", "de 50 à 99 %"), value("1_49", "de 1 à 49 %")];

/// Condition on back and psychic disorders (MNO): criteria 11, 12, 17 and 18.
pub const MNO: &[Value] = &[
    value("sans_condition", "sans condition d’hospitalisation ni d’intervention"),
    value("hospitalisation_moins_10_jours", "avec une hospitalisation de moins de 10 jours"),
    value(
        "hospitalisation_10_jours_ou_chirurgie",
        "avec une hospitalisation de 10 jours ou plus, ou une intervention chirurgicale",
    ),
];

/// The list (*liste de place*), in order of the numbers.
#[rustfmt::skip]
pub const CRITERIA: [Criterion; 18] = [
    criterion(1, Scope::Toutes, "Couverture des sports amateurs pratiqués à la souscription", &[]),
    criterion(2, Scope::Toutes, "Maintien de la couverture lors de déplacements dans le monde entier", TRAVEL),
    criterion(3, Scope::Deces, "Décès : couverture pendant toute la durée du prêt", &[]),
    criterion(4, Scope::Ptia, "PTIA : couverture pendant toute la durée du prêt", &[]),
    criterion(5, Scope::Incapacite, "Incapacité : couverture pendant toute la durée du prêt", &[]),
    criterion(6, Scope::Incapacite, "Incapacité : délai de franchise", FRANCHISE),
    criterion(7, Scope::Incapacite, "Incapacité : évaluation selon la profession exercée au jour du sinistre", &[]),
    criterion(8, Scope::Incapacite, "Incapacité : prestation égale à la mensualité assurée, sans référence à la perte de revenu", &[]),
    criterion(9, Scope::Incapacite, "Incapacité : maintien en mi-temps thérapeutique, à 50 % au moins pendant 90 jours au moins", &[]),
    criterion(10, Scope::Incapacite, "Incapacité : couverture des inactifs au jour du sinistre", WITHOUT_OCCUPATION),
    criterion(11, Scope::Incapacite, "Incapacité : couverture des affections dorsales", MNO),
    criterion(12, Scope::Incapacite, "Incapacité : couverture des affections psychiatriques", MNO),
    criterion(13, Scope::Invalidite, "Invalidité : couverture pendant toute la durée du prêt", &[]),
    criterion(14, Scope::Invalidite, "Invalidité : évaluation selon la profession exercée au jour du sinistre", &[]),
    criterion(15, Scope::Invalidite, "Invalidité totale : prestation sans référence à la perte de revenu", &[]),
    criterion(16, Scope::Invalidite, "Invalidité partielle : couverture à partir de 33 %", &[]),
    criterion(17, Scope::Invalidite, "Invalidité : couverture des affections dorsales", MNO),
    criterion(18, Scope::Invalidite, "Invalidité : couverture des affections psychiatriques", MNO),
];

const fn criterion(
    number: u8,
    scope: Scope,
    title: &'static str,
    values: &'static [Value],
) -> Criterion {
    Criterion { number, scope, title, values }
}

const fn value(code: &'static str, label: &'static str) -> Value {
    Value { code, label }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_criterion_is_found_by_its_number() {
        for number in 1..=18 {
            let criterion = Criterion::numbered(number).expect("in the list");
            assert_eq!(criterion.number, number);
        }
        assert_eq!(Criterion::numbered(0), None);
        assert_eq!(Criterion::numbered(19), None);
        assert_eq!(CRITERIA[2].refusal_code(), "CCSF_03");
        assert_eq!(Criterion::of_code("CCSF_03"), Some(&CRITERIA[2]));
        assert_eq!(Criterion::of_code("QUOTITE"), None);
    }

    #[test]
    fn values_are_those_of_the_list() {
        let valued = CRITERIA.iter().filter(|criterion| !criterion.values.is_empty());
        let numbers: Vec<u8> = valued.map(|criterion| criterion.number).collect();
        assert_eq!(numbers, [2, 6, 10, 11, 12, 17, 18]);
    }
}
