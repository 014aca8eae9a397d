//! Which refusal each failure of this slice is, in words for a person.

use super::engine::EngineError;
use crate::kernel::problem::{Kind, Problem};

/// After so long it is worth trying again.
pub(super) const AGAIN: std::time::Duration = std::time::Duration::from_secs(5);

const AWAY: &str = "Le questionnaire est momentanément indisponible. Vos réponses sont \
    enregistrées\u{a0}: recommencez dans un instant.";

/// The questionnaire cannot be reached now; nothing is lost, nothing is decided.
pub(super) fn away(cause: impl std::fmt::Display) -> Problem {
    Problem::new(Kind::Unavailable).detail(AWAY).retry_after(AGAIN).cause(cause)
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Away(cause) => away(cause),
            EngineError::Unknown | EngineError::Over => {
                Self::new(Kind::Gone).detail("Ce questionnaire est terminé.").cause(error)
            }
            EngineError::Conflict(_) => Self::new(Kind::Conflict).cause(error),
            EngineError::Refused(_) | EngineError::Strange(_) => {
                away(&error).cause(format!("the engine and we disagree: {error}"))
            }
        }
    }
}
