//! The outbox as its writers, its keeper and its operators use it.

use jiff::Timestamp;
use uuid::Uuid;

use super::{ABANDONED, DEPTH, DROP, EXPIRED, INSERT, LIST, LIST_TO, Listed, PURGE, RETRY, STATE};
use crate::kernel::locale::Locale;
use crate::platform::db::{Connection, Database, DbError, Instant};
use crate::slices::messages::message::{Channel, MessageId};

/// The outbox in the database.
#[derive(Clone)]
pub(crate) struct Outbox {
    pub(super) database: Database,
}

/// A message to be written.
pub(crate) struct NewRow<'a> {
    pub(crate) id: Uuid,
    pub(crate) event: &'a str,
    pub(crate) channel: Channel,
    pub(crate) mark: [u8; 32],
    /// Sealed.
    pub(crate) recipient: Vec<u8>,
    /// Sealed.
    pub(crate) letter: Vec<u8>,
    pub(crate) locale: Locale,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// What became of a message to be written.
pub(crate) enum Inserted {
    /// It is written.
    Made,
    /// Its event has a message already.
    EventTaken,
}

/// How much of a channel is in one state.
pub(crate) struct Depth {
    pub(crate) channel: String,
    pub(crate) state: String,
    pub(crate) count: i64,
    pub(crate) oldest: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Selected {
    id: Uuid,
    event: String,
    channel: String,
    state: String,
    attempts: u32,
    reason: Option<String>,
    created_at: Instant,
    due_at: Instant,
    settled_at: Option<Instant>,
}

impl From<Selected> for Listed {
    fn from(row: Selected) -> Self {
        Self {
            id: MessageId::from_uuid(row.id),
            event: row.event,
            channel: row.channel,
            state: row.state,
            attempts: row.attempts,
            reason: row.reason,
            created_at: row.created_at.0,
            due_at: row.due_at.0,
            settled_at: row.settled_at.map(|at| at.0),
        }
    }
}

impl Outbox {
    pub(crate) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Whether the tables are there.
    pub(crate) async fn is_there(&self) -> bool {
        self.database.is_migrated().await.unwrap_or(false)
    }

    /// Writes a message in the caller's transaction. A failure of this statement alone undoes nothing
    /// else of it.
    pub(crate) async fn insert(
        &self,
        connection: &mut Connection,
        row: NewRow<'_>,
    ) -> Result<Inserted, DbError> {
        let inserted = sqlx::query(INSERT)
            .bind(row.id)
            .bind(row.event)
            .bind(row.channel.code())
            .bind(row.mark.as_slice())
            .bind(row.recipient)
            .bind(row.letter)
            .bind(row.locale.code())
            .bind(Instant(row.created_at))
            .bind(Instant(row.created_at))
            .bind(Instant(row.expires_at))
            .execute(connection)
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(Inserted::Made),
            Err(error) if error.is_duplicate() => Ok(Inserted::EventTaken),
            Err(error) => Err(error),
        }
    }

    /// Puts in doubt what copies that died were sending; says how many.
    pub(crate) async fn abandon(&self, channel: Channel, now: Timestamp) -> Result<u64, DbError> {
        let query = sqlx::query(ABANDONED).bind(Instant(now)).bind(channel.code());
        Ok(query.execute(self.database.pool()).await?.rows_affected())
    }

    /// Gives up what is of no use any more; says how many.
    pub(crate) async fn expire(&self, channel: Channel, now: Timestamp) -> Result<u64, DbError> {
        let query = sqlx::query(EXPIRED).bind(Instant(now)).bind(Instant(now));
        let query = query.bind(channel.code());
        Ok(query.execute(self.database.pool()).await?.rows_affected())
    }

    /// Deletes a bounded number of rows settled before `before`.
    pub(crate) async fn purge(&self, before: Timestamp, most: u32) -> Result<u64, DbError> {
        let query = sqlx::query(PURGE).bind(Instant(before)).bind(most);
        Ok(query.execute(self.database.pool()).await?.rows_affected())
    }

    /// How much waits, by channel and state.
    pub(crate) async fn depth(&self) -> Result<Vec<Depth>, DbError> {
        let query = sqlx::query_as::<_, (String, String, i64, Instant)>(DEPTH);
        let rows = query.fetch_all(self.database.pool()).await?;
        let depth = |(channel, state, count, oldest): (String, String, i64, Instant)| Depth {
            channel,
            state,
            count,
            oldest: oldest.0,
        };
        Ok(rows.into_iter().map(depth).collect())
    }

    /// The newest messages; those in one state unless `state` is empty.
    pub(crate) async fn list(&self, state: &str, most: u32) -> Result<Vec<Listed>, DbError> {
        let query = sqlx::query_as::<_, Selected>(LIST).bind(state).bind(most);
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(Listed::from).collect())
    }

    /// The same for the recipient with this mark.
    pub(crate) async fn list_to(
        &self,
        mark: &[u8; 32],
        state: &str,
        most: u32,
    ) -> Result<Vec<Listed>, DbError> {
        let query = sqlx::query_as::<_, Selected>(LIST_TO).bind(mark.as_slice());
        let query = query.bind(state).bind(most);
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(Listed::from).collect())
    }

    /// Has a message sent again at once; false when it is not one that may be.
    pub(crate) async fn retry(&self, id: Uuid, now: Timestamp) -> Result<bool, DbError> {
        let query = sqlx::query(RETRY).bind(Instant(now)).bind(id).bind(Instant(now));
        Ok(query.execute(self.database.pool()).await?.rows_affected() > 0)
    }

    /// Gives a message up; false when it is not one that may be.
    pub(crate) async fn discard(&self, id: Uuid, now: Timestamp) -> Result<bool, DbError> {
        let query = sqlx::query(DROP).bind(Instant(now)).bind(id);
        Ok(query.execute(self.database.pool()).await?.rows_affected() > 0)
    }

    /// The state of a message, if there is one.
    pub(crate) async fn state(&self, id: Uuid) -> Result<Option<String>, DbError> {
        let query = sqlx::query_scalar(STATE).bind(id);
        Ok(query.fetch_optional(self.database.pool()).await?)
    }
}
