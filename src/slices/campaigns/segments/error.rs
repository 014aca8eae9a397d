//! What can go wrong with a segment, and which problem each failure is.

use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::DbError;

/// A failure of the use-cases of segments.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The filter makes no sense.
    #[error("{0}")]
    Filter(String),
    /// Nothing is loaded under this name.
    #[error("no edition of `{0}` is published: load one first, see `assurly etl load --help`")]
    NoEdition(String),
    /// No segment has this identifier.
    #[error("no such segment")]
    Unknown,
    /// The database.
    #[error("{0}")]
    Database(#[from] DbError),
}

impl From<SegmentError> for Problem {
    fn from(error: SegmentError) -> Self {
        match error {
            SegmentError::Filter(what) => Self::new(Kind::Invalid).detail(what),
            SegmentError::NoEdition(_) => {
                Self::new(Kind::NotFound).detail("Aucune édition de ces données n’est publiée.")
            }
            SegmentError::Unknown => {
                Self::new(Kind::NotFound).detail("Aucun segment n’a cet identifiant.")
            }
            SegmentError::Database(error) => error.into(),
        }
    }
}
