//! Authorization codes.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A code.
    INSERT_CODE = "INSERT INTO identity_code (code_hash, pool_id, client_id, grant_data, session_id, \
        created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// What a code stands for; it never changes.
    SELECT_CODE = "SELECT pool_id, client_id, grant_data, session_id, expires_at FROM identity_code \
        WHERE code_hash = ?";
    /// Whether a code was used; whoever uses it waits here.
    LOCK_CODE = "SELECT used_at, family_id, access_jti FROM identity_code WHERE code_hash = ? FOR UPDATE";
    /// It was used, and this was issued.
    UPDATE_CODE_USED = "UPDATE identity_code SET used_at = ?, family_id = ?, access_jti = ? \
        WHERE code_hash = ? AND used_at IS NULL";
    /// Old ones leave, a few at a time.
    DELETE_CODES = "DELETE FROM identity_code WHERE expires_at < ? ORDER BY expires_at LIMIT 1000";
}

/// What a code stands for.
#[derive(sqlx::FromRow)]
pub(in super::super) struct CodeRow {
    pub(in super::super) pool_id: Uuid,
    pub(in super::super) client_id: Uuid,
    grant_data: Json<Value>,
    pub(in super::super) session_id: Uuid,
    expires_at: Instant,
}

impl CodeRow {
    /// The document of the room that wrote it.
    pub(in super::super) fn data(&self) -> &Value {
        &self.grant_data.0
    }

    /// End.
    pub(in super::super) fn expires_at(&self) -> Timestamp {
        self.expires_at.0
    }
}

/// A code to be written.
pub(in super::super) struct NewCode<'a> {
    pub(in super::super) hash: &'a TokenHash,
    pub(in super::super) pool_id: Uuid,
    pub(in super::super) client_id: Uuid,
    pub(in super::super) data: &'a Value,
    pub(in super::super) session_id: Uuid,
    pub(in super::super) life: [Timestamp; 2],
}

/// What the first use of a code issued.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct CodeUse {
    pub(in super::super) family: Option<Uuid>,
    pub(in super::super) access_jti: Option<Uuid>,
}

type LockedCode = (Option<Instant>, Option<Uuid>, Option<Uuid>);

impl Store {
    /// Writes a code.
    pub(in super::super) async fn insert_code(
        &self,
        connection: &mut Connection,
        code: &NewCode<'_>,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_CODE)
            .bind(code.hash.as_slice())
            .bind(code.pool_id)
            .bind(code.client_id)
            .bind(Json(code.data))
            .bind(code.session_id)
            .bind(Instant(code.life[0]))
            .bind(Instant(code.life[1]))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// What a code stands for.
    pub(in super::super) async fn code(
        &self,
        hash: &TokenHash,
    ) -> Result<Option<CodeRow>, DbError> {
        let query = sqlx::query_as(SELECT_CODE).bind(hash.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    /// Makes whoever uses this code wait for us; what its first use issued, if it was used. `None`: it
    /// is gone.
    pub(in super::super) async fn lock_code(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
    ) -> Result<Option<Option<CodeUse>>, DbError> {
        let query = sqlx::query_as::<_, LockedCode>(LOCK_CODE).bind(hash.as_slice());
        let row = query.fetch_optional(connection).await?;
        Ok(row.map(|(used, family, access_jti)| used.map(|_| CodeUse { family, access_jti })))
    }

    /// Says that a code was used; `false` when somebody was faster.
    pub(in super::super) async fn use_code(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
        issued: CodeUse,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_CODE_USED).bind(Instant(now)).bind(issued.family);
        let query = query.bind(issued.access_jti).bind(hash.as_slice());
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Forgets a bounded number of codes whose time was over before `limit`.
    pub(in super::super) async fn forget_codes(&self, limit: Timestamp) -> Result<(), DbError> {
        sqlx::query(DELETE_CODES).bind(Instant(limit)).execute(self.database.pool()).await?;
        Ok(())
    }
}
