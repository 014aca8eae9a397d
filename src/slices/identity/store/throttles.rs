//! Failed tries, and the browsers that people have logged in with.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A row to lock, unless there is one.
    INSERT_THROTTLE = "INSERT IGNORE INTO identity_throttle (key_hash, failures, last_at, open_at) \
        VALUES (?, 0, ?, ?)";
    /// The failures so far; whoever counts another one waits here.
    LOCK_THROTTLE = "SELECT failures, last_at, open_at FROM identity_throttle WHERE key_hash = ? FOR UPDATE";
    /// One more.
    UPDATE_THROTTLE = "UPDATE identity_throttle SET failures = ?, last_at = ?, open_at = ? WHERE key_hash = ?";
    /// Forgiven.
    DELETE_THROTTLE = "DELETE FROM identity_throttle WHERE key_hash = ?";
    /// Old ones leave, a few at a time.
    DELETE_THROTTLES = "DELETE FROM identity_throttle WHERE last_at < ? ORDER BY last_at LIMIT 1000";
    /// A browser has logged in.
    INSERT_DEVICE = "INSERT INTO identity_device (device_hash, user_id, created_at, last_seen_at) \
        VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE last_seen_at = ?";
    /// Whose browser it is.
    SELECT_DEVICE = "SELECT user_id FROM identity_device WHERE device_hash = ?";
    /// Whether the person has logged in with any.
    COUNT_DEVICES = "SELECT COUNT(*) FROM identity_device WHERE user_id = ?";
    /// Browsers that nobody has used for long leave, a few at a time.
    DELETE_DEVICES = "DELETE FROM identity_device WHERE last_seen_at < ? ORDER BY last_seen_at LIMIT 1000";
}

/// Failed tries, as they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct ThrottleRow {
    pub(in super::super) failures: u32,
    pub(in super::super) last_at: Timestamp,
    /// No try before.
    pub(in super::super) open_at: Timestamp,
}

impl Store {
    /// Makes a row to lock, unless there is one.
    pub(in super::super) async fn open_throttle(
        &self,
        key: &TokenHash,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_THROTTLE).bind(key.as_slice());
        query.bind(Instant(now)).bind(Instant(now)).execute(self.database.pool()).await?;
        Ok(())
    }

    /// The failures so far; whoever counts another one waits until our transaction ends.
    pub(in super::super) async fn lock_throttle(
        &self,
        connection: &mut Connection,
        key: &TokenHash,
    ) -> Result<Option<ThrottleRow>, DbError> {
        let query = sqlx::query_as::<_, (u32, Instant, Instant)>(LOCK_THROTTLE);
        let row = query.bind(key.as_slice()).fetch_optional(connection).await?;
        Ok(row.map(|(failures, last, open)| ThrottleRow {
            failures,
            last_at: last.0,
            open_at: open.0,
        }))
    }

    /// Writes the locked row.
    pub(in super::super) async fn update_throttle(
        &self,
        connection: &mut Connection,
        key: &TokenHash,
        row: &ThrottleRow,
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_THROTTLE)
            .bind(row.failures)
            .bind(Instant(row.last_at))
            .bind(Instant(row.open_at))
            .bind(key.as_slice())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Forgets the failures.
    pub(in super::super) async fn delete_throttle(&self, key: &TokenHash) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_THROTTLE).bind(key.as_slice());
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Forgets a bounded number of rows that nobody has failed at since `limit`.
    pub(in super::super) async fn forget_throttles(&self, limit: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_THROTTLES).bind(Instant(limit));
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Writes down that somebody has logged in with this browser.
    pub(in super::super) async fn meet_device(
        &self,
        connection: &mut Connection,
        device: &TokenHash,
        user: Uuid,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_DEVICE)
            .bind(device.as_slice())
            .bind(user)
            .bind(Instant(now))
            .bind(Instant(now))
            .bind(Instant(now))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Whether the account of this name has logged in with this browser.
    pub(in super::super) async fn knows_device(&self, device: &TokenHash) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(SELECT_DEVICE).bind(device.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?.is_some())
    }

    /// Whether this browser is another one than those that the person has logged in with; not for the
    /// first one of all.
    pub(in super::super) async fn is_another_device(
        &self,
        connection: &mut Connection,
        device: &TokenHash,
        user: Uuid,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(SELECT_DEVICE).bind(device.as_slice());
        if query.fetch_optional(&mut *connection).await?.is_some() {
            return Ok(false);
        }
        let query = sqlx::query_scalar::<_, i64>(COUNT_DEVICES).bind(user);
        Ok(query.fetch_one(connection).await? > 0)
    }

    /// Forgets a bounded number of browsers that nobody has used since `limit`.
    pub(in super::super) async fn forget_devices(&self, limit: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_DEVICES).bind(Instant(limit));
        query.execute(self.database.pool()).await?;
        Ok(())
    }
}
