//! Whom an outage of the engine stopped, in the database.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// Somebody was stopped; the first time counts.
    STOP = "UPDATE uw_session SET stopped_at = ? \
        WHERE id = ? AND stopped_at IS NULL AND state IN ('CREATED', 'IN_PROGRESS')";
    /// They go on, or are told.
    GO_ON = "UPDATE uw_session SET stopped_at = NULL WHERE id = ? AND stopped_at IS NOT NULL";
    /// Who was stopped and has not come back.
    STOPPED = "SELECT id, dossier_id, insured_no, stopped_at FROM uw_session \
        WHERE stopped_at <= ? AND state IN ('CREATED', 'IN_PROGRESS') ORDER BY stopped_at, id LIMIT ?";
}

/// Somebody who was stopped: session, dossier, place, since when.
pub(crate) type StoppedRow = (Uuid, Uuid, u8, Timestamp);

impl Store {
    /// Notes that somebody was stopped, once in an outage.
    pub(crate) async fn set_stopped(&self, session: Uuid, now: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(STOP).bind(Instant(now)).bind(session);
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Nobody is stopped any more; false when nobody was.
    pub(crate) async fn set_going_on(
        &self,
        connection: &mut Connection,
        session: Uuid,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(GO_ON).bind(session);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Who was stopped until `until` and has not come back, the longest first.
    pub(crate) async fn stopped(
        &self,
        until: Timestamp,
        most: u32,
    ) -> Result<Vec<StoppedRow>, DbError> {
        let query = sqlx::query_as::<_, (Uuid, Uuid, u8, Instant)>(STOPPED);
        let query = query.bind(Instant(until)).bind(most);
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(|(id, dossier, number, at)| (id, dossier, number, at.0)).collect())
    }
}
