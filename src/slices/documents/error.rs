//! What can go wrong with a document, and which problem each failure is.

use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::DbError;
use crate::platform::pdf::PdfError;
use crate::platform::seal::SealingError;
use crate::platform::storage::ObjectError;

/// A failure of the archive.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The storage.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The typesetting.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The seal.
    #[error(transparent)]
    Seal(#[from] SealingError),
    /// The bytes are not those that were archived.
    #[error("object `{0}` is not what was archived: its hash differs")]
    Altered(String),
    /// A row that this version does not understand.
    #[error("a stored document cannot be read: {0}")]
    Stored(&'static str),
    /// Somebody archived the same document and it cannot be seen yet.
    #[error("the same document is being archived")]
    Racing,
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Database(error) => error.into(),
            DocumentError::Object(error) => error.into(),
            DocumentError::Pdf(error) => error.into(),
            DocumentError::Seal(error) => error.into(),
            DocumentError::Racing => Self::new(Kind::Unavailable).cause(error),
            DocumentError::Altered(_) | DocumentError::Stored(_) => {
                Self::new(Kind::Bug).cause(error)
            }
        }
    }
}
