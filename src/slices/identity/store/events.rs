//! The journal and its heads.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A pool's journal begins, unless it has.
    INSERT_HEAD = "INSERT IGNORE INTO identity_event_head (pool_id, sequence, hash) VALUES (?, 0, ?)";
    /// The last event of a pool; whoever adds one waits here.
    LOCK_HEAD = "SELECT sequence, hash FROM identity_event_head WHERE pool_id = ? FOR UPDATE";
    /// The last event is another one.
    UPDATE_HEAD = "UPDATE identity_event_head SET sequence = ?, hash = ? WHERE pool_id = ?";
    /// An event.
    INSERT_EVENT = "INSERT INTO identity_event (pool_id, sequence, happened_at, kind, data, \
        previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// A page of a pool's journal, in order.
    SELECT_EVENTS = "SELECT sequence, happened_at, kind, data, previous_hash, hash FROM identity_event \
        WHERE pool_id = ? AND sequence > ? ORDER BY sequence LIMIT ?";
    /// The last event, as its head says.
    SELECT_HEAD = "SELECT sequence, hash FROM identity_event_head WHERE pool_id = ?";
}

/// The last event of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Head {
    pub(in super::super) sequence: u64,
    pub(in super::super) hash: TokenHash,
}

/// An event as it is stored.
#[derive(Clone, Debug)]
pub(in super::super) struct EventRow {
    pub(in super::super) sequence: u64,
    pub(in super::super) happened_at: Timestamp,
    pub(in super::super) kind: String,
    pub(in super::super) data: String,
    pub(in super::super) previous_hash: TokenHash,
    pub(in super::super) hash: TokenHash,
}

#[derive(sqlx::FromRow)]
struct SelectedEvent {
    sequence: u64,
    happened_at: Instant,
    kind: String,
    data: String,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl From<SelectedEvent> for EventRow {
    fn from(row: SelectedEvent) -> Self {
        Self {
            sequence: row.sequence,
            happened_at: row.happened_at.0,
            kind: row.kind,
            data: row.data,
            previous_hash: whole(row.previous_hash),
            hash: whole(row.hash),
        }
    }
}

/// A hash of another length is no hash: it matches nothing.
fn whole(bytes: Vec<u8>) -> TokenHash {
    TokenHash::try_from(bytes).unwrap_or_default()
}

impl Store {
    /// Begins a pool's journal, unless it has begun.
    pub(in super::super) async fn open_journal(&self, pool: Uuid) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_HEAD).bind(pool).bind([0_u8; 32].as_slice());
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// The last event; whoever adds one waits until our transaction ends. `None`: the journal was never
    /// opened.
    pub(in super::super) async fn lock_head(
        &self,
        connection: &mut Connection,
        pool: Uuid,
    ) -> Result<Option<Head>, DbError> {
        let query = sqlx::query_as::<_, (u64, Vec<u8>)>(LOCK_HEAD).bind(pool);
        let row = query.fetch_optional(connection).await?;
        Ok(row.map(|(sequence, hash)| Head { sequence, hash: whole(hash) }))
    }

    /// Adds an event behind the locked head.
    pub(in super::super) async fn append_event(
        &self,
        connection: &mut Connection,
        pool: Uuid,
        event: &EventRow,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_EVENT)
            .bind(pool)
            .bind(event.sequence)
            .bind(Instant(event.happened_at))
            .bind(&event.kind)
            .bind(&event.data)
            .bind(event.previous_hash.as_slice())
            .bind(event.hash.as_slice())
            .execute(&mut *connection)
            .await?;
        let head = sqlx::query(UPDATE_HEAD).bind(event.sequence).bind(event.hash.as_slice());
        head.bind(pool).execute(connection).await?;
        Ok(())
    }

    /// At most `limit` events of a pool behind `after`, in order.
    pub(in super::super) async fn events(
        &self,
        pool: Uuid,
        after: u64,
        limit: u32,
    ) -> Result<Vec<EventRow>, DbError> {
        let query = sqlx::query_as::<_, SelectedEvent>(SELECT_EVENTS).bind(pool).bind(after);
        let rows = query.bind(limit).fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(EventRow::from).collect())
    }

    /// The last event of a pool, as its head says.
    pub(in super::super) async fn head(&self, pool: Uuid) -> Result<Option<Head>, DbError> {
        let query = sqlx::query_as::<_, (u64, Vec<u8>)>(SELECT_HEAD).bind(pool);
        let row = query.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|(sequence, hash)| Head { sequence, hash: whole(hash) }))
    }
}
