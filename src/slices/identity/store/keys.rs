//! Signing keys.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Store, unreadable};
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::keys::schedule::Times;
use crate::slices::identity::model::Algorithm;

statements! {
    /// A key.
    INSERT_KEY = "INSERT INTO identity_signing_key (kid, pool_id, algorithm, public_jwk, private_sealed, \
        created_at, active_from) VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// The keys of a pool, the youngest first; four are made in a year.
    SELECT_KEYS = "SELECT kid, algorithm, public_jwk, private_sealed, created_at, active_from, revoked_at \
        FROM identity_signing_key WHERE pool_id = ? ORDER BY active_from DESC LIMIT 32";
    /// Whoever makes a key waits here.
    LOCK_POOL = "SELECT id FROM identity_pool WHERE id = ? FOR UPDATE";
    /// Neither published nor honoured any more.
    REVOKE_KEY = "UPDATE identity_signing_key SET revoked_at = ? WHERE pool_id = ? AND kid = ? \
        AND revoked_at IS NULL";
}

/// A key as it is stored.
pub(in super::super) struct KeyRow {
    pub(in super::super) kid: String,
    pub(in super::super) algorithm: Algorithm,
    pub(in super::super) jwk: Value,
    pub(in super::super) sealed: Vec<u8>,
    pub(in super::super) times: Times,
}

#[derive(sqlx::FromRow)]
struct SelectedKey {
    kid: String,
    algorithm: String,
    public_jwk: Json<Value>,
    private_sealed: Vec<u8>,
    created_at: Instant,
    active_from: Instant,
    revoked_at: Option<Instant>,
}

impl TryFrom<SelectedKey> for KeyRow {
    type Error = DbError;

    fn try_from(row: SelectedKey) -> Result<Self, DbError> {
        Ok(Self {
            kid: row.kid,
            algorithm: row.algorithm.parse().map_err(unreadable)?,
            jwk: row.public_jwk.0,
            sealed: row.private_sealed,
            times: Times {
                created_at: row.created_at.0,
                active_from: row.active_from.0,
                revoked_at: row.revoked_at.map(|at| at.0),
            },
        })
    }
}

impl Store {
    /// Writes a key.
    pub(in super::super) async fn insert_key(
        &self,
        connection: &mut Connection,
        pool: Uuid,
        key: &KeyRow,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_KEY)
            .bind(&key.kid)
            .bind(pool)
            .bind(key.algorithm.code())
            .bind(Json(&key.jwk))
            .bind(&key.sealed)
            .bind(Instant(key.times.created_at))
            .bind(Instant(key.times.active_from))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The keys of a pool.
    pub(in super::super) async fn keys(&self, pool: Uuid) -> Result<Vec<KeyRow>, DbError> {
        let query = sqlx::query_as::<_, SelectedKey>(SELECT_KEYS).bind(pool);
        let rows = query.fetch_all(self.database.pool()).await?;
        rows.into_iter().map(KeyRow::try_from).collect()
    }

    /// The keys of a pool, behind its lock. A plain reading: one that locked would lock the gap where
    /// other pools write their first keys.
    pub(in super::super) async fn keys_now(
        &self,
        connection: &mut Connection,
        pool: Uuid,
    ) -> Result<Vec<KeyRow>, DbError> {
        let query = sqlx::query_as::<_, SelectedKey>(SELECT_KEYS).bind(pool);
        let rows = query.fetch_all(connection).await?;
        rows.into_iter().map(KeyRow::try_from).collect()
    }

    /// Makes whoever makes keys of this pool wait for us.
    pub(in super::super) async fn lock_pool(
        &self,
        connection: &mut Connection,
        pool: Uuid,
    ) -> Result<(), DbError> {
        sqlx::query(LOCK_POOL).bind(pool).fetch_optional(connection).await?;
        Ok(())
    }

    /// Drops a key; `false` when there was none to drop.
    pub(in super::super) async fn revoke_key(
        &self,
        connection: &mut Connection,
        pool: Uuid,
        kid: &str,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(REVOKE_KEY).bind(Instant(now)).bind(pool).bind(kid);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }
}
