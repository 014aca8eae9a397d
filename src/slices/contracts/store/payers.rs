//! Payers who are not insured. What is known of a person comes and goes sealed.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, Statement, statements};
use crate::slices::contracts::error::ContractError;
use crate::slices::dossiers::DossierId;

statements! {
    /// Somebody is asked for a mandate.
    INSERT_PAYER = "INSERT INTO mandate_payer (id, dossier_id, rum, link_hash, visit_hash, person, \
        state, quote_id, asked_at, expires_at, answered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// How many were asked for a dossier, ever.
    COUNT_PAYERS = "SELECT COUNT(*) FROM mandate_payer WHERE dossier_id = ?";
    /// Who is asked now.
    SELECT_PAYER = "SELECT id, dossier_id, rum, link_hash, visit_hash, person, state, quote_id, \
        asked_at, expires_at, answered_at FROM mandate_payer \
        WHERE dossier_id = ? AND state <> 'withdrawn' ORDER BY asked_at DESC, id DESC LIMIT 1";
    /// The same, held until the transaction ends.
    LOCK_PAYER = "SELECT id, dossier_id, rum, link_hash, visit_hash, person, state, quote_id, \
        asked_at, expires_at, answered_at FROM mandate_payer \
        WHERE dossier_id = ? AND state <> 'withdrawn' ORDER BY asked_at DESC, id DESC LIMIT 1 \
        FOR UPDATE";
    /// Who has this link.
    PAYER_OF_LINK = "SELECT id, dossier_id, rum, link_hash, visit_hash, person, state, quote_id, \
        asked_at, expires_at, answered_at FROM mandate_payer WHERE link_hash = ?";
    /// Something of it changed; the caller holds it.
    UPDATE_PAYER = "UPDATE mandate_payer SET link_hash = ?, visit_hash = ?, person = ?, state = ?, \
        quote_id = ?, expires_at = ?, answered_at = ? WHERE id = ?";
    /// Demands whose time is over, that no contract came of.
    FORGET_PAYERS = "DELETE FROM mandate_payer WHERE ((state <> 'given' AND expires_at < ?) \
        OR (state = 'given' AND expires_at < ?)) AND NOT EXISTS (SELECT 1 FROM mandate \
        WHERE mandate.rum = mandate_payer.rum AND mandate.state <> 'draft')";
}

/// The statements, for the slice's list.
pub(super) const ALL: &[Statement] = STATEMENTS;

/// A demand to another payer, sealed.
#[derive(sqlx::FromRow)]
pub(in crate::slices::contracts) struct PayerRow {
    pub(in crate::slices::contracts) id: Uuid,
    pub(in crate::slices::contracts) dossier_id: Uuid,
    pub(in crate::slices::contracts) rum: String,
    pub(in crate::slices::contracts) link_hash: Vec<u8>,
    pub(in crate::slices::contracts) visit_hash: Option<Vec<u8>>,
    pub(in crate::slices::contracts) person: Vec<u8>,
    pub(in crate::slices::contracts) state: String,
    pub(in crate::slices::contracts) quote_id: Option<Uuid>,
    pub(in crate::slices::contracts) asked_at: Instant,
    pub(in crate::slices::contracts) expires_at: Instant,
    pub(in crate::slices::contracts) answered_at: Option<Instant>,
}

impl Store {
    /// Writes a demand.
    pub(in crate::slices::contracts) async fn insert_payer(
        &self,
        connection: &mut Connection,
        row: &PayerRow,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_PAYER).bind(row.id).bind(row.dossier_id).bind(&row.rum);
        let query = query.bind(&row.link_hash).bind(&row.visit_hash).bind(&row.person);
        let query = query.bind(&row.state).bind(row.quote_id).bind(row.asked_at);
        query.bind(row.expires_at).bind(row.answered_at).execute(connection).await?;
        Ok(())
    }

    /// How many were asked for this dossier.
    pub(in crate::slices::contracts) async fn count_payers(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<u32, ContractError> {
        let query = sqlx::query_scalar::<_, i64>(COUNT_PAYERS).bind(dossier.uuid());
        let count = query.fetch_one(connection).await.map_err(DbError::from)?;
        u32::try_from(count).map_err(|_| ContractError::Stored("its payers"))
    }

    /// Who is asked for this dossier now.
    pub(in crate::slices::contracts) async fn payer(
        &self,
        dossier: DossierId,
    ) -> Result<Option<PayerRow>, DbError> {
        let query = sqlx::query_as(SELECT_PAYER).bind(dossier.uuid());
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    /// The same, held.
    pub(in crate::slices::contracts) async fn lock_payer(
        &self,
        connection: &mut Connection,
        dossier: DossierId,
    ) -> Result<Option<PayerRow>, DbError> {
        let query = sqlx::query_as(LOCK_PAYER).bind(dossier.uuid());
        Ok(query.fetch_optional(connection).await?)
    }

    /// Who has the link with this hash.
    pub(in crate::slices::contracts) async fn payer_of_link(
        &self,
        link: &TokenHash,
    ) -> Result<Option<PayerRow>, DbError> {
        let query = sqlx::query_as(PAYER_OF_LINK).bind(link.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    /// Writes what changed of a demand that the caller holds.
    pub(in crate::slices::contracts) async fn update_payer(
        &self,
        connection: &mut Connection,
        row: &PayerRow,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_PAYER).bind(&row.link_hash).bind(&row.visit_hash);
        let query = query.bind(&row.person).bind(&row.state).bind(row.quote_id);
        query.bind(row.expires_at).bind(row.answered_at).bind(row.id).execute(connection).await?;
        Ok(())
    }

    /// Deletes demands that led to nothing: those never given whose link ended before the first moment,
    /// those given before the second; says how many.
    pub(in crate::slices::contracts) async fn forget_payers(
        &self,
        (unanswered, given): (Timestamp, Timestamp),
    ) -> Result<u64, DbError> {
        let query = sqlx::query(FORGET_PAYERS).bind(Instant(unanswered)).bind(Instant(given));
        Ok(query.execute(self.database.pool()).await?.rows_affected())
    }
}
