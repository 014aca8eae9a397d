//! Applications.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Store, unreadable};
use crate::kernel::access::Scopes;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::identity::model::{Client, Grant};

statements! {
    /// Applications that may use the old grants now: both locks are open.
    SELECT_OPEN_LEGACY = "SELECT p.slug, c.id, c.name, c.grants, c.legacy_until FROM identity_client AS c \
        JOIN identity_pool AS p ON p.id = c.pool_id \
        WHERE p.legacy_until > ? AND c.legacy_until > ? AND c.disabled_at IS NULL \
        ORDER BY c.legacy_until LIMIT 100";
    /// An application.
    INSERT_CLIENT = "INSERT INTO identity_client (id, pool_id, name, kind, secret_hash_1, secret_hash_2, \
        redirect_uris, logout_uris, grants, scopes, first_party, legacy_scopes, legacy_until, \
        access_ttl_s, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// One application of a pool.
    SELECT_CLIENT = "SELECT id, pool_id, name, kind, secret_hash_1, secret_hash_2, redirect_uris, \
        logout_uris, grants, scopes, first_party, legacy_scopes, legacy_until, access_ttl_s, disabled_at \
        FROM identity_client WHERE id = ? AND pool_id = ?";
    /// A page of the applications of a pool, the oldest first.
    SELECT_CLIENTS = "SELECT id, pool_id, name, kind, secret_hash_1, secret_hash_2, redirect_uris, \
        logout_uris, grants, scopes, first_party, legacy_scopes, legacy_until, access_ttl_s, disabled_at \
        FROM identity_client WHERE pool_id = ? AND id > ? ORDER BY id LIMIT ?";
    /// Replaces its secrets.
    UPDATE_SECRETS = "UPDATE identity_client SET secret_hash_1 = ?, secret_hash_2 = ? WHERE id = ?";
    /// Opens or shuts its lock on old grants.
    UPDATE_CLIENT_LEGACY = "UPDATE identity_client SET grants = ?, legacy_scopes = ?, legacy_until = ? \
        WHERE id = ?";
    /// Serves it no more, or again.
    UPDATE_DISABLED = "UPDATE identity_client SET disabled_at = ? WHERE id = ?";
}

/// An application that may use the old grants now.
pub(in super::super) struct OpenLegacy {
    pub(in super::super) pool: String,
    pub(in super::super) client: Uuid,
    pub(in super::super) name: String,
    /// The old ones of its grants.
    pub(in super::super) grants: String,
    pub(in super::super) until: Timestamp,
}

type OpenLegacyRow = (String, Uuid, String, Json<Vec<Grant>>, Instant);

#[derive(sqlx::FromRow)]
struct ClientRow {
    id: Uuid,
    pool_id: Uuid,
    name: String,
    kind: String,
    secret_hash_1: Option<Vec<u8>>,
    secret_hash_2: Option<Vec<u8>>,
    redirect_uris: Json<Vec<Box<str>>>,
    logout_uris: Json<Vec<Box<str>>>,
    grants: Json<Vec<Grant>>,
    scopes: String,
    first_party: bool,
    legacy_scopes: String,
    legacy_until: Option<Instant>,
    access_ttl_s: Option<u32>,
    disabled_at: Option<Instant>,
}

impl TryFrom<ClientRow> for Client {
    type Error = DbError;

    fn try_from(row: ClientRow) -> Result<Self, DbError> {
        let hash = |bytes: Option<Vec<u8>>| bytes.and_then(|bytes| TokenHash::try_from(bytes).ok());
        Ok(Self {
            id: row.id,
            pool_id: row.pool_id,
            name: row.name.into(),
            kind: row.kind.parse().map_err(unreadable)?,
            secrets: [hash(row.secret_hash_1), hash(row.secret_hash_2)],
            redirect_uris: row.redirect_uris.0,
            logout_uris: row.logout_uris.0,
            grants: row.grants.0,
            scopes: Scopes::parse(&row.scopes).unwrap_or_default(),
            first_party: row.first_party,
            legacy_scopes: Scopes::parse(&row.legacy_scopes).unwrap_or_default(),
            legacy_until: row.legacy_until.map(|at| at.0),
            access_ttl: row.access_ttl_s.map(|seconds| Duration::from_secs(seconds.into())),
            disabled_at: row.disabled_at.map(|at| at.0),
        })
    }
}

impl Store {
    /// Applications that may use the old grants now, those that shut soonest first.
    pub(in super::super) async fn open_legacy(
        &self,
        now: Timestamp,
    ) -> Result<Vec<OpenLegacy>, DbError> {
        let query = sqlx::query_as::<_, OpenLegacyRow>(SELECT_OPEN_LEGACY);
        let rows =
            query.bind(Instant(now)).bind(Instant(now)).fetch_all(self.database.pool()).await?;
        let open = |(pool, client, name, grants, until): OpenLegacyRow| {
            let old = grants
                .0
                .iter()
                .filter(|grant| matches!(grant, Grant::Implicit | Grant::Password))
                .map(|grant| grant.code());
            let grants = old.collect::<Vec<_>>().join(" ");
            OpenLegacy { pool, client, name, grants, until: until.0 }
        };
        Ok(rows.into_iter().map(open).collect())
    }

    /// Writes an application.
    pub(in super::super) async fn insert_client(
        &self,
        connection: &mut Connection,
        client: &Client,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let seconds = |life: Duration| u32::try_from(life.as_secs()).unwrap_or(u32::MAX);
        sqlx::query(INSERT_CLIENT)
            .bind(client.id)
            .bind(client.pool_id)
            .bind(&*client.name)
            .bind(client.kind.code())
            .bind(client.secrets[0].as_ref().map(<[u8; 32]>::as_slice))
            .bind(client.secrets[1].as_ref().map(<[u8; 32]>::as_slice))
            .bind(Json(&client.redirect_uris))
            .bind(Json(&client.logout_uris))
            .bind(Json(&client.grants))
            .bind(client.scopes.to_string())
            .bind(client.first_party)
            .bind(client.legacy_scopes.to_string())
            .bind(client.legacy_until.map(Instant))
            .bind(client.access_ttl.map(seconds))
            .bind(Instant(now))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// One application of this pool.
    pub(in super::super) async fn client(
        &self,
        pool: Uuid,
        id: Uuid,
    ) -> Result<Option<Client>, DbError> {
        let query = sqlx::query_as::<_, ClientRow>(SELECT_CLIENT).bind(id).bind(pool);
        query.fetch_optional(self.database.pool()).await?.map(Client::try_from).transpose()
    }

    /// At most `limit` applications of this pool, from the one after `after` on.
    pub(in super::super) async fn clients(
        &self,
        pool: Uuid,
        after: Uuid,
        limit: u32,
    ) -> Result<Vec<Client>, DbError> {
        let query = sqlx::query_as::<_, ClientRow>(SELECT_CLIENTS);
        let rows = query.bind(pool).bind(after).bind(limit).fetch_all(self.database.pool()).await?;
        rows.into_iter().map(Client::try_from).collect()
    }

    /// Replaces the secrets of an application.
    pub(in super::super) async fn set_client_secrets(
        &self,
        connection: &mut Connection,
        id: Uuid,
        secrets: [Option<TokenHash>; 2],
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_SECRETS)
            .bind(secrets[0].as_ref().map(<[u8; 32]>::as_slice))
            .bind(secrets[1].as_ref().map(<[u8; 32]>::as_slice))
            .bind(id)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Writes the ways, the scopes and the end of an application's old grants.
    pub(in super::super) async fn set_client_legacy(
        &self,
        connection: &mut Connection,
        client: &Client,
    ) -> Result<(), DbError> {
        sqlx::query(UPDATE_CLIENT_LEGACY)
            .bind(Json(&client.grants))
            .bind(client.legacy_scopes.to_string())
            .bind(client.legacy_until.map(Instant))
            .bind(client.id)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Serves an application no more, or again.
    pub(in super::super) async fn set_client_disabled(
        &self,
        connection: &mut Connection,
        id: Uuid,
        at: Option<Timestamp>,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_DISABLED).bind(at.map(Instant)).bind(id);
        query.execute(connection).await?;
        Ok(())
    }
}
