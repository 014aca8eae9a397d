//! What can go wrong with health, and which problem each failure is. No failure says anything about
//! what was answered.

use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::SealError;
use crate::platform::db::DbError;

/// A failure of the use-cases of health.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// The person has not consented.
    #[error("no consent")]
    NoConsent,
    /// There is no declaration.
    #[error("no declaration")]
    Nothing,
    /// It was sent: it does not change any more.
    #[error("the declaration was sent")]
    Submitted,
    /// Why it is read was not said.
    #[error("no reason was given")]
    NoReason,
    /// Sealing or opening failed.
    #[error(transparent)]
    Sealing(#[from] SealError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<HealthError> for Problem {
    fn from(error: HealthError) -> Self {
        match error {
            HealthError::NoConsent => {
                Self::new(Kind::Conflict).detail("La personne n’a pas donné son accord.")
            }
            HealthError::Nothing => Self::new(Kind::NotFound),
            HealthError::Submitted => Self::new(Kind::Conflict)
                .detail("La déclaration a été envoyée\u{a0}: elle ne change plus."),
            HealthError::NoReason => {
                Self::new(Kind::Invalid).detail("Dites pourquoi vous lisez ces réponses.")
            }
            HealthError::Sealing(error) => error.into(),
            HealthError::Database(error) => error.into(),
        }
    }
}
