//! The kinds of documents, and the version of the template of each.
//!
//! A template whose words or figures change gets the next version here: the archive says of every
//! document which one it was set from. A test refuses a template that changed without it.

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Standardised information sheet (*fiche standardisée d'information*), one per insured person.
    FicheStandardisee,
    /// The quote.
    Devis,
    /// Insurance product information document (*IPID*).
    Ipid,
    /// Notice and general conditions.
    Notice,
    /// Particular conditions, with the schedule of premiums.
    ConditionsParticulieres,
    /// SEPA direct debit mandate.
    MandatSepa,
    /// Certificate for the lender.
    AttestationPreteur,
    /// Letter to the bank.
    LettreBanque,
    /// What the customer needs and what we advise (*fiche conseil*, art. L521-4 C. ass.).
    FicheConseil,
    /// Proof of the signature.
    PreuveSignature,
}

impl Kind {
    /// Every kind, in the order in which a customer meets them.
    pub const ALL: [Self; 10] = [
        Self::FicheStandardisee,
        Self::Devis,
        Self::Ipid,
        Self::Notice,
        Self::ConditionsParticulieres,
        Self::MandatSepa,
        Self::AttestationPreteur,
        Self::LettreBanque,
        Self::FicheConseil,
        Self::PreuveSignature,
    ];

    /// Stable code: also the name of the template, and the last part of an address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FicheStandardisee => "fiche_standardisee",
            Self::Devis => "devis",
            Self::Ipid => "ipid",
            Self::Notice => "notice",
            Self::ConditionsParticulieres => "conditions_particulieres",
            Self::MandatSepa => "mandat_sepa",
            Self::AttestationPreteur => "attestation_preteur",
            Self::LettreBanque => "lettre_banque",
            Self::FicheConseil => "fiche_conseil",
            Self::PreuveSignature => "preuve_signature",
        }
    }

    /// Version of the template in force.
    pub const fn template_version(self) -> u32 {
        match self {
            Self::FicheStandardisee
            | Self::Devis
            | Self::Ipid
            | Self::Notice
            | Self::MandatSepa => 1,
            Self::FicheConseil => 2,
            Self::LettreBanque | Self::PreuveSignature => 3,
            Self::ConditionsParticulieres | Self::AttestationPreteur => 4,
        }
    }

    /// Title, as a customer reads it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FicheStandardisee => "Fiche standardisée d’information",
            Self::Devis => "Devis d’assurance de prêt",
            Self::Ipid => "Document d’information sur le produit d’assurance",
            Self::Notice => "Notice d’information et conditions générales",
            Self::ConditionsParticulieres => "Conditions particulières",
            Self::MandatSepa => "Mandat de prélèvement SEPA",
            Self::AttestationPreteur => "Attestation d’assurance pour le prêteur",
            Self::LettreBanque => "Lettre à la banque",
            Self::FicheConseil => "Fiche d’information et de conseil",
            Self::PreuveSignature => "Preuve de signature",
        }
    }

    /// The kind of a document of this name: its code, with the number of its part behind it when there are several.
    pub fn of_name(name: &str) -> Option<Self> {
        let part = name.rsplit_once('_').filter(|(_, part)| part.parse::<u16>().is_ok());
        Self::of_code(part.map_or(name, |(code, _)| code))
    }

    /// The kind of this code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it carries the house's seal: what somebody signs, or shows to a bank.
    pub const fn is_sealed(self) -> bool {
        !matches!(self, Self::FicheStandardisee | Self::Devis | Self::Ipid | Self::Notice)
    }
}
