//! Where a dossier stands.

use std::fmt;

/// A state of a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// A price was shown; nothing is kept.
    Simulation,
    /// A quote (*devis*) is kept under a number.
    Quote,
    /// The demand (*demande d’adhésion*) is being filled in.
    Application,
    /// Somebody has health questions to answer (*formalités médicales*).
    Medical,
    /// The answers are being judged.
    Decision,
    /// An offer can be signed.
    Offer,
    /// Somebody has begun to sign.
    Signature,
    /// Everybody has signed (*contrat conclu*).
    Contract,
    /// The lender has the certificate and answers.
    Bank,
    /// Cover has begun (*en vigueur*).
    InForce,
    /// In force, and an amendment (*avenant*) is being made.
    Amending,
    /// In force but unpaid: part of the cover is suspended (art. L113-3 C. ass.).
    Suspended,
    /// It is over (*résilié*).
    Terminated,
    /// Its time has passed.
    Expired,
    /// Nobody came back.
    Abandoned,
    /// Somebody cannot be insured online.
    Ineligible,
    /// The decision is put off (*ajourné*).
    Postponed,
    /// The risk is declined after every level of AERAS (*refusé*).
    Declined,
    /// The customer renounced (*renonciation*, art. L112-9 and L132-5-1 C. ass.).
    Withdrawn,
    /// The lender refused (art. L313-30 C. conso.).
    BankRefused,
}

impl State {
    /// Every state, in the order of the documentation.
    pub const ALL: [Self; 20] = [
        Self::Simulation,
        Self::Quote,
        Self::Application,
        Self::Medical,
        Self::Decision,
        Self::Offer,
        Self::Signature,
        Self::Contract,
        Self::Bank,
        Self::InForce,
        Self::Amending,
        Self::Suspended,
        Self::Terminated,
        Self::Expired,
        Self::Abandoned,
        Self::Ineligible,
        Self::Postponed,
        Self::Declined,
        Self::Withdrawn,
        Self::BankRefused,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// What people read (French).
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// Whether there is an offer that somebody may sign.
    pub const fn is_offered(self) -> bool {
        matches!(self, Self::Offer | Self::Signature)
    }

    /// Whether everybody has signed: from then on nothing is ever computed again.
    pub const fn is_signed(self) -> bool {
        matches!(
            self,
            Self::Contract
                | Self::Bank
                | Self::InForce
                | Self::Amending
                | Self::Suspended
                | Self::Terminated
                | Self::Withdrawn
                | Self::BankRefused
        )
    }

    /// Whether premiums are debited as they fall due. Not of a contract that waits for its first day; nor of one
    /// that is suspended, of which a person decides.
    pub const fn is_debited(self) -> bool {
        matches!(self, Self::InForce | Self::Amending)
    }

    /// Whether somebody has still something to do or to wait for before they sign.
    pub const fn is_under_way(self) -> bool {
        matches!(
            self,
            Self::Simulation
                | Self::Quote
                | Self::Application
                | Self::Medical
                | Self::Decision
                | Self::Offer
                | Self::Signature
        )
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Simulation => ("simulation", "Simulation"),
            Self::Quote => ("quote", "Devis"),
            Self::Application => ("application", "Demande"),
            Self::Medical => ("medical", "Formalités médicales"),
            Self::Decision => ("decision", "Décision"),
            Self::Offer => ("offer", "Offre"),
            Self::Signature => ("signature", "Signature"),
            Self::Contract => ("contract", "Contrat conclu"),
            Self::Bank => ("bank", "En attente de la banque"),
            Self::InForce => ("in_force", "En vigueur"),
            Self::Amending => ("amending", "Avenant en cours"),
            Self::Suspended => ("suspended", "Suspendu"),
            Self::Terminated => ("terminated", "Résilié"),
            Self::Expired => ("expired", "Expiré"),
            Self::Abandoned => ("abandoned", "Abandonné"),
            Self::Ineligible => ("ineligible", "Non éligible"),
            Self::Postponed => ("postponed", "Ajourné"),
            Self::Declined => ("declined", "Refusé"),
            Self::Withdrawn => ("withdrawn", "Renonciation"),
            Self::BankRefused => ("bank_refused", "Refus de la banque"),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
