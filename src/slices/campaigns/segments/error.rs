//! What can go wrong with a segment, and which problem each failure is.

use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::DbError;
use crate::platform::web::input::InputRule;

/// A failure of the use-cases of segments.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The filter makes no sense: where, as a JSON pointer, and what is wrong.
    #[error("{1}")]
    Filter(&'static str, String),
    /// The key was used with another segment.
    #[error("the idempotency key was used with another segment")]
    KeyReused,
    /// Nothing is loaded under this name.
    #[error("no edition of `{0}` is published: load one first, see `assurly etl load --help`")]
    NoEdition(String),
    /// What is loaded under this name has no sales: its schema has no section `[sale]`.
    #[error("`{0}` has no sales: its schema has no section `[sale]`")]
    NoSales(String),
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
            SegmentError::Filter(pointer, what) => {
                let fault = InputRule::JsonValue.fault(pointer, what);
                Self::new(Kind::Invalid).faults(vec![fault])
            }
            SegmentError::KeyReused => Self::new(Kind::IdempotencyKeyReused),
            SegmentError::NoEdition(_) => {
                Self::new(Kind::NotFound).detail("Aucune édition de ces données n’est publiée.")
            }
            SegmentError::NoSales(_) => {
                Self::new(Kind::NotFound).detail("Ce jeu de données ne contient pas de ventes.")
            }
            SegmentError::Unknown => {
                Self::new(Kind::NotFound).detail("Aucun segment n’a cet identifiant.")
            }
            SegmentError::Database(error) => error.into(),
        }
    }
}
