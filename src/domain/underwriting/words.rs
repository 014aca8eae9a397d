//! What is read of a decision: the wording of each exclusion, the name of each document asked for.
//!
//! Demonstration texts, as `products/README.md` says of the tariff. An exclusion without a wording here
//! cannot be sold: nobody could acknowledge it.

use crate::domain::guarantee::{ExclusionCategory, Guarantee};

/// Exclusions that a decision may name: code, why, wording as printed (French).
const EXCLUSIONS: [(&str, ExclusionCategory, &str); 4] = [
    (
        "EX_PLONGEE_40M",
        ExclusionCategory::Sport,
        "Les suites d’une plongée sous-marine à plus de 40\u{a0}mètres.",
    ),
    (
        "EX_ALPINISME",
        ExclusionCategory::Sport,
        "Les suites de l’alpinisme sans guide au-dessus de 4\u{202f}000\u{a0}m, ou en solo.",
    ),
    (
        "EX_SPORT_AERIEN_MECANIQUE",
        ExclusionCategory::Sport,
        "Les suites de la pratique d’un sport aérien ou mécanique.",
    ),
    ("EX_DIABETE", ExclusionCategory::Medical, "Le diabète, ses suites et ses complications."),
];

/// Documents that a decision may ask for: code, name (French).
const EVIDENCE: [(&str, &str); 15] = [
    ("BILAN_SANGUIN", "Un bilan sanguin"),
    ("EXAMEN_MEDICAL", "Un examen médical"),
    ("ECG", "Un électrocardiogramme"),
    ("RAPPORT_MEDECIN_TRAITANT", "Un rapport de votre médecin traitant"),
    ("RAPPORT_CARDIOLOGUE", "Un rapport de votre cardiologue"),
    ("RAPPORT_DIABETOLOGUE", "Un rapport de votre diabétologue"),
    ("RAPPORT_PNEUMOLOGUE", "Un rapport de votre pneumologue"),
    ("RAPPORT_PSYCHIATRE", "Un rapport de votre psychiatre"),
    ("RAPPORT_HEPATOLOGUE", "Un rapport de votre spécialiste du foie"),
    ("QUESTIONNAIRE_PSY", "Un questionnaire complémentaire"),
    ("IMAGERIE_RACHIS", "Les images de votre dos"),
    ("COMPTE_RENDU_ONCOLOGIE", "Le compte rendu de fin de traitement"),
    ("BILAN_VIROLOGIQUE", "Votre dernier bilan virologique"),
    ("RELEVE_TENSION", "Un relevé de tension par votre médecin"),
    ("RESULTAT_EXAMEN", "Le résultat de l’examen attendu"),
];

/// Why an exclusion is made and how it is worded; `None` when nobody has worded it.
pub fn exclusion(code: &str) -> Option<(ExclusionCategory, &'static str)> {
    let found = EXCLUSIONS.iter().find(|(known, ..)| *known == code);
    found.map(|(_, category, wording)| (*category, *wording))
}

/// The codes of the exclusions that are worded.
pub fn exclusions() -> impl Iterator<Item = &'static str> {
    EXCLUSIONS.iter().map(|(code, ..)| *code)
}

/// The name of a document that is asked for.
pub fn evidence(code: &str) -> &'static str {
    let found = EVIDENCE.iter().find(|(known, _)| *known == code);
    found.map_or("Un document que le service médical vous précise", |(_, name)| *name)
}

/// The codes of the documents that can be asked for.
pub fn evidences() -> impl Iterator<Item = (&'static str, &'static str)> {
    EVIDENCE.iter().copied()
}

/// A guarantee as people read it in a decision.
pub const fn guarantee(guarantee: Guarantee) -> &'static str {
    match guarantee {
        Guarantee::Deces => "décès",
        Guarantee::Ptia => "perte d’autonomie (PTIA)",
        Guarantee::Ipt => "invalidité totale (IPT)",
        Guarantee::Itt => "arrêt de travail (ITT)",
        Guarantee::Ipp => "invalidité partielle (IPP)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the engine can say has words here.
    #[test]
    fn every_code_of_the_engine_is_worded() {
        let text = include_str!("../../../reflex/reflex-config/i18n/fr.json");
        let words: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let codes = |list: &str| words[list].as_object().expect("an object").clone();
        let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
        for (code, label) in codes("exclusions") {
            let (_, wording) = exclusion(&code).expect("worded");
            let label = plain(label.as_str().expect("text"));
            assert_eq!(plain(wording).trim_end_matches('.'), label, "{code}");
        }
        for (code, label) in codes("evidence") {
            assert_eq!(evidence(&code), label.as_str().expect("text"), "{code}");
        }
        assert_eq!(exclusion("EX_TOUT"), None);
    }
}
