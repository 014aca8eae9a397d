//! What can go wrong with a quote, and which problem each failure is.

use std::time::Duration;

use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::DbError;

/// A failure of the use-cases of quotes.
#[derive(Debug, thiserror::Error)]
pub enum QuoteError {
    /// The document cannot be priced.
    #[error("the document cannot be priced")]
    Document(Box<Problem>),
    /// No quote has this identifier.
    #[error("no such quote")]
    Unknown,
    /// The key was used with another document.
    #[error("the idempotency key was used with another document")]
    KeyReused,
    /// An identical request is still under way.
    #[error("a request with this key is under way")]
    KeyInProgress,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A stored quote that cannot be read.
    #[error("a stored quote cannot be read: {0}")]
    Stored(#[from] std::io::Error),
}

impl From<Problem> for QuoteError {
    fn from(problem: Problem) -> Self {
        Self::Document(Box::new(problem))
    }
}

impl From<QuoteError> for Problem {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Document(problem) => *problem,
            QuoteError::Unknown => {
                Self::new(Kind::NotFound).detail("Aucun devis n’a cet identifiant.")
            }
            QuoteError::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            QuoteError::KeyInProgress => {
                Self::new(Kind::IdempotencyInProgress).retry_after(Duration::from_secs(1))
            }
            QuoteError::Database(error) => error.into(),
            QuoteError::Stored(error) => Self::new(Kind::Bug).cause(error),
        }
    }
}
