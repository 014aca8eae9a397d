//! What deadlines look for, by bounded pages.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::DossierId;

statements! {
    /// Open dossiers that nobody has touched since. An offer ends by its own day.
    SELECT_IDLE = "SELECT id FROM dossier WHERE state IN ('quote', 'application', 'medical', 'decision') \
        AND touched_at <= ? AND id > ? ORDER BY id LIMIT ?";
    /// Quotes of which no demand has come, that nobody has touched since.
    SELECT_QUOTES = "SELECT id FROM dossier WHERE state = 'quote' AND touched_at <= ? AND id > ? \
        ORDER BY id LIMIT ?";
    /// What was put off, that nobody has touched since; not while somebody is still to be told.
    SELECT_PUT_OFF = "SELECT id FROM dossier WHERE state = 'postponed' AND recall_at IS NULL \
        AND touched_at <= ? AND id > ? ORDER BY id LIMIT ?";
    /// What was put off until now.
    SELECT_RECALLED = "SELECT id FROM dossier WHERE state = 'postponed' AND recall_at <= ? AND id > ? \
        ORDER BY id LIMIT ?";
    /// The moment from which it may be asked for again, or none.
    UPDATE_RECALL = "UPDATE dossier SET recall_at = ? WHERE id = ?";
    /// A later moment, while nobody was told of the first.
    RAISE_RECALL = "UPDATE dossier SET recall_at = ? WHERE id = ? AND recall_at < ?";
    /// Who waits for that moment is told, once.
    CLEAR_RECALL = "UPDATE dossier SET recall_at = NULL WHERE id = ? AND recall_at <= ?";
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

    /// A page of the quotes untouched since `limit`.
    pub(in super::super) async fn idle_quotes(
        &self,
        limit: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        self.page(SELECT_QUOTES, limit, after).await
    }

    /// A page of what was put off, untouched since `limit`.
    pub(in super::super) async fn put_off(
        &self,
        limit: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        self.page(SELECT_PUT_OFF, limit, after).await
    }

    /// A page of what was put off until `now`.
    pub(in super::super) async fn recalled(
        &self,
        now: Timestamp,
        after: Uuid,
    ) -> Result<Vec<DossierId>, DbError> {
        self.page(SELECT_RECALLED, now, after).await
    }

    /// Writes from when on it may be asked for again.
    pub(in super::super) async fn set_recall(
        &self,
        connection: &mut Connection,
        id: DossierId,
        at: Option<Timestamp>,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_RECALL).bind(at.map(Instant)).bind(id.uuid());
        query.execute(connection).await?;
        Ok(())
    }

    /// Puts that moment off until `at`, if it is sooner and nobody was told.
    pub(in super::super) async fn raise_recall(
        &self,
        connection: &mut Connection,
        id: DossierId,
        at: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(RAISE_RECALL).bind(Instant(at)).bind(id.uuid());
        query.bind(Instant(at)).execute(connection).await?;
        Ok(())
    }

    /// Writes down that people are told that they may ask again; `false` when they were before.
    pub(in super::super) async fn clear_recall(
        &self,
        connection: &mut Connection,
        id: DossierId,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(CLEAR_RECALL).bind(id.uuid()).bind(Instant(now));
        Ok(query.execute(connection).await?.rows_affected() > 0)
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
