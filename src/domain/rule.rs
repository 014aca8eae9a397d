//! The rules a document can break, each with its stable code (`docs/domain/product.md`).
//!
//! The code is what programs rely on; the sentence is for the registry page. The message about one
//! broken value is written where the rule is checked, because it quotes the value's own limits.

/// A rule of the trade that an input can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Capital of a loan.
    LoanAmountRange,
    /// Term of a loan.
    LoanTermRange,
    /// Nominal rate of a loan.
    RateRange,
    /// Months of deferral.
    DeferralTooLong,
    /// A step that does not repay its interest.
    StepNotAmortising,
    /// Steps that do not add up to the term.
    StepSum,
    /// A step without a weight or an instalment, or a mixture.
    StepShape,
    /// Share of one person on one loan.
    QuotiteRange,
    /// Shares that leave a part of a loan uncovered (warning).
    QuotiteSumLow,
    /// Shares above the whole for each person.
    QuotiteSumHigh,
    /// Birth date outside the ages insured.
    Birthdate,
    /// First day of cover of a quote.
    EffectDate,
    /// A date that no loan of today can have, or dates in the wrong order.
    DateRange,
    /// A lender's schedule that does not repay its loan.
    ScheduleMismatch,
    /// The same person twice.
    SamePersonTwice,
    /// Too few or too many loans.
    LoanCount,
    /// Too few or too many persons.
    InsuredCount,
    /// A list longer than any project needs.
    ListTooLong,
    /// A name used twice, empty, or too long.
    RefFormat,
    /// A share on a loan that is not in the document.
    RefUnknown,
    /// An amount that makes no sense where it stands.
    AmountRange,
    /// Waiting period that is not sold.
    FranchiseOption,
    /// Guarantees that are not sold together for this purpose (warning in a simulation).
    PackNotAvailable,
    /// A field that does not belong to this kind of loan.
    FieldNotApplicable,
    /// A field that this kind of loan needs.
    FieldMissing,
    /// Early repayment of more than is owed, or out of order.
    EarlyRepayment,
    /// Loading outside what is sold.
    LoadingRange,
    /// The bank's price, missing or twice.
    BankOffer,
    /// Criteria of the lender.
    CriterionUnknown,
    /// A country code.
    CountryFormat,
    /// No annual effective rate exists for these flows.
    TaegNotDefined,
    /// Guarantees that the age or the situation leaves out (warning).
    PackReduced,
    /// Something that is not covered (warning).
    Excluded,
    /// Instalments above what ITT pays (warning).
    BenefitCapped,
    /// An underwriter has to look at the file (warning).
    Referred,
    /// Premiums that are not monthly, of a quote that a dossier is to be begun from.
    NotMonthly,
    /// The document holds something that the pages of a subscription neither show nor keep.
    NotOnline,
    /// A person who cannot be insured online asks for a quote.
    NotEligible,
    /// An act that the life of a dossier does not have here.
    IllegalTransition,
    /// Somebody has written since the version that was read.
    VersionConflict,
    /// A question of health to somebody whom the law protects (art. L113-2-1 C. ass.).
    LemoineProtected,
}

impl Rule {
    /// Every rule, in the order of the registry page.
    pub const ALL: [Self; 41] = [
        Self::LoanAmountRange,
        Self::LoanTermRange,
        Self::RateRange,
        Self::DeferralTooLong,
        Self::StepNotAmortising,
        Self::StepSum,
        Self::StepShape,
        Self::QuotiteRange,
        Self::QuotiteSumLow,
        Self::QuotiteSumHigh,
        Self::Birthdate,
        Self::EffectDate,
        Self::DateRange,
        Self::ScheduleMismatch,
        Self::SamePersonTwice,
        Self::LoanCount,
        Self::InsuredCount,
        Self::ListTooLong,
        Self::RefFormat,
        Self::RefUnknown,
        Self::AmountRange,
        Self::FranchiseOption,
        Self::PackNotAvailable,
        Self::FieldNotApplicable,
        Self::FieldMissing,
        Self::EarlyRepayment,
        Self::LoadingRange,
        Self::BankOffer,
        Self::CriterionUnknown,
        Self::CountryFormat,
        Self::TaegNotDefined,
        Self::PackReduced,
        Self::Excluded,
        Self::BenefitCapped,
        Self::Referred,
        Self::NotMonthly,
        Self::NotOnline,
        Self::NotEligible,
        Self::IllegalTransition,
        Self::VersionConflict,
        Self::LemoineProtected,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        self.entry().0
    }

    /// The rule in one sentence (French).
    pub const fn sentence(self) -> &'static str {
        self.entry().1
    }

    #[rustfmt::skip]
    const fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::LoanAmountRange => ("LOAN_AMOUNT_RANGE", "Le capital d’un prêt va de 10 000,00 à 3 000 000,00 €."),
            Self::LoanTermRange => ("LOAN_TERM_RANGE", "La durée va de 12 à 420 mois, 120 au plus pour un prêt in fine, 36 pour un prêt relais."),
            Self::RateRange => ("RATE_RANGE", "Le taux nominal va de 0 à 15 %, avec 3 décimales au plus ; il est nul pour un PTZ."),
            Self::DeferralTooLong => ("DEFERRAL_TOO_LONG", "Le différé est plus court que la durée, et de 60 mois au plus hors PTZ."),
            Self::StepNotAmortising => ("STEP_NOT_AMORTISING", "La mensualité d’un palier dépasse les intérêts du mois."),
            Self::StepSum => ("STEP_SUM", "La somme des durées des paliers est la durée du prêt."),
            Self::StepShape => ("STEP_SHAPE", "Tous les paliers ont un poids, ou tous sauf le dernier ont une mensualité."),
            Self::QuotiteRange => ("QUOTITE_RANGE", "La quotité est un nombre entier de 1 à 100."),
            Self::QuotiteSumLow => ("QUOTITE_SUM_LOW", "Avertissement : les quotités laissent une part du prêt sans assurance."),
            Self::QuotiteSumHigh => ("QUOTITE_SUM_HIGH", "La somme des quotités d’un prêt ne dépasse pas 100 par personne."),
            Self::Birthdate => ("BIRTHDATE", "L’assuré a de 18 à 69 ans à la date d’effet."),
            Self::EffectDate => ("EFFECT_DATE", "La date d’effet d’un devis va de demain à dans 12 mois."),
            Self::DateRange => ("DATE_RANGE", "Les dates sont entre 1990 et 2100 et dans l’ordre : déblocage, première échéance, dernière échéance."),
            Self::ScheduleMismatch => ("SCHEDULE_MISMATCH", "Le tableau importé rembourse exactement le capital, dans l’ordre des échéances."),
            Self::SamePersonTwice => ("SAME_PERSON_TWICE", "Chaque personne n’apparaît qu’une fois."),
            Self::LoanCount => ("LOAN_COUNT", "Un projet compte de 1 à 6 prêts."),
            Self::InsuredCount => ("INSURED_COUNT", "Un projet compte de 1 à 4 assurés."),
            Self::ListTooLong => ("LIST_TOO_LONG", "La liste est plus longue que ce qu’un projet demande."),
            Self::RefFormat => ("REF_FORMAT", "Une référence a de 1 à 40 caractères (lettres, chiffres, . _ -) et ne sert qu’une fois."),
            Self::RefUnknown => ("REF_UNKNOWN", "La référence désigne un prêt du document."),
            Self::AmountRange => ("AMOUNT_RANGE", "Le montant est positif et d’un ordre de grandeur possible."),
            Self::FranchiseOption => ("FRANCHISE_OPTION", "La franchise est de 30, 60 ou 90 jours."),
            Self::PackNotAvailable => ("PACK_NOT_AVAILABLE", "La formule décès-PTIA n’est proposée que pour un bien à louer, ou à partir de 65 ans."),
            Self::FieldNotApplicable => ("FIELD_NOT_APPLICABLE", "Ce champ ne va pas avec ce type de prêt."),
            Self::FieldMissing => ("FIELD_MISSING", "Ce champ est nécessaire pour ce type de prêt."),
            Self::EarlyRepayment => ("EARLY_REPAYMENT", "Un remboursement anticipé est inférieur au capital restant dû, et les mois se suivent."),
            Self::LoadingRange => ("LOADING_RANGE", "Une surprime va de 0 à 300 %, ou de 0 à 30 pour mille."),
            Self::BankOffer => ("BANK_OFFER", "L’offre de la banque donne un taux de 0 à 5 %, ou un montant par mois, selon sa base."),
            Self::CriterionUnknown => ("CRITERION_UNKNOWN", "Un critère a un numéro de 1 à 18, une valeur de sa liste, et 11 critères au plus sont retenus."),
            Self::CountryFormat => ("COUNTRY_FORMAT", "Le pays est un code ISO à deux lettres, comme FR."),
            Self::TaegNotDefined => ("TAEG_NOT_DEFINED", "Ces flux n’ont pas de taux annuel effectif."),
            Self::PackReduced => ("PACK_REDUCED", "Avertissement : l’âge ou la situation limite la couverture au décès et à la PTIA."),
            Self::Excluded => ("EXCLUDED", "Avertissement : un risque n’est pas couvert."),
            Self::BenefitCapped => ("BENEFIT_CAPPED", "Avertissement : la mensualité assurée dépasse ce que l’ITT peut payer, 7 500 € par mois."),
            Self::Referred => ("REFERRED", "Avertissement : un souscripteur doit étudier la demande."),
            Self::NotOnline => ("NOT_ONLINE", "Ce projet compte une chose que la souscription en ligne ne montre pas."),
            Self::NotMonthly => ("NOT_MONTHLY", "En ligne, l’assurance se souscrit avec un paiement chaque mois."),
            Self::NotEligible => ("NOT_ELIGIBLE", "Cette personne ne peut pas être assurée en ligne."),
            Self::IllegalTransition => ("ILLEGAL_TRANSITION", "L’acte n’existe pas dans cet état du dossier ; la réponse donne ceux qui sont permis."),
            Self::VersionConflict => ("VERSION_CONFLICT", "Le dossier a changé depuis la version lue ; relisez-le."),
            Self::LemoineProtected => ("LEMOINE_PROTECTED", "La loi interdit de poser une question de santé à cette personne (art. L113-2-1 C. ass.)."),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Rule;

    #[test]
    fn codes_are_unique() {
        let codes: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
    }
}
