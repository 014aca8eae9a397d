//! What somebody has declared before is carried into their questionnaire, so that it is not asked twice.
//!
//! It is answered in their session, with its token, as their own browser would: it can be read there and changed
//! until everything is sent, and goes when the session's answers are erased. Never in a log, a row or an address of ours.

use super::engine::{EngineError, Token};
use super::model::{Insured, Opening, Session, SessionState};
use super::service::{Shared, Underwriting};
use crate::kernel::problem::Problem;

impl Underwriting {
    /// Whether this person's next questionnaire is one in which nothing is answered yet, as far as is known here.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn is_untouched(&self, insured: Insured) -> Result<bool, Problem> {
        let Some(session) = self.0.store.live(insured).await? else { return Ok(true) };
        Ok(match session.state {
            SessionState::Created => true,
            SessionState::InProgress => !self.0.store.is_touched(session.id).await?,
            _ => false,
        })
    }
}

impl Shared {
    /// Carries what was declared into the session of this token. What the engine does not take is asked there; an
    /// engine that is away is asked again when the person is.
    pub(super) async fn carry(
        &self,
        session: &Session,
        token: &Token,
        opening: &Opening,
    ) -> Result<(), Problem> {
        let Some(declared) = &opening.declared else { return Ok(()) };
        // The session is in its row by now: whatever the engine takes is found again to be erased.
        match self.engine.declare(token, declared).await {
            Ok(()) => self.note(session, &opening.applicant, "declared").await?,
            // Something is answered there already, by an earlier try or by the person: that counts.
            Err(EngineError::Conflict(_)) => {}
            Err(error @ EngineError::Away(_)) => return Err(error.into()),
            Err(error) => {
                tracing::warn!(session = %self.shown(session), cause = %error, "a declaration is not carried");
                return Ok(());
            }
        }
        Ok(self.store.set_touched(session.id).await?)
    }
}
