//! What a loan is for and of what kind it is, `docs/domain/loans.md`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Kind of loan (*type de prêt*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoanKind {
    /// Constant instalments.
    Amortissable,
    /// Interest only, the capital with the last instalment.
    InFine,
    /// Interest only during the deferral, then constant instalments.
    DifferePartiel,
    /// Nothing during the deferral, interest capitalised, then constant instalments.
    DiffereTotal,
    /// Instalments by steps.
    Paliers,
    /// Interest-free loan of the State (*prêt à taux zéro*).
    Ptz,
    /// Bridge loan until a sale.
    Relais,
    /// Instalments smoothed around the other loans of the project.
    Lisse,
}

/// What the project finances (*objet du prêt*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Main home.
    ResidencePrincipale,
    /// Second home.
    ResidenceSecondaire,
    /// A home to let.
    Locatif,
    /// Works on a home.
    Travaux,
    /// Buying out a co-owner.
    RachatSoulte,
    /// Business premises or equipment.
    Professionnel,
}

/// Use of the property (*usage*): only the first two can be protected by art. L113-2-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    /// Housing.
    Habitation,
    /// Housing and business together.
    Mixte,
    /// Business only.
    Professionnel,
}

impl Purpose {
    /// The use that the purpose implies when nobody said more.
    pub const fn usual_usage(self) -> Usage {
        match self {
            Self::Professionnel => Usage::Professionnel,
            _ => Usage::Habitation,
        }
    }
}
