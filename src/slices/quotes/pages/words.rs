//! The lists of the pages: what a document calls `salarie_cadre`, a person calls «Salarié cadre».

use crate::domain::rule::Rule;
use crate::kernel::french::{HARD, spaced};
use crate::slices::quotes::wire::{RouteResponse, WarningResponse};

/// A value as it is sent, and as it is read.
pub(super) type Choice = (&'static str, &'static str);

/// What a browser may fill in of a date of the person at the keyboard.
pub(super) const BIRTHDAY: [&str; 3] = ["bday-day", "bday-month", "bday-year"];

/// A date that is not a birth date, or somebody else's.
pub(super) const NOT_MINE: [&str; 3] = ["off", "off", "off"];

pub(super) const PROJECTS: [Choice; 2] = [
    ("nouveau", "Je vais emprunter"),
    ("encours", "J’ai déjà un prêt et je veux changer d’assurance"),
];

pub(super) const YES_NO: [Choice; 2] = [("non", "Non"), ("oui", "Oui")];

pub(super) const SECOND_LOANS: [Choice; 4] = [
    ("classique", "Prêt classique"),
    ("ptz", "Prêt à taux zéro (PTZ)"),
    ("in_fine", "Prêt in fine, remboursé en une fois à la fin"),
    ("relais", "Prêt relais, en attendant une vente"),
];

pub(super) const DELAYS: [Choice; 3] = [
    ("30", "30\u{A0}jours d’arrêt"),
    ("60", "60\u{A0}jours d’arrêt"),
    ("90", "90\u{A0}jours d’arrêt"),
];

pub(super) const PACKS: [Choice; 2] = [
    ("complete", "Toutes les garanties"),
    ("dc_ptia", "Décès et perte d’autonomie seulement (bien à louer, ou à partir de 65\u{A0}ans)"),
];

pub(super) const PURPOSES: [Choice; 6] = [
    ("residence_principale", "Ma résidence principale"),
    ("residence_secondaire", "Une résidence secondaire"),
    ("locatif", "Un logement à louer"),
    ("travaux", "Des travaux"),
    ("rachat_soulte", "Le rachat d’une part à un proche"),
    ("professionnel", "Un local professionnel"),
];

pub(super) const OCCUPATIONS: [Choice; 12] = [
    ("salarie_cadre", "Salarié cadre"),
    ("salarie_non_cadre", "Salarié non cadre"),
    ("fonctionnaire_a", "Fonctionnaire de catégorie A"),
    ("fonctionnaire", "Autre fonctionnaire"),
    ("profession_liberale", "Profession libérale"),
    ("chef_entreprise", "Chef d’entreprise"),
    ("artisan", "Artisan"),
    ("commercant", "Commerçant"),
    ("exploitant_agricole", "Exploitant agricole"),
    ("etudiant", "Étudiant"),
    ("sans_emploi", "Sans emploi"),
    ("retraite", "Retraité"),
];

pub(super) const JOBS: [Choice; 3] = [
    ("none", "Travail de bureau"),
    ("light", "Travail manuel léger"),
    ("heavy", "Travail manuel lourd ou dangereux"),
];

/// How a person is called on a page that knows no name.
pub(super) fn person(place: usize, count: usize) -> String {
    match (place, count) {
        (0, 1 | 2) => "Vous".to_owned(),
        (1, 2) => "Deuxième personne".to_owned(),
        _ => format!("Personne {}", place + 1),
    }
}

/// The same behind a noun: «Situation», «Situation de la deuxième personne».
pub(super) fn of_person(place: usize, count: usize) -> String {
    match (place, count) {
        (_, 0 | 1) => String::new(),
        (0, 2) => ", pour vous".to_owned(),
        (1, 2) => ", pour la deuxième personne".to_owned(),
        _ => format!(", pour la personne {}", place + 1),
    }
}

/// Why a person cannot be insured online, by the reason of its path.
pub(super) fn not_eligible(
    reason: &str,
    route: &RouteResponse,
    place: usize,
    count: usize,
) -> String {
    match reason {
        "ELIG_AGE" if (18..70).contains(&route.age_at_effect) && place == 0 => {
            "Le prêt se termine après votre 85e\u{A0}anniversaire\u{A0}: nous n’assurons pas au-delà.".to_owned()
        }
        "ELIG_AGE" if (18..70).contains(&route.age_at_effect) => format!(
            "Le prêt se termine après le 85e\u{A0}anniversaire de{}\u{A0}: nous n’assurons pas au-delà.",
            nth_person(place, count)
        ),
        "ELIG_AGE" => outside_ages(place, count),
        "ELIG_CAPITAL" if place == 0 => format!("Vos prêts dépassent {MOST_INSURED} assurés par personne."),
        "ELIG_CAPITAL" => format!(
            "Les prêts de{} dépassent {MOST_INSURED} assurés par personne.",
            nth_person(place, count)
        ),
        "ELIG_COUNTRY" => "Il faut habiter en France.".to_owned(),
        _ => "Ce projet demande une étude que nous ne faisons pas en ligne.".to_owned(),
    }
}

/// The most capital insured for one person.
const MOST_INSURED: &str = "3\u{202F}000\u{202F}000\u{A0}€";

/// Somebody too young or too old when cover begins.
pub(super) fn outside_ages(place: usize, count: usize) -> String {
    let ages = "avoir de 18 à 69\u{A0}ans au début de l’assurance";
    if place == 0 && count < 2 {
        return format!("Il faut {ages}.");
    }
    format!("{}\u{A0}: il faut {ages}.", person(place, count))
}

/// « la deuxième personne», behind «de».
fn nth_person(place: usize, count: usize) -> String {
    if count == 2 {
        " la deuxième personne".to_owned()
    } else {
        format!(" la personne {}", place + 1)
    }
}

/// A warning in plain words, with whom or what it is about when there are several.
pub(super) fn warning(warning: &WarningResponse, persons: usize) -> String {
    let text = if warning.code == Rule::PackReduced.code() {
        "À partir de 65\u{A0}ans ou à la retraite, l’assurance couvre seulement le décès et la perte \
         totale d’autonomie."
            .to_owned()
    } else {
        spaced(&warning.detail)
    };
    let mut parts = warning.pointer.trim_start_matches('/').split('/');
    let (list, place) = (parts.next(), parts.next().and_then(|place| place.parse().ok()));
    match (list, place) {
        (Some("insured"), Some(place)) if persons > 1 => {
            format!("{}{HARD}: {text}", person(place, persons))
        }
        (Some("loans"), Some(place)) => format!("Prêt {}{HARD}: {text}", place + 1),
        _ => text,
    }
}

/// The words of a value in its list.
pub(super) fn label(list: &[Choice], value: &str) -> &'static str {
    list.iter().find(|choice| choice.0 == value).map_or("", |choice| choice.1)
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::domain::loan::Purpose;
    use crate::domain::person::{ManualWork, Occupation};

    fn all_read<T: DeserializeOwned>(list: &[Choice]) {
        for (value, _) in list {
            assert!(serde_json::from_value::<T>((*value).into()).is_ok(), "{value}");
        }
    }

    #[test]
    fn a_refusal_says_who_and_why() {
        let route = |age_at_effect| RouteResponse {
            eligible: false,
            path: None,
            reasons: Vec::new(),
            cumulated_cents: 0,
            age_at_effect,
            age_at_end: 86,
        };
        let cases = [
            (
                ("ELIG_AGE", 66, 1, 2),
                "Le prêt se termine après le 85e anniversaire de la deuxième personne : nous \
                 n’assurons pas au-delà.",
            ),
            (("ELIG_AGE", 71, 0, 1), "Il faut avoir de 18 à 69 ans au début de l’assurance."),
            (("ELIG_CAPITAL", 40, 0, 1), "Vos prêts dépassent 3 000 000 € assurés par personne."),
        ];
        for ((reason, age, place, count), expected) in cases {
            let said = not_eligible(reason, &route(age), place, count);
            assert_eq!(said.replace(['\u{A0}', '\u{202F}'], " "), expected);
        }
    }

    #[test]
    fn the_lists_send_words_of_the_documents() {
        all_read::<Purpose>(&PURPOSES);
        all_read::<Occupation>(&OCCUPATIONS);
        all_read::<ManualWork>(&JOBS);
    }
}
