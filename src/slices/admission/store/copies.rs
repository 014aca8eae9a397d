//! Which change was the last one, and which copies are running.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// Which change was the last one.
    VERSION = "SELECT version FROM admission_version WHERE id = 1";
    /// A change. Whoever makes another one waits for the end of this one's transaction.
    CHANGE = "UPDATE admission_version SET version = version + 1 WHERE id = 1";
    /// This copy is running.
    BEAT = "INSERT INTO admission_copy (id, seen_at) VALUES (?, ?) \
        ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at)";
    /// Copies that were running a moment ago.
    COPIES = "SELECT COUNT(*) FROM admission_copy WHERE seen_at > ?";
    /// This copy ends.
    LEAVE = "DELETE FROM admission_copy WHERE id = ?";
    /// Copies that have ended without a word.
    FORGET_COPIES = "DELETE FROM admission_copy WHERE seen_at < ?";
}

impl Store {
    pub(in super::super) async fn version(&self) -> Result<u64, DbError> {
        Ok(sqlx::query_scalar(VERSION).fetch_one(self.database.pool()).await?)
    }

    /// First in every transaction that changes something: changes come one after the other.
    pub(in super::super) async fn change(&self, on: &mut Connection) -> Result<(), DbError> {
        sqlx::query(CHANGE).execute(on).await?;
        Ok(())
    }

    pub(in super::super) async fn beat(&self, copy: Uuid, now: Timestamp) -> Result<(), DbError> {
        sqlx::query(BEAT).bind(copy).bind(Instant(now)).execute(self.database.pool()).await?;
        Ok(())
    }

    pub(in super::super) async fn copies(&self, since: Timestamp) -> Result<i64, DbError> {
        let query = sqlx::query_scalar(COPIES).bind(Instant(since));
        Ok(query.fetch_one(self.database.pool()).await?)
    }

    pub(in super::super) async fn leave(&self, copy: Uuid) -> Result<(), DbError> {
        sqlx::query(LEAVE).bind(copy).execute(self.database.pool()).await?;
        Ok(())
    }

    pub(in super::super) async fn forget_copies(&self, before: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(FORGET_COPIES).bind(Instant(before));
        query.execute(self.database.pool()).await?;
        Ok(())
    }
}
