//! The questions, word for word, under a version: what was asked is kept with what was answered.

/// Version of the questions and of the rule that judges them. Another wording is another version.
pub const VERSION: &str = "p2-2026-11b";

/// One question of the short declaration, to be answered by yes or no. The reference's wording is a
/// demonstration: an insurer's own has been read by its medical officer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// Q1.
    SickLeave,
    /// Q2.
    PastSickLeave,
    /// Q3.
    Hospital,
    /// Q4.
    Treatment,
    /// Q5.
    LongIllness,
    /// Q6.
    Invalidity,
    /// Q7.
    Condition,
    /// Q8.
    Examination,
}

impl Question {
    /// Every question, in the order of the page.
    pub const ALL: [Self; 8] = [
        Self::SickLeave,
        Self::PastSickLeave,
        Self::Hospital,
        Self::Treatment,
        Self::LongIllness,
        Self::Invalidity,
        Self::Condition,
        Self::Examination,
    ];

    /// Name of the answer in forms and documents.
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The question (French).
    pub const fn text(self) -> &'static str {
        self.words().1
    }

    /// What need not be declared, or what is meant (French); empty when the question says it all.
    pub const fn help(self) -> &'static str {
        self.words().2
    }

    /// What a person is told who left the question out (French).
    pub const fn missing(self) -> &'static str {
        self.words().3
    }

    #[rustfmt::skip]
    const fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::SickLeave => ("q_arret", "Êtes-vous aujourd’hui en arrêt de travail ou en mi-temps thérapeutique\u{202f}?", "", "Répondez à la question sur l’arrêt de travail en cours"),
            Self::PastSickLeave => ("q_arrets", "Depuis 5 ans, avez-vous eu un arrêt de travail de plus de 21 jours de suite\u{202f}?", "Sauf maternité, rhume, grippe ou fracture simple.", "Répondez à la question sur les arrêts de travail"),
            Self::Hospital => ("q_hopital", "Depuis 5 ans, avez-vous été hospitalisé ou opéré, ou est-ce prévu dans les 6 mois\u{202f}?", "Sauf appendicite, amygdales, dents de sagesse, accouchement, hernie ou varices.", "Répondez à la question sur les hospitalisations"),
            Self::Treatment => ("q_traitement", "Depuis 5 ans, avez-vous suivi un traitement de plus de 21 jours, ou en suivez-vous un\u{202f}?", "Sauf contraception.", "Répondez à la question sur les traitements"),
            Self::LongIllness => ("q_ald", "Depuis 10 ans, avez-vous été pris en charge à 100\u{a0}% pour une affection de longue durée (ALD)\u{202f}?", "", "Répondez à la question sur la prise en charge à 100\u{a0}%"),
            Self::Invalidity => ("q_invalidite", "Touchez-vous une pension d’invalidité, d’incapacité ou de handicap, ou l’avez-vous demandée\u{202f}?", "", "Répondez à la question sur les pensions"),
            Self::Condition => ("q_affection", "Depuis 10 ans, avez-vous eu une maladie (cœur, poumons, nerfs, moral, dos, articulations, reins, foie, glandes, sang, défenses)\u{202f}?", "", "Répondez à la question sur les maladies"),
            Self::Examination => ("q_examen", "Depuis 6 mois, un examen a-t-il donné un résultat anormal, ou en attendez-vous un\u{202f}?", "", "Répondez à la question sur les examens"),
        }
    }
}
