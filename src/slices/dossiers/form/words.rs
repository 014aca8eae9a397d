//! The lists of the pages: a value as it is sent, and as it is read.

/// A value as it is sent, and as it is read.
pub(in super::super) type Choice = (&'static str, &'static str);

pub(in super::super) const YES_NO: [Choice; 2] = [("non", "Non"), ("oui", "Oui")];

/// Values are those of the documents (`domain::person::Occupation`).
pub(in super::super) const ACTIVITIES: [Choice; 11] = [
    ("salarie_cadre", "Salarié cadre"),
    ("salarie_non_cadre", "Salarié non cadre"),
    ("artisan", "Artisan ou commerçant"),
    ("exploitant_agricole", "Exploitant agricole"),
    ("chef_entreprise", "Chef d’entreprise"),
    ("profession_liberale", "Profession libérale"),
    ("fonctionnaire_a", "Fonctionnaire de catégorie A"),
    ("fonctionnaire", "Autre fonctionnaire"),
    ("sans_emploi", "Sans activité"),
    ("retraite", "Retraité"),
    ("etudiant", "Étudiant"),
];

/// Boxes under a yes; `charges` is heavy manual work, `route` the kilometres.
pub(in super::super) const HAZARDS: [Choice; 6] = [
    ("heights", "Travail à plus de 15\u{A0}m de hauteur"),
    ("charges", "Port de charges, travail manuel lourd"),
    ("dangerous_goods", "Produits dangereux"),
    ("armed_police", "Port d’une arme"),
    ("offshore", "Travail en mer, sur plateforme"),
    ("route", "Plus de 20\u{202F}000\u{A0}km par an"),
];

pub(in super::super) const SPORTS: [Choice; 6] = [
    ("air", "Parachute, parapente, ULM"),
    ("climb_alpine", "Alpinisme"),
    ("dive_deep", "Plongée au-delà de 20\u{A0}m"),
    ("motor_race", "Course avec un véhicule à moteur"),
    ("boat_offshore", "Course au large"),
    ("horse_comp", "Équitation en compétition"),
];

/// Values are those that `quotes::form::terms` reads.
pub(in super::super) const LOANS: [Choice; 5] = [
    ("classique", "Prêt classique (amortissable)"),
    ("ptz", "Prêt à taux zéro (PTZ)"),
    ("in_fine", "Prêt in fine, remboursé en une fois à la fin"),
    ("relais", "Prêt relais, en attendant une vente"),
    ("paliers", "Prêt à paliers, la mensualité change"),
];

pub(in super::super) const DEFERRALS: [Choice; 3] = [
    ("non", "Non"),
    ("interets", "Oui, je paie d’abord les intérêts"),
    ("rien", "Oui, je ne paie rien au début"),
];

pub(in super::super) const PURPOSES: [Choice; 6] = [
    ("residence_principale", "Ma résidence principale"),
    ("residence_secondaire", "Une résidence secondaire"),
    ("locatif", "Un logement à louer"),
    ("travaux", "Des travaux"),
    ("rachat_soulte", "Le rachat d’une part à un proche"),
    ("professionnel", "Un local professionnel"),
];

pub(in super::super) const SHARES: [Choice; 3] =
    [("100", "100\u{A0}%"), ("50", "50\u{A0}%"), ("autre", "Autre part")];

pub(in super::super) const DELAYS: [&str; 3] = ["30", "60", "90"];

/// What a purpose is called.
pub(in super::super) fn purpose_label(code: &str) -> &'static str {
    PURPOSES.iter().find(|choice| choice.0 == code).map_or("", |choice| choice.1)
}
