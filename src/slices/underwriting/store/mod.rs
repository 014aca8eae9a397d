//! The only SQL of underwriting: one statement per function, no decision.

mod carrying;
mod decisions;
mod erasing;
mod evidence;
mod outages;
mod reviews;
mod sessions;

pub(super) use decisions::{DecisionRow, DocumentRow};
pub(super) use evidence::DueRow;
pub(super) use reviews::{ReviewRow, Waiting};
pub(super) use sessions::{NewSession, Noted};

use jiff::Timestamp;
use uuid::Uuid;

use crate::platform::db::{Connection, Database, DbError, Instant, statements};

/// Every statement of the slice, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[crate::platform::db::Statement]] = &[
    SHARED,
    carrying::STATEMENTS,
    decisions::STATEMENTS,
    erasing::STATEMENTS,
    evidence::STATEMENTS,
    outages::STATEMENTS,
    reviews::STATEMENTS,
    sessions::STATEMENTS,
];

const SHARED: &[crate::platform::db::Statement] = shared::STATEMENTS;

mod shared {
    use super::statements;

    statements! {
        /// Something that somebody did.
        INSERT_AUDIT = "INSERT INTO uw_audit (at, actor, action, session_id, reason, request_id) \
            VALUES (?, ?, ?, ?, ?, ?)";
        /// A callback that was taken.
        INSERT_SEEN = "INSERT INTO uw_callback_seen (event_id, seen_at) VALUES (?, ?)";
        /// Callbacks too old to come again.
        FORGET_SEEN = "DELETE FROM uw_callback_seen WHERE seen_at < ? LIMIT 500";
    }

    pub(super) const AUDIT: &str = INSERT_AUDIT;
    pub(super) const SEEN: &str = INSERT_SEEN;
    pub(super) const FORGET: &str = FORGET_SEEN;
}

/// Underwriting in the database.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) database: Database,
}

/// A line of the journal.
pub(super) struct Act<'a> {
    pub(super) at: Timestamp,
    pub(super) actor: &'a str,
    pub(super) action: &'static str,
    pub(super) session: Option<Uuid>,
    pub(super) reason: Option<&'a str>,
    pub(super) request_id: Option<&'a str>,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Writes a line of the journal in the caller's transaction.
    pub(super) async fn audit(
        &self,
        connection: &mut Connection,
        act: &Act<'_>,
    ) -> Result<(), DbError> {
        sqlx::query(shared::AUDIT)
            .bind(Instant(act.at))
            .bind(act.actor)
            .bind(act.action)
            .bind(act.session)
            .bind(act.reason)
            .bind(act.request_id)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The same, alone.
    pub(super) async fn audit_alone(&self, act: &Act<'_>) -> Result<(), DbError> {
        let mut connection = self.database.pool().acquire().await?;
        self.audit(&mut connection, act).await
    }

    /// Notes a callback; false when it was taken before.
    pub(super) async fn see(
        &self,
        connection: &mut Connection,
        event: &str,
        at: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(shared::SEEN).bind(event).bind(Instant(at));
        match query.execute(connection).await.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Forgets callbacks seen before `before`.
    pub(super) async fn forget_seen(&self, before: Timestamp) -> Result<u64, DbError> {
        let query = sqlx::query(shared::FORGET).bind(Instant(before));
        Ok(query.execute(self.database.pool()).await?.rows_affected())
    }
}
