//! What people agreed to.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::kernel::access::Scopes;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// What a person agreed to with one application.
    SELECT_CONSENT = "SELECT scopes FROM identity_consent WHERE user_id = ? AND client_id = ?";
    /// The person agrees, or agrees to more.
    PUT_CONSENT = "INSERT INTO identity_consent (user_id, client_id, scopes, granted_at) \
        VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE scopes = VALUES(scopes), \
        granted_at = VALUES(granted_at)";
    /// Everything that a person agreed to, the last first.
    SELECT_CONSENTS = "SELECT k.client_id, c.name, k.scopes, k.granted_at FROM identity_consent k \
        JOIN identity_client c ON c.id = k.client_id WHERE k.user_id = ? \
        ORDER BY k.granted_at DESC LIMIT 100";
    /// The person no longer agrees.
    DELETE_CONSENT = "DELETE FROM identity_consent WHERE user_id = ? AND client_id = ?";
}

/// What a person agreed to with one application.
#[derive(Clone, Debug)]
pub(in super::super) struct ConsentGiven {
    pub(in super::super) client_id: Uuid,
    pub(in super::super) client_name: Box<str>,
    pub(in super::super) scopes: Scopes,
    pub(in super::super) granted_at: Timestamp,
}

type Row = (Uuid, String, String, Instant);

impl From<Row> for ConsentGiven {
    fn from((client_id, name, scopes, granted_at): Row) -> Self {
        Self {
            client_id,
            client_name: name.into(),
            scopes: Scopes::parse(&scopes).unwrap_or_default(),
            granted_at: granted_at.0,
        }
    }
}

impl Store {
    /// What a person agreed to with this application.
    pub(in super::super) async fn consent(
        &self,
        user: Uuid,
        client: Uuid,
    ) -> Result<Option<Scopes>, DbError> {
        let query = sqlx::query_scalar::<_, String>(SELECT_CONSENT).bind(user).bind(client);
        let scopes = query.fetch_optional(self.database.pool()).await?;
        Ok(scopes.map(|scopes| Scopes::parse(&scopes).unwrap_or_default()))
    }

    /// Writes what a person agrees to, in place of what was there.
    pub(in super::super) async fn put_consent(
        &self,
        connection: &mut Connection,
        user: Uuid,
        client: Uuid,
        scopes: &Scopes,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(PUT_CONSENT).bind(user).bind(client).bind(scopes.to_string());
        query.bind(Instant(now)).execute(connection).await?;
        Ok(())
    }

    /// Everything that a person agreed to.
    pub(in super::super) async fn consents(
        &self,
        user: Uuid,
    ) -> Result<Vec<ConsentGiven>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_CONSENTS).bind(user);
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Takes back what a person agreed to; `false` when there was nothing.
    pub(in super::super) async fn delete_consent(
        &self,
        connection: &mut Connection,
        user: Uuid,
        client: Uuid,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(DELETE_CONSENT).bind(user).bind(client);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }
}
