//! Erasure in the database: the one thing that changes rows which are written once otherwise. What is left
//! of a session says when and how it ended, and nothing about health.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::underwriting::model::{Insured, SessionState};

statements! {
    /// The sessions of a person that still hold something.
    UNERASED = "SELECT id, state FROM uw_session \
        WHERE dossier_id = ? AND insured_no = ? AND erased_at IS NULL ORDER BY created_at, id LIMIT 100";
    /// Why the engine decided so, and the digest of the answers.
    FORGET_MEDICAL = "UPDATE uw_decision SET medical_sealed = '' WHERE session_id = ?";
    /// Why a person decided so; what was under way is not any more.
    FORGET_REASONS = "UPDATE uw_review SET reason_sealed = '', \
        state = IF(settled_at IS NULL, 'SET_ASIDE', state), settled_at = COALESCE(settled_at, ?) \
        WHERE session_id = ?";
    /// A document whose bytes are gone.
    DELETE_DOCUMENT = "DELETE FROM uw_document WHERE id = ?";
    /// Whether everything is gone.
    IS_ERASED = "SELECT COUNT(*) FROM uw_session WHERE id = ? AND erased_at IS NOT NULL";
    /// Everything is gone.
    SET_ERASED = "UPDATE uw_session SET erased_at = ? WHERE id = ? AND erased_at IS NULL";
}

impl Store {
    /// The sessions of a person that still hold something, with their states.
    pub(crate) async fn unerased(
        &self,
        connection: &mut Connection,
        insured: Insured,
    ) -> Result<Vec<(Uuid, SessionState)>, DbError> {
        let query = sqlx::query_as::<_, (Uuid, String)>(UNERASED);
        let query = query.bind(insured.dossier).bind(insured.number);
        let rows = query.fetch_all(connection).await?;
        let read = |(id, state): (Uuid, String)| -> Result<(Uuid, SessionState), DbError> {
            let state = SessionState::of(&state);
            Ok((id, state.ok_or_else(|| sqlx::Error::Decode("a state".into()))?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Empties what is sealed of decisions and of reviews.
    pub(crate) async fn forget_medical(
        &self,
        connection: &mut Connection,
        session: Uuid,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(FORGET_MEDICAL).bind(session).execute(&mut *connection).await?;
        let query = sqlx::query(FORGET_REASONS).bind(Instant(now)).bind(session);
        query.execute(connection).await?;
        Ok(())
    }

    /// Forgets a document whose bytes are gone.
    pub(crate) async fn delete_document(&self, id: Uuid) -> Result<(), DbError> {
        sqlx::query(DELETE_DOCUMENT).bind(id).execute(self.database.pool()).await?;
        Ok(())
    }

    /// Whether nothing is left of a session.
    pub(crate) async fn is_erased(&self, session: Uuid) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, i64>(IS_ERASED).bind(session);
        Ok(query.fetch_one(self.database.pool()).await? > 0)
    }

    /// Nothing is left; false when that was written before.
    pub(crate) async fn set_erased(
        &self,
        connection: &mut Connection,
        session: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(SET_ERASED).bind(Instant(now)).bind(session);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }
}
