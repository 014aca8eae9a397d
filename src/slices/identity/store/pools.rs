//! Pools.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Store, unreadable};
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::model::{Pool, Slug};

statements! {
    /// A pool, unless its name is taken.
    INSERT_POOL = "INSERT IGNORE INTO identity_pool (id, slug, kind, name_fr, name_en, accent, algorithm, \
        access_ttl_s, refresh_ttl_s, refresh_idle_s, session_ttl_s, session_idle_s, second_factor, \
        sign_up, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// One pool by its name.
    SELECT_POOL = "SELECT id, slug, kind, name_fr, name_en, accent, algorithm, access_ttl_s, \
        refresh_ttl_s, refresh_idle_s, session_ttl_s, session_idle_s, second_factor, sign_up, \
        legacy_until FROM identity_pool WHERE slug = ?";
    /// A page of pools, by name.
    SELECT_POOLS = "SELECT id, slug, kind, name_fr, name_en, accent, algorithm, access_ttl_s, \
        refresh_ttl_s, refresh_idle_s, session_ttl_s, session_idle_s, second_factor, sign_up, \
        legacy_until FROM identity_pool WHERE slug > ? ORDER BY slug LIMIT ?";
    /// Opens or shuts the pool's lock on old grants.
    UPDATE_LEGACY = "UPDATE identity_pool SET legacy_until = ? WHERE id = ?";
}

#[derive(sqlx::FromRow)]
struct PoolRow {
    id: Uuid,
    slug: String,
    kind: String,
    name_fr: String,
    name_en: String,
    accent: String,
    algorithm: String,
    access_ttl_s: u32,
    refresh_ttl_s: u32,
    refresh_idle_s: u32,
    session_ttl_s: u32,
    session_idle_s: u32,
    second_factor: String,
    sign_up: bool,
    legacy_until: Option<Instant>,
}

impl TryFrom<PoolRow> for Pool {
    type Error = DbError;

    fn try_from(row: PoolRow) -> Result<Self, DbError> {
        let seconds = |value: u32| Duration::from_secs(value.into());
        Ok(Self {
            id: row.id,
            slug: row.slug.parse().map_err(unreadable)?,
            kind: row.kind.parse().map_err(unreadable)?,
            name_fr: row.name_fr.into(),
            name_en: row.name_en.into(),
            accent: row.accent.into(),
            algorithm: row.algorithm.parse().map_err(unreadable)?,
            access_ttl: seconds(row.access_ttl_s),
            refresh_ttl: seconds(row.refresh_ttl_s),
            refresh_idle: seconds(row.refresh_idle_s),
            session_ttl: seconds(row.session_ttl_s),
            session_idle: seconds(row.session_idle_s),
            second_factor: row.second_factor.parse().map_err(unreadable)?,
            sign_up: row.sign_up,
            legacy_until: row.legacy_until.map(|at| at.0),
        })
    }
}

impl Store {
    /// Writes a pool; `false` when its name is taken.
    pub(in super::super) async fn insert_pool(
        &self,
        pool: &Pool,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let seconds = |life: Duration| u32::try_from(life.as_secs()).unwrap_or(u32::MAX);
        let inserted = sqlx::query(INSERT_POOL)
            .bind(pool.id)
            .bind(pool.slug.as_str())
            .bind(pool.kind.code())
            .bind(&*pool.name_fr)
            .bind(&*pool.name_en)
            .bind(&*pool.accent)
            .bind(pool.algorithm.code())
            .bind(seconds(pool.access_ttl))
            .bind(seconds(pool.refresh_ttl))
            .bind(seconds(pool.refresh_idle))
            .bind(seconds(pool.session_ttl))
            .bind(seconds(pool.session_idle))
            .bind(pool.second_factor.code())
            .bind(pool.sign_up)
            .bind(Instant(now))
            .execute(self.database.pool())
            .await?;
        Ok(inserted.rows_affected() == 1)
    }

    /// One pool by its name.
    pub(in super::super) async fn pool(&self, slug: &Slug) -> Result<Option<Pool>, DbError> {
        let query = sqlx::query_as::<_, PoolRow>(SELECT_POOL).bind(slug.as_str());
        query.fetch_optional(self.database.pool()).await?.map(Pool::try_from).transpose()
    }

    /// At most `limit` pools whose names come after `after`.
    pub(in super::super) async fn pools(
        &self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Pool>, DbError> {
        let query = sqlx::query_as::<_, PoolRow>(SELECT_POOLS).bind(after).bind(limit);
        let rows = query.fetch_all(self.database.pool()).await?;
        rows.into_iter().map(Pool::try_from).collect()
    }

    /// Opens the pool's lock on old grants until then, or shuts it.
    pub(in super::super) async fn set_pool_legacy(
        &self,
        connection: &mut Connection,
        pool: Uuid,
        until: Option<Timestamp>,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_LEGACY).bind(until.map(Instant)).bind(pool);
        query.execute(connection).await?;
        Ok(())
    }
}
