//! Which browser is on which dossier, as whom.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::DossierId;

statements! {
    /// A session.
    INSERT_SESSION = "INSERT INTO dossier_session \
        (token_hash, dossier_id, insured_id, proven_at, created_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)";
    /// A session by its secret, while it lives.
    SELECT_SESSION = "SELECT dossier_id, insured_id, proven_at, seen_at FROM dossier_session \
        WHERE token_hash = ? AND seen_at > ?";
    /// The person is still there.
    TOUCH_SESSION = "UPDATE dossier_session SET seen_at = ? WHERE token_hash = ?";
    /// The person typed the code.
    PROVE_SESSION = "UPDATE dossier_session SET proven_at = ?, seen_at = ? WHERE token_hash = ?";
    /// The person leaves.
    DELETE_SESSION = "DELETE FROM dossier_session WHERE token_hash = ?";
    /// Every other session of the person ends.
    DELETE_OTHERS = "DELETE FROM dossier_session WHERE insured_id = ? AND token_hash <> ?";
}

/// A session.
#[derive(Clone, Copy)]
pub(in super::super) struct SessionRow {
    pub(in super::super) dossier: DossierId,
    pub(in super::super) insured: Uuid,
    pub(in super::super) proven_at: Option<Timestamp>,
    pub(in super::super) seen_at: Timestamp,
}

impl Store {
    /// Writes a session.
    pub(in super::super) async fn insert_session(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
        row: &SessionRow,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_SESSION)
            .bind(hash.as_slice())
            .bind(row.dossier.uuid())
            .bind(row.insured)
            .bind(row.proven_at.map(Instant))
            .bind(Instant(row.seen_at))
            .bind(Instant(row.seen_at))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The session with this secret, seen after `limit`.
    pub(in super::super) async fn session(
        &self,
        hash: &TokenHash,
        limit: Timestamp,
    ) -> Result<Option<SessionRow>, DbError> {
        let query = sqlx::query_as::<_, (Uuid, Uuid, Option<Instant>, Instant)>(SELECT_SESSION);
        let row = query.bind(hash.as_slice()).bind(Instant(limit));
        let row = row.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|(dossier, insured, proven, seen)| SessionRow {
            dossier: DossierId::from_uuid(dossier),
            insured,
            proven_at: proven.map(|at| at.0),
            seen_at: seen.0,
        }))
    }

    /// The person is still there.
    pub(in super::super) async fn touch_session(
        &self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(TOUCH_SESSION).bind(Instant(now)).bind(hash.as_slice());
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// The person typed the code.
    pub(in super::super) async fn prove_session(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(PROVE_SESSION).bind(Instant(now)).bind(Instant(now));
        query.bind(hash.as_slice()).execute(connection).await?;
        Ok(())
    }

    /// Ends a session.
    pub(in super::super) async fn end_session(&self, hash: &TokenHash) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_SESSION).bind(hash.as_slice());
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Ends every session of a person but this one.
    pub(in super::super) async fn end_other_sessions(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        hash: &TokenHash,
    ) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_OTHERS).bind(insured).bind(hash.as_slice());
        query.execute(connection).await?;
        Ok(())
    }
}
