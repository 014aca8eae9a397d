//! What can go wrong with a contract, and which problem each failure is.

use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::SealError;
use crate::platform::db::{Contended, DbError};
use crate::slices::dossiers::{DossierError, Obstacle};
use crate::slices::messages::PostError;
use crate::slices::signature::SignatureError;

/// A failure of the use-cases of contracts.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// No such contract, or not for who asks.
    #[error("no such contract")]
    Unknown,
    /// What is asked comes too late, or too early.
    #[error("not now: {0}")]
    NotNow(&'static str),
    /// The dossier cannot be signed as it stands.
    #[error("it cannot be signed now: {0:?}")]
    Stopped(Obstacle),
    /// The dossier.
    #[error(transparent)]
    Dossier(#[from] DossierError),
    /// The ceremony.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The account cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A row that this version does not understand.
    #[error("a stored contract cannot be read: {0}")]
    Stored(&'static str),
    /// Another room refuses.
    #[error("refused: {0:?}")]
    Refused(Box<Problem>),
}

impl Contended for ContractError {
    fn is_contended(&self) -> bool {
        match self {
            Self::Database(error) | Self::Signature(SignatureError::Database(error)) => {
                error.is_contended()
            }
            Self::Dossier(error) => error.is_contended(),
            Self::Refused(problem) => problem.is_contended(),
            _ => false,
        }
    }
}

impl From<Problem> for ContractError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<PostError> for ContractError {
    fn from(error: PostError) -> Self {
        Self::from(Problem::from(error))
    }
}

impl From<ContractError> for Problem {
    fn from(error: ContractError) -> Self {
        match error {
            ContractError::Unknown => {
                Self::new(Kind::NotFound).detail("Aucun contrat n’a cet identifiant.")
            }
            ContractError::Stopped(Obstacle::Over) => {
                Self::new(Kind::Gone).detail(Obstacle::Over.sentence())
            }
            ContractError::Stopped(why) => Self::new(Kind::Conflict).detail(why.sentence()),
            ContractError::NotNow(why) => Self::new(Kind::Conflict).detail(why),
            ContractError::Dossier(error) => error.into(),
            ContractError::Signature(error) => error.into(),
            ContractError::Database(error) => error.into(),
            ContractError::Seal(error) => error.into(),
            ContractError::Stored(_) => Self::new(Kind::Bug).cause(error),
            ContractError::Refused(problem) => *problem,
        }
    }
}
