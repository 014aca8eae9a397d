//! The count of quotas: units leased, units served.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::Store;
use crate::platform::admission::{Ask, Grant, Usage};
use crate::platform::db::{DbError, Instant, statements};

statements! {
    /// The row of a period, made by whoever asks first.
    OPEN = "INSERT INTO admission_counter (key_id, period, starts, reserved, served, served_at) \
        VALUES (?, ?, ?, 0, 0, ?) ON DUPLICATE KEY UPDATE reserved = reserved";
    /// Units that all copies have leased so far.
    RESERVED = "SELECT reserved FROM admission_counter \
        WHERE key_id = ? AND period = ? AND starts = ?";
    /// Units are ours, unless another copy was quicker.
    RESERVE = "UPDATE admission_counter SET reserved = reserved + ? \
        WHERE key_id = ? AND period = ? AND starts = ? AND reserved = ?";
    /// Units were served.
    SERVED = "UPDATE admission_counter SET served = served + ?, served_at = ? \
        WHERE key_id = ? AND period = ? AND starts = ?";
    /// The counts of a key, the newest first.
    COUNTS = "SELECT period, CAST(starts AS CHAR) AS starts, reserved, served, served_at \
        FROM admission_counter WHERE key_id = ? ORDER BY starts DESC, period LIMIT 100";
    /// Counts of periods that are long over.
    FORGET = "DELETE FROM admission_counter WHERE starts < ? LIMIT 500";
}

/// The count of one period.
#[derive(sqlx::FromRow)]
pub(in super::super) struct CounterRow {
    pub(in super::super) period: String,
    pub(in super::super) starts: String,
    pub(in super::super) reserved: u64,
    pub(in super::super) served: u64,
    pub(in super::super) served_at: Instant,
}

impl Store {
    /// Leases units; none when another copy leased in between, and nothing was done then. What is granted
    /// follows from what was read, and is taken only if that still stands: no row stays locked while a copy
    /// thinks, so a slow one holds up nobody.
    pub(in super::super) async fn lease(
        &self,
        ask: &Ask,
        now: Timestamp,
    ) -> Result<Option<Grant>, DbError> {
        let (period, starts) = (ask.window.period.code(), ask.window.starts.to_string());
        let pool = self.database.pool();
        let read = || sqlx::query_scalar(RESERVED).bind(ask.key).bind(period).bind(&starts);
        let reserved: u64 = match read().fetch_optional(pool).await? {
            Some(reserved) => reserved,
            None => {
                let open = sqlx::query(OPEN).bind(ask.key).bind(period).bind(&starts);
                open.bind(Instant(now)).execute(pool).await?;
                read().fetch_one(pool).await?
            }
        };
        let grant = Grant::of(ask.limit, reserved, ask.least);
        if grant.granted == 0 {
            return Ok(Some(grant));
        }
        let reserve = sqlx::query(RESERVE).bind(grant.granted).bind(ask.key).bind(period);
        let taken = reserve.bind(&starts).bind(reserved).execute(pool).await?;
        Ok((taken.rows_affected() == 1).then_some(grant))
    }

    /// Writes down what was served.
    pub(in super::super) async fn served(
        &self,
        usage: &Usage,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(SERVED).bind(usage.units).bind(Instant(now)).bind(usage.key);
        let query = query.bind(usage.period.code()).bind(usage.starts.to_string());
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    pub(in super::super) async fn counts(&self, key: Uuid) -> Result<Vec<CounterRow>, DbError> {
        Ok(sqlx::query_as(COUNTS).bind(key).fetch_all(self.database.pool()).await?)
    }

    /// Forgets a bounded number of old counts.
    pub(in super::super) async fn forget_counts(&self, before: Date) -> Result<(), DbError> {
        sqlx::query(FORGET).bind(before.to_string()).execute(self.database.pool()).await?;
        Ok(())
    }
}
