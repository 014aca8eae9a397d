//! API keys and their secrets.

use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A new key.
    INSERT = "INSERT INTO admission_key \
        (id, name, plan, owner_issuer, owner_client, networks, created_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// Keys that are not revoked.
    COUNT = "SELECT COUNT(*) FROM admission_key WHERE revoked_at IS NULL";
    /// One key.
    FIND = "SELECT id, name, plan, owner_issuer, owner_client, networks, created_at, revoked_at \
        FROM admission_key WHERE id = ?";
    /// Keys, by their names.
    LIST = "SELECT id, name, plan, owner_issuer, owner_client, networks, created_at, revoked_at \
        FROM admission_key ORDER BY revoked_at IS NOT NULL, name, id LIMIT ?";
    /// Keys of an application that are not revoked.
    LIST_OF = "SELECT id, name, plan, owner_issuer, owner_client, networks, created_at, revoked_at \
        FROM admission_key WHERE owner_client = ? AND owner_issuer = ? AND revoked_at IS NULL \
        ORDER BY name, id LIMIT 100";
    /// Another plan.
    SET_PLAN = "UPDATE admission_key SET plan = ? WHERE id = ? AND revoked_at IS NULL";
    /// Other networks.
    SET_NETWORKS = "UPDATE admission_key SET networks = ? WHERE id = ? AND revoked_at IS NULL";
    /// The end of a key.
    REVOKE = "UPDATE admission_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
    /// A new secret.
    INSERT_SECRET = "INSERT INTO admission_secret (prefix, key_id, hash, created_at, expires_at) \
        VALUES (?, ?, ?, ?, ?)";
    /// Secrets of a key, the newest first.
    SECRETS = "SELECT prefix, created_at, expires_at, revoked_at FROM admission_secret \
        WHERE key_id = ? ORDER BY created_at DESC LIMIT 100";
    /// The end of a secret.
    REVOKE_SECRET = "UPDATE admission_secret SET revoked_at = ? \
        WHERE key_id = ? AND prefix = ? AND revoked_at IS NULL";
    /// Another end of a secret.
    EXPIRE_SECRET = "UPDATE admission_secret SET expires_at = ? \
        WHERE key_id = ? AND prefix = ? AND revoked_at IS NULL";
    /// Everything that opens something, for the picture.
    LIVE = "SELECT s.prefix, s.hash, s.expires_at, k.id, k.name, k.plan, k.owner_issuer, \
        k.owner_client, k.networks FROM admission_secret s JOIN admission_key k ON k.id = s.key_id \
        WHERE s.revoked_at IS NULL AND k.revoked_at IS NULL \
        AND (s.expires_at IS NULL OR s.expires_at > ?) LIMIT 200000";
    /// Plans that keys use.
    PLANS_USED = "SELECT DISTINCT plan FROM admission_key WHERE revoked_at IS NULL";
}

/// A key.
#[derive(sqlx::FromRow)]
pub(in super::super) struct KeyRow {
    pub(in super::super) id: Uuid,
    pub(in super::super) name: String,
    pub(in super::super) plan: String,
    pub(in super::super) owner_issuer: Option<String>,
    pub(in super::super) owner_client: Option<String>,
    pub(in super::super) networks: Json<Vec<String>>,
    pub(in super::super) created_at: Instant,
    pub(in super::super) revoked_at: Option<Instant>,
}

/// A key to be written.
pub(in super::super) struct NewKeyRow<'a> {
    pub(in super::super) id: Uuid,
    pub(in super::super) name: &'a str,
    pub(in super::super) plan: &'a str,
    pub(in super::super) owner: Option<(&'a str, &'a str)>,
    pub(in super::super) networks: &'a [String],
    pub(in super::super) now: Timestamp,
}

/// A secret of a key, without its hash.
#[derive(sqlx::FromRow)]
pub(in super::super) struct SecretRow {
    pub(in super::super) prefix: String,
    pub(in super::super) created_at: Instant,
    pub(in super::super) expires_at: Option<Instant>,
    pub(in super::super) revoked_at: Option<Instant>,
}

/// A secret to be written.
pub(in super::super) struct NewSecretRow<'a> {
    pub(in super::super) key: Uuid,
    pub(in super::super) prefix: &'a str,
    pub(in super::super) hash: &'a [u8; 32],
    pub(in super::super) now: Timestamp,
    pub(in super::super) expires: Option<Timestamp>,
}

/// A live secret with its key.
#[derive(sqlx::FromRow)]
pub(in super::super) struct LiveRow {
    pub(in super::super) prefix: String,
    pub(in super::super) hash: Vec<u8>,
    pub(in super::super) expires_at: Option<Instant>,
    pub(in super::super) id: Uuid,
    pub(in super::super) name: String,
    pub(in super::super) plan: String,
    pub(in super::super) owner_issuer: Option<String>,
    pub(in super::super) owner_client: Option<String>,
    pub(in super::super) networks: Json<Vec<String>>,
}

impl Store {
    pub(in super::super) async fn insert_key(
        &self,
        on: &mut Connection,
        row: &NewKeyRow<'_>,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT).bind(row.id).bind(row.name).bind(row.plan);
        let query = query.bind(row.owner.map(|it| it.0)).bind(row.owner.map(|it| it.1));
        query.bind(Json(row.networks)).bind(Instant(row.now)).execute(on).await?;
        Ok(())
    }

    pub(in super::super) async fn count_keys(&self, on: &mut Connection) -> Result<i64, DbError> {
        Ok(sqlx::query_scalar(COUNT).fetch_one(on).await?)
    }

    pub(in super::super) async fn find_key(&self, id: Uuid) -> Result<Option<KeyRow>, DbError> {
        Ok(sqlx::query_as(FIND).bind(id).fetch_optional(self.database.pool()).await?)
    }

    pub(in super::super) async fn list_keys(&self, most: u32) -> Result<Vec<KeyRow>, DbError> {
        Ok(sqlx::query_as(LIST).bind(most).fetch_all(self.database.pool()).await?)
    }

    pub(in super::super) async fn keys_of(
        &self,
        issuer: &str,
        client: &str,
    ) -> Result<Vec<KeyRow>, DbError> {
        let query = sqlx::query_as(LIST_OF).bind(client).bind(issuer);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    pub(in super::super) async fn set_plan(
        &self,
        on: &mut Connection,
        id: Uuid,
        plan: &str,
    ) -> Result<(), DbError> {
        sqlx::query(SET_PLAN).bind(plan).bind(id).execute(on).await?;
        Ok(())
    }

    pub(in super::super) async fn set_networks(
        &self,
        on: &mut Connection,
        id: Uuid,
        networks: &[String],
    ) -> Result<(), DbError> {
        sqlx::query(SET_NETWORKS).bind(Json(networks)).bind(id).execute(on).await?;
        Ok(())
    }

    /// False when it was revoked before.
    pub(in super::super) async fn revoke_key(
        &self,
        on: &mut Connection,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let done = sqlx::query(REVOKE).bind(Instant(now)).bind(id).execute(on).await?;
        Ok(done.rows_affected() > 0)
    }

    pub(in super::super) async fn insert_secret(
        &self,
        on: &mut Connection,
        row: &NewSecretRow<'_>,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_SECRET).bind(row.prefix).bind(row.key);
        let query = query.bind(row.hash.as_slice()).bind(Instant(row.now));
        query.bind(row.expires.map(Instant)).execute(on).await?;
        Ok(())
    }

    pub(in super::super) async fn secrets(
        &self,
        on: &mut Connection,
        key: Uuid,
    ) -> Result<Vec<SecretRow>, DbError> {
        Ok(sqlx::query_as(SECRETS).bind(key).fetch_all(on).await?)
    }

    pub(in super::super) async fn secrets_of(&self, key: Uuid) -> Result<Vec<SecretRow>, DbError> {
        Ok(sqlx::query_as(SECRETS).bind(key).fetch_all(self.database.pool()).await?)
    }

    /// False when the key has no such live secret.
    pub(in super::super) async fn revoke_secret(
        &self,
        on: &mut Connection,
        key: Uuid,
        prefix: &str,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(REVOKE_SECRET).bind(Instant(now)).bind(key).bind(prefix);
        Ok(query.execute(on).await?.rows_affected() > 0)
    }

    pub(in super::super) async fn expire_secret(
        &self,
        on: &mut Connection,
        key: Uuid,
        prefix: &str,
        end: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(EXPIRE_SECRET).bind(Instant(end)).bind(key).bind(prefix);
        query.execute(on).await?;
        Ok(())
    }

    pub(in super::super) async fn live(&self, now: Timestamp) -> Result<Vec<LiveRow>, DbError> {
        let query = sqlx::query_as(LIVE).bind(Instant(now));
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    pub(in super::super) async fn plans_used(
        &self,
        on: &mut Connection,
    ) -> Result<Vec<String>, DbError> {
        Ok(sqlx::query_scalar(PLANS_USED).fetch_all(on).await?)
    }
}
