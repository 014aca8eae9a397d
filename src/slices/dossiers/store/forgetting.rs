//! Finding whose time is over and who asks, and deleting what names them.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::DossierId;

statements! {
    /// Dossiers that led to nothing and still name somebody: a refusal is kept for longer.
    SELECT_FORGETTABLE = "SELECT d.id FROM dossier d WHERE ((d.state IN ('expired', 'abandoned') \
        AND d.touched_at <= ?) OR (d.state IN ('declined', 'ineligible') AND d.touched_at <= ?)) \
        AND d.id > ? AND EXISTS (SELECT 1 FROM dossier_insured i WHERE i.dossier_id = d.id \
        AND (i.email IS NOT NULL OR i.mobile IS NOT NULL)) ORDER BY d.id LIMIT ?";
    /// Dossiers that somebody with this address is in.
    SELECT_OF = "SELECT DISTINCT dossier_id FROM dossier_insured WHERE email = ? ORDER BY dossier_id";
    /// A person's sessions.
    DELETE_SESSIONS = "DELETE FROM dossier_session WHERE insured_id = ?";
    /// Their links.
    DELETE_LINKS = "DELETE FROM dossier_link WHERE insured_id = ?";
    /// Their codes.
    DELETE_CODES = "DELETE FROM dossier_code WHERE insured_id = ?";
    /// What they sent after the end of a session.
    DELETE_PARKED = "DELETE FROM dossier_parked WHERE insured_id = ?";
    /// What was typed and not taken.
    DELETE_DRAFTS = "DELETE FROM dossier_draft WHERE dossier_id = ?";
}

/// Dossiers looked at together.
const PAGE: u32 = 200;

impl Store {
    /// A page of the dossiers whose people may be forgotten.
    pub(in super::super) async fn forgettable(
        &self,
        over: Timestamp,
        refused: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(SELECT_FORGETTABLE).bind(Instant(over));
        let query = query.bind(Instant(refused)).bind(after).bind(PAGE);
        let ids = query.fetch_all(self.database.pool()).await?;
        Ok(ids.into_iter().map(DossierId::from_uuid).collect())
    }

    /// The dossiers of an address.
    pub(in super::super) async fn dossiers_of(
        &self,
        email: &str,
    ) -> Result<Vec<DossierId>, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(SELECT_OF).bind(email);
        let ids = query.fetch_all(self.database.pool()).await?;
        Ok(ids.into_iter().map(DossierId::from_uuid).collect())
    }

    /// Deletes what leads to a person.
    pub(in super::super) async fn forget_insured(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<(), DbError> {
        for statement in [DELETE_SESSIONS, DELETE_LINKS, DELETE_CODES, DELETE_PARKED] {
            sqlx::query(statement).bind(insured).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Deletes what was typed.
    pub(in super::super) async fn forget_drafts(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_DRAFTS).bind(dossier.uuid()).execute(connection).await?;
        Ok(())
    }
}
