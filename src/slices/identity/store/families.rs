//! Families of refresh tokens: how they begin and end.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::kernel::access::Scopes;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::model::Amr;

statements! {
    /// A family.
    INSERT_FAMILY = "INSERT INTO identity_family (id, pool_id, client_id, user_id, session_id, scopes, \
        auth_time, amr, acr, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// One family.
    SELECT_FAMILY = "SELECT id, pool_id, client_id, user_id, session_id, scopes, auth_time, amr, \
        expires_at, revoked_at FROM identity_family WHERE id = ?";
    /// Whether it was revoked; whoever uses one of its tokens waits here.
    LOCK_FAMILY = "SELECT revoked_at FROM identity_family WHERE id = ? FOR UPDATE";
    /// It ends.
    REVOKE_FAMILY = "UPDATE identity_family SET revoked_at = ?, reason = ? WHERE id = ? \
        AND revoked_at IS NULL";
    /// The living families of a session.
    SELECT_OF_SESSION = "SELECT id FROM identity_family WHERE session_id = ? AND revoked_at IS NULL \
        LIMIT 1000";
    /// The living families of a person, but those of one session, and the sessions that they come from.
    SELECT_OF_USER = "SELECT id, session_id FROM identity_family WHERE user_id = ? AND session_id <> ? \
        AND revoked_at IS NULL AND expires_at > ? LIMIT 1000";
    /// The living families of a person with one application.
    SELECT_OF_CONSENT = "SELECT id FROM identity_family WHERE user_id = ? AND client_id = ? \
        AND revoked_at IS NULL AND expires_at > ? LIMIT 1000";
    /// Families whose time is over.
    SELECT_OLD_FAMILIES = "SELECT id FROM identity_family WHERE expires_at < ? ORDER BY expires_at \
        LIMIT 100";
    /// One of them leaves.
    DELETE_FAMILY = "DELETE FROM identity_family WHERE id = ?";
    /// With its tokens.
    DELETE_TOKENS = "DELETE FROM identity_refresh_token WHERE family_id = ?";
}

/// A family as it is stored.
#[derive(Clone, Debug)]
pub(in super::super) struct Family {
    pub(in super::super) id: Uuid,
    pub(in super::super) pool_id: Uuid,
    pub(in super::super) client_id: Uuid,
    pub(in super::super) user_id: Uuid,
    pub(in super::super) session_id: Uuid,
    pub(in super::super) scopes: Scopes,
    pub(in super::super) auth_time: Timestamp,
    pub(in super::super) amr: Amr,
    pub(in super::super) expires_at: Timestamp,
    pub(in super::super) is_revoked: bool,
}

#[derive(sqlx::FromRow)]
struct FamilyRow {
    id: Uuid,
    pool_id: Uuid,
    client_id: Uuid,
    user_id: Uuid,
    session_id: Uuid,
    scopes: String,
    auth_time: Instant,
    amr: String,
    expires_at: Instant,
    revoked_at: Option<Instant>,
}

impl From<FamilyRow> for Family {
    fn from(row: FamilyRow) -> Self {
        Self {
            id: row.id,
            pool_id: row.pool_id,
            client_id: row.client_id,
            user_id: row.user_id,
            session_id: row.session_id,
            scopes: Scopes::parse(&row.scopes).unwrap_or_default(),
            auth_time: row.auth_time.0,
            amr: Amr::parse(&row.amr),
            expires_at: row.expires_at.0,
            is_revoked: row.revoked_at.is_some(),
        }
    }
}

impl Store {
    /// Writes a family.
    pub(in super::super) async fn insert_family(
        &self,
        connection: &mut Connection,
        family: &Family,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_FAMILY)
            .bind(family.id)
            .bind(family.pool_id)
            .bind(family.client_id)
            .bind(family.user_id)
            .bind(family.session_id)
            .bind(family.scopes.to_string())
            .bind(Instant(family.auth_time))
            .bind(family.amr.to_string())
            .bind(family.amr.acr().code())
            .bind(Instant(now))
            .bind(Instant(family.expires_at))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// One family.
    pub(in super::super) async fn family(&self, id: Uuid) -> Result<Option<Family>, DbError> {
        let query = sqlx::query_as::<_, FamilyRow>(SELECT_FAMILY).bind(id);
        Ok(query.fetch_optional(self.database.pool()).await?.map(Family::from))
    }

    /// Makes whoever uses a token of this family wait for us; whether it was revoked. `None`: it is
    /// gone.
    pub(in super::super) async fn lock_family(
        &self,
        connection: &mut Connection,
        id: Uuid,
    ) -> Result<Option<bool>, DbError> {
        let query = sqlx::query_scalar::<_, Option<Instant>>(LOCK_FAMILY).bind(id);
        Ok(query.fetch_optional(connection).await?.map(|revoked| revoked.is_some()))
    }

    /// Ends a family; `false` when it had ended.
    pub(in super::super) async fn revoke_family(
        &self,
        connection: &mut Connection,
        id: Uuid,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(REVOKE_FAMILY).bind(Instant(now)).bind(reason).bind(id);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// The living families of a session.
    pub(in super::super) async fn families_of_session(
        &self,
        connection: &mut Connection,
        session: Uuid,
    ) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar(SELECT_OF_SESSION).bind(session);
        Ok(query.fetch_all(connection).await?)
    }

    /// The living families of a person, each with its session, but those of the session `kept`.
    pub(in super::super) async fn families_of_user(
        &self,
        connection: &mut Connection,
        user: Uuid,
        kept: Uuid,
        now: Timestamp,
    ) -> Result<Vec<(Uuid, Uuid)>, DbError> {
        let query = sqlx::query_as(SELECT_OF_USER).bind(user).bind(kept).bind(Instant(now));
        Ok(query.fetch_all(connection).await?)
    }

    /// The living families of a person with one application.
    pub(in super::super) async fn families_of_consent(
        &self,
        connection: &mut Connection,
        user: Uuid,
        client: Uuid,
        now: Timestamp,
    ) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar(SELECT_OF_CONSENT).bind(user).bind(client);
        Ok(query.bind(Instant(now)).fetch_all(connection).await?)
    }

    /// Forgets a bounded number of families whose time was over before `limit`.
    pub(in super::super) async fn forget_families(&self, limit: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(SELECT_OLD_FAMILIES).bind(Instant(limit));
        for family in query.fetch_all(self.database.pool()).await? {
            sqlx::query(DELETE_TOKENS).bind(family).execute(self.database.pool()).await?;
            sqlx::query(DELETE_FAMILY).bind(family).execute(self.database.pool()).await?;
        }
        Ok(())
    }
}
