//! Links sent by message: to come back to a dossier, or to be invited into one.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::dossiers::model::DossierId;

statements! {
    /// A link.
    INSERT_LINK = "INSERT INTO dossier_link (token_hash, purpose, dossier_id, insured_id, created_at, \
        expires_at, failures, state) VALUES (?, ?, ?, ?, ?, ?, 0, 'open')";
    /// A link by its secret.
    SELECT_LINK = "SELECT token_hash, purpose, dossier_id, insured_id, expires_at, failures, state \
        FROM dossier_link WHERE token_hash = ?";
    /// The same, held.
    LOCK_LINK = "SELECT token_hash, purpose, dossier_id, insured_id, expires_at, failures, state \
        FROM dossier_link WHERE token_hash = ? FOR UPDATE";
    /// The last link of a purpose for a person.
    SELECT_LAST = "SELECT token_hash, purpose, dossier_id, insured_id, expires_at, failures, state \
        FROM dossier_link WHERE insured_id = ? AND purpose = ? ORDER BY created_at DESC LIMIT 1";
    /// What became of it.
    UPDATE_LINK = "UPDATE dossier_link SET failures = ?, state = ? WHERE token_hash = ?";
    /// Another one takes its place.
    REPLACE_LINKS = "UPDATE dossier_link SET state = 'replaced' \
        WHERE insured_id = ? AND purpose = ? AND state IN ('open', 'frozen')";
}

/// A link.
#[derive(Clone)]
pub(in super::super) struct LinkRow {
    pub(in super::super) hash: TokenHash,
    pub(in super::super) purpose: String,
    pub(in super::super) dossier: DossierId,
    pub(in super::super) insured: Uuid,
    pub(in super::super) expires_at: Timestamp,
    pub(in super::super) failures: u8,
    pub(in super::super) state: String,
}

type Columns = (Vec<u8>, String, Uuid, Uuid, Instant, u8, String);

fn read((hash, purpose, dossier, insured, expires, failures, state): Columns) -> Option<LinkRow> {
    let hash = hash.try_into().ok()?;
    let dossier = DossierId::from_uuid(dossier);
    Some(LinkRow { hash, purpose, dossier, insured, expires_at: expires.0, failures, state })
}

impl Store {
    /// Writes a link.
    pub(in super::super) async fn insert_link(
        &self,
        connection: &mut Connection,
        link: &LinkRow,
        now: Timestamp,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_LINK)
            .bind(link.hash.as_slice())
            .bind(&link.purpose)
            .bind(link.dossier.uuid())
            .bind(link.insured)
            .bind(Instant(now))
            .bind(Instant(link.expires_at))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The link with this secret.
    pub(in super::super) async fn link(
        &self,
        hash: &TokenHash,
    ) -> Result<Option<LinkRow>, DbError> {
        let query = sqlx::query_as::<_, Columns>(SELECT_LINK).bind(hash.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?.and_then(read))
    }

    /// The same, held.
    pub(in super::super) async fn lock_link(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
    ) -> Result<Option<LinkRow>, DbError> {
        let query = sqlx::query_as::<_, Columns>(LOCK_LINK).bind(hash.as_slice());
        Ok(query.fetch_optional(connection).await?.and_then(read))
    }

    /// The last link of this purpose for a person.
    pub(in super::super) async fn last_link(
        &self,
        insured: Uuid,
        purpose: &str,
    ) -> Result<Option<LinkRow>, DbError> {
        let query = sqlx::query_as::<_, Columns>(SELECT_LAST).bind(insured).bind(purpose);
        Ok(query.fetch_optional(self.database.pool()).await?.and_then(read))
    }

    /// Writes what became of a link.
    pub(in super::super) async fn update_link(
        &self,
        connection: &mut Connection,
        hash: &TokenHash,
        failures: u8,
        state: &str,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_LINK).bind(failures).bind(state);
        query.bind(hash.as_slice()).execute(connection).await?;
        Ok(())
    }

    /// Closes the links of this purpose for a person.
    pub(in super::super) async fn replace_links(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        purpose: &str,
    ) -> Result<(), DbError> {
        sqlx::query(REPLACE_LINKS).bind(insured).bind(purpose).execute(connection).await?;
        Ok(())
    }
}
