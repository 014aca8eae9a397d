//! What can go wrong with a quote, and which problem each failure is.

use std::time::Duration;

use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::db::DbError;
use crate::platform::web::input::InputRule;

/// A failure of the use-cases of quotes.
#[derive(Debug, thiserror::Error)]
pub enum QuoteError {
    /// The document cannot be priced.
    #[error("the document cannot be priced")]
    Document(Box<Problem>),
    /// No quote has this identifier.
    #[error("no such quote")]
    Unknown,
    /// The list has no such quote to go on after.
    #[error("no such quote in the list")]
    NotInList,
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
            QuoteError::NotInList => Self::new(Kind::Invalid).faults(vec![not_in_list()]),
            QuoteError::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            QuoteError::KeyInProgress => {
                Self::new(Kind::IdempotencyInProgress).retry_after(Duration::from_secs(1))
            }
            QuoteError::Database(error) => error.into(),
            QuoteError::Stored(error) => Self::new(Kind::Bug).cause(error),
        }
    }
}

/// The parameter that a list goes on after, when it is none of its quotes.
pub(super) fn not_in_list() -> Fault {
    let detail = "Donnez l’identifiant que la page précédente donne dans son champ next.";
    InputRule::QueryValue.fault("?after", detail)
}
