//! Why a message could not be written to the outbox, and which problem that is.

use std::time::Duration;

use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::SealError;
use crate::platform::db::DbError;

/// Why a message could not be written. The caller's transaction must not commit.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// It cannot be sealed: no key is configured.
    #[error(transparent)]
    Sealing(#[from] SealError),
    /// It is no message: a fault of ours.
    #[error("not a message: {0}")]
    NoMessage(&'static str),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<PostError> for Problem {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Sealing(error) => Self::from(error).retry_after(Duration::from_secs(60)),
            PostError::NoMessage(_) => Self::new(Kind::Bug).cause(error),
            PostError::Database(error) => error.into(),
        }
    }
}
