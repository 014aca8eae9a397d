//! The only SQL of jobs. A claim is a random number: whoever does not hold it any more changes nothing.

use jiff::Timestamp;
use sqlx::{Connection as _, Executor};
use uuid::Uuid;

use crate::platform::db::{Connection, Database, DbError, Instant, statements};

statements! {
    /// A job that waits.
    INSERT = "INSERT INTO job (id, kind, subject, state, attempts, created_at, due_at) \
        VALUES (?, ?, ?, 'waiting', 0, ?, ?)";
    /// It is asked for again, for another hour.
    MOVE = "UPDATE job SET due_at = ? WHERE kind = ? AND subject = ? AND state = 'waiting'";
    /// Nobody needs it any more.
    CANCEL = "UPDATE job SET state = 'done', reason = 'cancelled', settled_at = ? \
        WHERE kind = ? AND subject = ? AND state IN ('waiting', 'dead')";
    /// A few jobs whose time has come, that this program knows and no other copy is claiming.
    SELECT_DUE = "SELECT id, kind, subject, attempts FROM job \
        WHERE state = 'waiting' AND due_at <= ? AND FIND_IN_SET(kind, ?) > 0 \
        ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED";
    /// One of them is ours from now on.
    CLAIM = "UPDATE job SET state = 'running', attempts = attempts + 1, claim = ?, \
        claimed_until = ? WHERE id = ?";
    /// It is under way still.
    RENEW = "UPDATE job SET claimed_until = ? WHERE id = ? AND claim = ? AND state = 'running'";
    /// It is done; the claim stays, so that its holder alone may have it come back.
    DONE = "UPDATE job SET state = 'done', reason = NULL, claimed_until = NULL, \
        settled_at = ? WHERE id = ? AND claim = ? AND state = 'running'";
    /// It comes back at its hour, as if it were new.
    AGAIN = "UPDATE job SET state = 'waiting', reason = NULL, attempts = 0, claim = NULL, \
        claimed_until = NULL, settled_at = NULL, due_at = ? \
        WHERE id = ? AND claim = ? AND state IN ('running', 'done')";
    /// It failed and is tried again.
    LATER = "UPDATE job SET state = 'waiting', reason = ?, claim = NULL, claimed_until = NULL, \
        due_at = ? WHERE id = ? AND claim = ? AND state = 'running'";
    /// It failed too often.
    DEAD = "UPDATE job SET state = 'dead', reason = ?, claim = NULL, claimed_until = NULL, \
        settled_at = ? WHERE id = ? AND claim = ? AND state = 'running'";
    /// What copies that died were doing.
    ABANDONED = "UPDATE job SET state = 'waiting', reason = 'abandoned', claim = NULL, \
        claimed_until = NULL WHERE state = 'running' AND claimed_until <= ? AND attempts < ?";
    /// What copies died of, again and again.
    ABANDONED_FOR_GOOD = "UPDATE job SET state = 'dead', reason = 'abandoned', claim = NULL, \
        claimed_until = NULL, settled_at = ? \
        WHERE state = 'running' AND claimed_until <= ? AND attempts >= ?";
    /// A few of the oldest rows; dead ones stay until an operator decides.
    PURGE = "DELETE FROM job WHERE state = 'done' AND settled_at <= ? \
        ORDER BY settled_at LIMIT ?";
    /// How much is where, and since when it is due.
    DEPTH = "SELECT state, COUNT(*), MIN(due_at) FROM job \
        WHERE state IN ('waiting', 'running', 'dead') GROUP BY state";
    /// The newest jobs, or those in one state.
    LIST = "SELECT id, kind, subject, state, attempts, reason, due_at, settled_at FROM job \
        WHERE ? IN ('', state) ORDER BY id DESC LIMIT ?";
    /// An operator has it done now.
    RETRY = "UPDATE job SET state = 'waiting', reason = NULL, attempts = 0, due_at = ?, \
        settled_at = NULL WHERE id = ? AND state IN ('waiting', 'dead')";
    /// An operator gives it up.
    DROP = "UPDATE job SET state = 'done', reason = 'dropped', settled_at = ? \
        WHERE id = ? AND state IN ('waiting', 'dead')";
}

/// For the next transaction only, whatever the connection's own level: a claim must not lock the gaps
/// beside its rows, where others write.
const ROWS_ONLY: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// Jobs in the database.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

/// A job that is ours to do.
#[derive(sqlx::FromRow)]
pub(super) struct Due {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) subject: String,
    /// This one not included.
    pub(super) attempts: u32,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Done,
    Again(Timestamp),
    Later(&'static str, Timestamp),
    Dead(&'static str),
}

/// A row as operators see it.
#[derive(sqlx::FromRow)]
pub(super) struct Line {
    pub(super) id: Uuid,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) state: String,
    pub(super) attempts: u32,
    pub(super) reason: Option<String>,
    pub(super) due_at: Instant,
    pub(super) settled_at: Option<Instant>,
}

/// How much is in one state.
pub(super) type Depth = (String, i64, Instant);

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Whether the tables are there.
    pub(super) async fn is_there(&self) -> bool {
        self.database.is_migrated().await.unwrap_or(false)
    }

    /// Writes a job; `false` when its subject has one.
    pub(super) async fn insert(
        &self,
        connection: &mut Connection,
        (id, kind, subject): (Uuid, &str, &str),
        due: Timestamp,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(INSERT).bind(id).bind(kind).bind(subject);
        let inserted = query.bind(Instant(now)).bind(Instant(due)).execute(connection).await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives a job that waits another hour.
    pub(super) async fn move_to(
        &self,
        connection: &mut Connection,
        (kind, subject): (&str, &str),
        due: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(MOVE).bind(Instant(due)).bind(kind).bind(subject);
        query.execute(connection).await?;
        Ok(())
    }

    /// Takes a job back.
    pub(super) async fn cancel(
        &self,
        connection: &mut Connection,
        (kind, subject): (&str, &str),
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(CANCEL).bind(Instant(now)).bind(kind).bind(subject);
        query.execute(connection).await?;
        Ok(())
    }

    /// A connection outside any transaction of the caller's.
    pub(super) async fn connection(
        &self,
    ) -> Result<sqlx::pool::PoolConnection<sqlx::MySql>, DbError> {
        Ok(self.database.pool().acquire().await?)
    }

    /// Takes up to `most` jobs of these kinds (joined by commas) whose time has come.
    pub(super) async fn claim(
        &self,
        kinds: &str,
        most: u32,
        claim: Uuid,
        (now, until): (Timestamp, Timestamp),
    ) -> Result<Vec<Due>, DbError> {
        let mut connection = self.connection().await?;
        connection.execute(ROWS_ONLY).await?;
        let mut transaction = connection.begin().await?;
        let due: Vec<Due> = sqlx::query_as(SELECT_DUE)
            .bind(Instant(now))
            .bind(kinds)
            .bind(most)
            .fetch_all(&mut *transaction)
            .await?;
        for row in &due {
            let query = sqlx::query(CLAIM).bind(claim).bind(Instant(until)).bind(row.id);
            query.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(due)
    }

    /// Holds a claim for longer; nothing when it is not ours any more.
    pub(super) async fn renew(
        &self,
        id: Uuid,
        claim: Uuid,
        until: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(RENEW).bind(Instant(until)).bind(id).bind(claim);
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Ends a job in its work's transaction; false when the claim is not ours any more.
    pub(super) async fn finish(
        &self,
        connection: &mut Connection,
        id: Uuid,
        claim: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(DONE).bind(Instant(now)).bind(id).bind(claim);
        Ok(query.execute(connection).await?.rows_affected() > 0)
    }

    /// Writes how an attempt ended; nothing when the claim is not ours any more.
    pub(super) async fn settle(
        &self,
        id: Uuid,
        claim: Uuid,
        settled: &Settled,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = match settled {
            Settled::Done => sqlx::query(DONE).bind(Instant(now)),
            Settled::Again(due) => sqlx::query(AGAIN).bind(Instant(*due)),
            Settled::Later(reason, due) => sqlx::query(LATER).bind(*reason).bind(Instant(*due)),
            Settled::Dead(reason) => sqlx::query(DEAD).bind(*reason).bind(Instant(now)),
        };
        query.bind(id).bind(claim).execute(self.database.pool()).await?;
        Ok(())
    }

    /// Frees what copies that died were doing; says how many are tried again and how many are dead.
    pub(super) async fn abandon(&self, now: Timestamp, most: u32) -> Result<(u64, u64), DbError> {
        let pool = self.database.pool();
        let dead = sqlx::query(ABANDONED_FOR_GOOD).bind(Instant(now)).bind(Instant(now)).bind(most);
        let dead = dead.execute(pool).await?.rows_affected();
        let again = sqlx::query(ABANDONED).bind(Instant(now)).bind(most);
        Ok((again.execute(pool).await?.rows_affected(), dead))
    }

    /// Deletes a bounded number of rows done before `before`.
    pub(super) async fn purge(&self, before: Timestamp, most: u32) -> Result<u64, DbError> {
        let query = sqlx::query(PURGE).bind(Instant(before)).bind(most);
        Ok(query.execute(self.database.pool()).await?.rows_affected())
    }

    /// How much is where.
    pub(super) async fn depth(&self) -> Result<Vec<Depth>, DbError> {
        Ok(sqlx::query_as(DEPTH).fetch_all(self.database.pool()).await?)
    }

    /// The newest jobs; those in one state unless `state` is empty.
    pub(super) async fn list(&self, state: &str, most: u32) -> Result<Vec<Line>, DbError> {
        let query = sqlx::query_as(LIST).bind(state).bind(most);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// Has a job done now; false when it is not one that may be.
    pub(super) async fn retry(&self, id: Uuid, now: Timestamp) -> Result<bool, DbError> {
        let query = sqlx::query(RETRY).bind(Instant(now)).bind(id);
        Ok(query.execute(self.database.pool()).await?.rows_affected() > 0)
    }

    /// Gives a job up; false when it is not one that may be.
    pub(super) async fn discard(&self, id: Uuid, now: Timestamp) -> Result<bool, DbError> {
        let query = sqlx::query(DROP).bind(Instant(now)).bind(id);
        Ok(query.execute(self.database.pool()).await?.rows_affected() > 0)
    }
}
