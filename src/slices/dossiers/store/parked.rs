//! What was sent after the end of a session, sealed, for as long as its time is not over.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{DbError, Instant, statements};

statements! {
    /// The last thing that a person sent, in place of the one before.
    UPSERT_PARKED = "INSERT INTO dossier_parked (insured_id, secret_hash, page, sealed, expires_at) \
        VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE secret_hash = VALUES(secret_hash), \
        page = VALUES(page), sealed = VALUES(sealed), expires_at = VALUES(expires_at)";
    /// What a person sent from the browser that holds this secret, while it is kept.
    SELECT_PARKED = "SELECT page, sealed FROM dossier_parked \
        WHERE insured_id = ? AND secret_hash = ? AND expires_at > ?";
    /// It is taken, or left.
    DELETE_PARKED = "DELETE FROM dossier_parked WHERE secret_hash = ?";
    /// The same, when it was sent to this page.
    DELETE_PARKED_AT = "DELETE FROM dossier_parked WHERE secret_hash = ? AND page = ?";
    /// A few whose time is over.
    DELETE_OLD_PARKED = "DELETE FROM dossier_parked WHERE expires_at <= ? ORDER BY expires_at LIMIT 1000";
}

/// What is kept.
pub(in super::super) struct ParkedRow<'a> {
    pub(in super::super) insured: Uuid,
    pub(in super::super) secret: TokenHash,
    pub(in super::super) page: &'a str,
    pub(in super::super) sealed: &'a [u8],
    pub(in super::super) expires_at: Timestamp,
}

impl Store {
    /// Keeps what a person sent.
    pub(in super::super) async fn park(&self, row: &ParkedRow<'_>) -> Result<(), DbError> {
        let query = sqlx::query(UPSERT_PARKED).bind(row.insured).bind(row.secret.as_slice());
        let query = query.bind(row.page).bind(row.sealed).bind(Instant(row.expires_at));
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// Where a person sent what is kept, and the sealed form.
    pub(in super::super) async fn parked(
        &self,
        insured: Uuid,
        secret: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(String, Vec<u8>)>, DbError> {
        let query = sqlx::query_as(SELECT_PARKED).bind(insured).bind(secret.as_slice());
        Ok(query.bind(Instant(now)).fetch_optional(self.database.pool()).await?)
    }

    /// Forgets what is kept for this secret.
    pub(in super::super) async fn unpark(&self, secret: &TokenHash) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_PARKED).bind(secret.as_slice());
        query.execute(self.database.pool()).await?;
        Ok(())
    }

    /// The same if it was sent to this page; says whether there was something.
    pub(in super::super) async fn unpark_at(
        &self,
        secret: &TokenHash,
        page: &str,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(DELETE_PARKED_AT).bind(secret.as_slice()).bind(page);
        Ok(query.execute(self.database.pool()).await?.rows_affected() > 0)
    }

    /// Forgets a bounded number whose time is over.
    pub(in super::super) async fn forget_parked(&self, now: Timestamp) -> Result<(), DbError> {
        let query = sqlx::query(DELETE_OLD_PARKED).bind(Instant(now));
        query.execute(self.database.pool()).await?;
        Ok(())
    }
}
