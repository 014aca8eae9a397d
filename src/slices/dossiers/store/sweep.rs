//! What deadlines look for, by bounded pages.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::DossierId;

statements! {
    /// Open dossiers that nobody has touched since.
    SELECT_IDLE = "SELECT id FROM dossier WHERE state IN ('quote', 'application', 'medical', 'decision', \
        'offer', 'signature', 'postponed') AND touched_at <= ? AND id > ? ORDER BY id LIMIT ?";
    /// The same, that were not reminded yet.
    SELECT_UNREMINDED = "SELECT id FROM dossier WHERE state IN ('quote', 'application', 'medical', \
        'decision', 'offer') AND touched_at <= ? AND reminded_at IS NULL AND id > ? ORDER BY id LIMIT ?";
    /// Offers whose time is over.
    SELECT_EXPIRED = "SELECT id FROM dossier WHERE state IN ('offer', 'signature') \
        AND offered_until <= ? AND id > ? ORDER BY id LIMIT ?";
    /// A reminder is posted, once.
    UPDATE_REMINDED = "UPDATE dossier SET reminded_at = ? WHERE id = ? AND reminded_at IS NULL";
    /// A few sessions that nobody uses any more.
    DELETE_OLD_SESSIONS = "DELETE FROM dossier_session WHERE seen_at <= ? ORDER BY seen_at LIMIT 1000";
    /// A few links whose time is over.
    DELETE_OLD_LINKS = "DELETE FROM dossier_link WHERE expires_at <= ? ORDER BY expires_at LIMIT 1000";
}

/// Dossiers looked at together.
const PAGE: u32 = 200;

impl Store {
    async fn page(
        &self,
        statement: &'static str,
        limit: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(statement).bind(Instant(limit));
        let query = query.bind(after).bind(PAGE);
        let ids = query.fetch_all(self.database.pool()).await?;
        Ok(ids.into_iter().map(DossierId::from_uuid).collect())
    }

    /// A page of the open dossiers untouched since `limit`.
    pub(in super::super) async fn idle(
        &self,
        limit: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        self.page(SELECT_IDLE, limit, after).await
    }

    /// A page of those that were not reminded.
    pub(in super::super) async fn unreminded(
        &self,
        limit: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        self.page(SELECT_UNREMINDED, limit, after).await
    }

    /// A page of the offers that end at `now`.
    pub(in super::super) async fn expired(
        &self,
        now: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        self.page(SELECT_EXPIRED, now, after).await
    }

    /// Writes down that a reminder is posted; `false` when one was before.
    pub(in super::super) async fn set_reminded(
        &self,
        connection: &mut Connection,
        id: DossierId,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_REMINDED).bind(Instant(now)).bind(id.uuid());
        Ok(query.execute(connection).await?.rows_affected() > 0)
    }

    /// Forgets a bounded number of sessions and links whose time is over.
    pub(in super::super) async fn forget_old(
        &self,
        sessions: Timestamp,
        links: Timestamp,
    ) -> Result<(), DbError> {
        for (statement, limit) in [(DELETE_OLD_SESSIONS, sessions), (DELETE_OLD_LINKS, links)] {
            sqlx::query(statement).bind(Instant(limit)).execute(self.database.pool()).await?;
        }
        Ok(())
    }
}
