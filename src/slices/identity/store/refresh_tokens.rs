//! Refresh tokens: each replaces one, and is replaced.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A token.
    INSERT_REFRESH = "INSERT INTO identity_refresh_token (token_hash, family_id, parent_hash, access_jti, \
        created_at) VALUES (?, ?, ?, ?, ?)";
    /// The family of a token; it never changes.
    SELECT_FAMILY_OF = "SELECT family_id FROM identity_refresh_token WHERE token_hash = ?";
    /// A token as it is at this very moment.
    LOCK_REFRESH = "SELECT token_hash, access_jti, created_at, used_at, revoked_at \
        FROM identity_refresh_token WHERE token_hash = ? FOR UPDATE";
    /// The tokens that replaced it: behind the family's lock, without one of their own, which would lock
    /// the gap where other families write theirs.
    SELECT_SUCCESSORS = "SELECT token_hash, access_jti, created_at, used_at, revoked_at \
        FROM identity_refresh_token WHERE parent_hash = ?";
    /// It was used; the first time counts.
    UPDATE_USED = "UPDATE identity_refresh_token SET used_at = ? WHERE token_hash = ? AND used_at IS NULL";
    /// It was replaced without having been used.
    UPDATE_REVOKED = "UPDATE identity_refresh_token SET revoked_at = ? WHERE token_hash = ? \
        AND revoked_at IS NULL";
    /// A living token, for who asks whether it is one.
    SELECT_REFRESH = "SELECT token_hash, access_jti, created_at, used_at, revoked_at \
        FROM identity_refresh_token WHERE token_hash = ?";
    /// Access tokens of a family that may be alive.
    SELECT_ACCESS = "SELECT access_jti FROM identity_refresh_token WHERE family_id = ? AND created_at > ? \
        LIMIT 1000";
}

/// A token as it is stored.
pub(in super::super) struct RefreshToken {
    pub(in super::super) hash: Vec<u8>,
    pub(in super::super) access_jti: Uuid,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) used_at: Option<Timestamp>,
    pub(in super::super) is_revoked: bool,
}

type Row = (Vec<u8>, Uuid, Instant, Option<Instant>, Option<Instant>);

impl From<Row> for RefreshToken {
    fn from((hash, access_jti, created_at, used_at, revoked_at): Row) -> Self {
        Self {
            hash,
            access_jti,
            created_at: created_at.0,
            used_at: used_at.map(|at| at.0),
            is_revoked: revoked_at.is_some(),
        }
    }
}

impl Store {
    /// Writes a token, and which one it replaces.
    pub(in super::super) async fn insert_refresh(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
        parent: Option<&TokenHash>,
        family: Uuid,
        access_jti: Uuid,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_REFRESH)
            .bind(hash.as_slice())
            .bind(family)
            .bind(parent.map(<[u8; 32]>::as_slice))
            .bind(access_jti)
            .bind(Instant(now))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The family of a token.
    pub(in super::super) async fn family_of(
        &self,
        token: &TokenHash,
    ) -> Result<Option<Uuid>, DbError> {
        let query = sqlx::query_scalar(SELECT_FAMILY_OF).bind(token.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    /// A token, for who only looks.
    pub(in super::super) async fn refresh_token(
        &self,
        token: &TokenHash,
    ) -> Result<Option<RefreshToken>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_REFRESH).bind(token.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?.map(Into::into))
    }

    /// A token, behind its family's lock.
    pub(in super::super) async fn lock_refresh(
        &self,
        connection: &mut Connection,
        token: &TokenHash,
    ) -> Result<Option<RefreshToken>, DbError> {
        let query = sqlx::query_as::<_, Row>(LOCK_REFRESH).bind(token.as_slice());
        Ok(query.fetch_optional(connection).await?.map(Into::into))
    }

    /// The tokens that replaced one, behind the family's lock.
    pub(in super::super) async fn successors(
        &self,
        connection: &mut Connection,
        token: &TokenHash,
    ) -> Result<Vec<RefreshToken>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_SUCCESSORS).bind(token.as_slice());
        Ok(query.fetch_all(connection).await?.into_iter().map(Into::into).collect())
    }

    /// Says that a token was used.
    pub(in super::super) async fn use_refresh(
        &self,
        connection: &mut Connection,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_USED)
            .bind(Instant(now))
            .bind(token.as_slice())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Revokes a token that was replaced without having been used; `false` when it was revoked.
    pub(in super::super) async fn revoke_refresh(
        &self,
        connection: &mut Connection,
        token: &[u8],
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(UPDATE_REVOKED).bind(Instant(now)).bind(token);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// The access tokens that were issued with a family's tokens after `since`.
    pub(in super::super) async fn access_of_family(
        &self,
        connection: &mut Connection,
        family: Uuid,
        since: Timestamp,
    ) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar(SELECT_ACCESS).bind(family).bind(Instant(since));
        Ok(query.fetch_all(connection).await?)
    }
}
