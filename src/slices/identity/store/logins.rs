//! Logins under way.

use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A login begins.
    INSERT_LOGIN = "INSERT INTO identity_login (id_hash, pool_id, request, progress, version, created_at, \
        expires_at) VALUES (?, ?, ?, ?, 0, ?, ?)";
    /// One login.
    SELECT_LOGIN = "SELECT pool_id, request, progress, version, expires_at FROM identity_login \
        WHERE id_hash = ?";
    /// One step further, unless somebody was faster.
    UPDATE_LOGIN_PROGRESS = "UPDATE identity_login SET progress = ?, version = version + 1 \
        WHERE id_hash = ? AND version = ?";
    /// It is over.
    DELETE_LOGIN = "DELETE FROM identity_login WHERE id_hash = ?";
    /// Abandoned ones leave, a few at a time.
    DELETE_LOGINS = "DELETE FROM identity_login WHERE expires_at < ? ORDER BY expires_at LIMIT 1000";
}

/// A login under way, as it is stored: `request` and `progress` are documents of the rooms that write
/// them.
#[derive(sqlx::FromRow)]
pub(in super::super) struct LoginRow {
    pub(in super::super) pool_id: Uuid,
    request: Option<Json<serde_json::Value>>,
    progress: Json<serde_json::Value>,
    pub(in super::super) version: u32,
    expires_at: Instant,
}

impl LoginRow {
    /// The application's request, as it was checked.
    pub(in super::super) fn request(&self) -> Option<&serde_json::Value> {
        self.request.as_ref().map(|request| &request.0)
    }

    /// What is proven so far.
    pub(in super::super) fn progress(&self) -> &serde_json::Value {
        &self.progress.0
    }

    /// End.
    pub(in super::super) fn expires_at(&self) -> Timestamp {
        self.expires_at.0
    }
}

impl Store {
    /// Writes a login that begins.
    pub(in super::super) async fn insert_login(
        &self,
        id: &TokenHash,
        pool: Uuid,
        request: Option<&serde_json::Value>,
        progress: &serde_json::Value,
        life: [Timestamp; 2],
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_LOGIN)
            .bind(id.as_slice())
            .bind(pool)
            .bind(request.map(Json))
            .bind(Json(progress))
            .bind(Instant(life[0]))
            .bind(Instant(life[1]))
            .execute(self.database.pool())
            .await?;
        Ok(())
    }

    /// One login, whether or not its time is over.
    pub(in super::super) async fn login(
        &self,
        id: &TokenHash,
    ) -> Result<Option<LoginRow>, DbError> {
        let query = sqlx::query_as(SELECT_LOGIN).bind(id.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    /// Writes one step; `false` when somebody was faster.
    pub(in super::super) async fn advance_login(
        &self,
        connection: &mut Connection,
        id: &TokenHash,
        version: u32,
        progress: &serde_json::Value,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_LOGIN_PROGRESS);
        let query = query.bind(Json(progress)).bind(id.as_slice()).bind(version);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Ends a login; `false` when somebody was faster.
    pub(in super::super) async fn delete_login(
        &self,
        connection: &mut Connection,
        id: &TokenHash,
    ) -> Result<bool, DbError> {
        let deleted = sqlx::query(DELETE_LOGIN).bind(id.as_slice()).execute(connection).await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// Forgets a bounded number of abandoned logins.
    pub(in super::super) async fn forget_logins(&self, now: Timestamp) -> Result<(), DbError> {
        sqlx::query(DELETE_LOGINS).bind(Instant(now)).execute(self.database.pool()).await?;
        Ok(())
    }
}
