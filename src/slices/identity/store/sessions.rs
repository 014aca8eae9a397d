//! Browsers that are logged in.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::model::{Amr, Session};

statements! {
    /// A session.
    INSERT_SESSION = "INSERT INTO identity_session (id, token_hash, pool_id, user_id, auth_time, amr, acr, \
        created_at, last_seen_at, expires_at, address, user_agent) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// The session of a cookie.
    SELECT_SESSION_BY_TOKEN = "SELECT id, pool_id, user_id, auth_time, amr, created_at, last_seen_at, \
        expires_at, ended_at, address, user_agent FROM identity_session WHERE token_hash = ?";
    /// Whether a session has ended, and its last end; whoever ends it waits.
    LOCK_SESSION = "SELECT ended_at, expires_at FROM identity_session WHERE id = ? FOR UPDATE";
    /// A person's sessions whose tokens may be alive, but one.
    SELECT_LIVE = "SELECT id FROM identity_session WHERE user_id = ? AND id <> ? AND ended_at IS NULL \
        AND expires_at > ? LIMIT 1000";
    /// What a person sees of their own sessions, the last used first.
    SELECT_SESSIONS = "SELECT id, pool_id, user_id, auth_time, amr, created_at, last_seen_at, \
        expires_at, ended_at, address, user_agent FROM identity_session \
        WHERE user_id = ? AND ended_at IS NULL AND expires_at > ? ORDER BY last_seen_at DESC LIMIT 100";
    /// It was used.
    UPDATE_SEEN = "UPDATE identity_session SET last_seen_at = ? WHERE id = ? AND ended_at IS NULL";
    /// It ends.
    UPDATE_ENDED = "UPDATE identity_session SET ended_at = ? WHERE id = ? AND user_id = ? \
        AND ended_at IS NULL";
    /// All of a person's sessions end, but one.
    UPDATE_ALL_ENDED = "UPDATE identity_session SET ended_at = ? WHERE user_id = ? AND id <> ? \
        AND ended_at IS NULL";
    /// Old sessions leave, a few at a time.
    DELETE_SESSIONS = "DELETE FROM identity_session WHERE expires_at < ? ORDER BY expires_at LIMIT 1000";
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Uuid,
    pool_id: Uuid,
    user_id: Uuid,
    auth_time: Instant,
    amr: String,
    created_at: Instant,
    last_seen_at: Instant,
    expires_at: Instant,
    ended_at: Option<Instant>,
    address: String,
    user_agent: String,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            pool_id: row.pool_id,
            user_id: row.user_id,
            auth_time: row.auth_time.0,
            amr: Amr::parse(&row.amr),
            created_at: row.created_at.0,
            last_seen_at: row.last_seen_at.0,
            expires_at: row.expires_at.0,
            ended_at: row.ended_at.map(|at| at.0),
            address: row.address.into(),
            user_agent: row.user_agent.into(),
        }
    }
}

impl Store {
    /// Writes a session, known by its cookie's hash.
    pub(in super::super) async fn insert_session(
        &self,
        connection: &mut Connection,
        session: &Session,
        token: &TokenHash,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_SESSION)
            .bind(session.id)
            .bind(token.as_slice())
            .bind(session.pool_id)
            .bind(session.user_id)
            .bind(Instant(session.auth_time))
            .bind(session.amr.to_string())
            .bind(session.acr().code())
            .bind(Instant(session.created_at))
            .bind(Instant(session.last_seen_at))
            .bind(Instant(session.expires_at))
            .bind(&*session.address)
            .bind(&*session.user_agent)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The session of a cookie, live or not.
    pub(in super::super) async fn session_by_token(
        &self,
        token: &TokenHash,
    ) -> Result<Option<Session>, DbError> {
        let query = sqlx::query_as::<_, SessionRow>(SELECT_SESSION_BY_TOKEN).bind(token.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?.map(Session::from))
    }

    /// Makes whoever ends this session wait for us; its last end, `None` when it has ended or is gone.
    pub(in super::super) async fn lock_session(
        &self,
        connection: &mut Connection,
        id: Uuid,
    ) -> Result<Option<Timestamp>, DbError> {
        let query = sqlx::query_as::<_, (Option<Instant>, Instant)>(LOCK_SESSION).bind(id);
        let row = query.fetch_optional(connection).await?;
        Ok(row.filter(|(ended, _)| ended.is_none()).map(|(_, end)| end.0))
    }

    /// The sessions of a person that end after `since`, but `kept`.
    pub(in super::super) async fn live_sessions(
        &self,
        connection: &mut Connection,
        user: Uuid,
        kept: Uuid,
        since: Timestamp,
    ) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar(SELECT_LIVE).bind(user).bind(kept).bind(Instant(since));
        Ok(query.fetch_all(connection).await?)
    }

    /// The sessions of a person that have not ended.
    pub(in super::super) async fn sessions(
        &self,
        user: Uuid,
        now: Timestamp,
    ) -> Result<Vec<Session>, DbError> {
        let query = sqlx::query_as::<_, SessionRow>(SELECT_SESSIONS).bind(user).bind(Instant(now));
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    /// Says that a session was used.
    pub(in super::super) async fn see_session(
        &self,
        id: Uuid,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_SEEN).bind(Instant(now)).bind(id);
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Ends a session of this person; `false` when there was none to end.
    pub(in super::super) async fn end_session(
        &self,
        connection: &mut Connection,
        user: Uuid,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_ENDED).bind(Instant(now)).bind(id).bind(user);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Ends all sessions of this person, but `kept` (nil: none is kept).
    pub(in super::super) async fn end_sessions(
        &self,
        connection: &mut Connection,
        user: Uuid,
        kept: Uuid,
        now: Timestamp,
    ) -> Result<u64, DbError> {
        let query = sqlx::query(UPDATE_ALL_ENDED).bind(Instant(now)).bind(user).bind(kept);
        Ok(query.execute(connection).await?.rows_affected())
    }

    /// Forgets a bounded number of sessions whose time was over before `limit`.
    pub(in super::super) async fn forget_sessions(&self, limit: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_SESSIONS).bind(Instant(limit));
        query.execute(self.database.pool()).await?;
        Ok(())
    }
}
