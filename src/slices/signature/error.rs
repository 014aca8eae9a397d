//! What can go wrong with a ceremony, and which problem each failure is.

use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::SealError;
use crate::platform::db::DbError;

/// A failure of a ceremony.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// Another one was opened at the same time.
    #[error("another ceremony was opened at the same time")]
    Opened,
    /// The person has nothing to sign here.
    #[error("nobody of this ceremony")]
    NotASigner,
    /// The evidence cannot be sealed or read.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A row that this version does not understand.
    #[error("a stored ceremony cannot be read")]
    Stored,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<SignatureError> for Problem {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::Database(error) => error.into(),
            SignatureError::Seal(error) => error.into(),
            SignatureError::Opened => Self::new(Kind::Conflict).cause(error),
            SignatureError::NotASigner => Self::new(Kind::NotFound).cause(error),
            SignatureError::Stored => Self::new(Kind::Bug).cause(error),
        }
    }
}
