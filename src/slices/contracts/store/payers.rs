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
        email_mark, state, quote_id, asked_at, expires_at, answered_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
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
    /// One of them.
    PAYER_BY_ID = "SELECT id, dossier_id, rum, link_hash, visit_hash, person, state, quote_id, \
        asked_at, expires_at, answered_at FROM mandate_payer WHERE id = ?";
    /// The same, held until the transaction ends.
    LOCK_PAYER_BY_ID = "SELECT id, dossier_id, rum, link_hash, visit_hash, person, state, quote_id, \
        asked_at, expires_at, answered_at FROM mandate_payer WHERE id = ? FOR UPDATE";
    /// Who was asked at the address of this mark.
    PAYERS_OF_MARK = "SELECT id, dossier_id, rum, link_hash, visit_hash, person, state, quote_id, \
        asked_at, expires_at, answered_at FROM mandate_payer WHERE email_mark = ? ORDER BY id LIMIT 1000";
    /// Who may be known and has no mark, page by page.
    UNMARKED_PAYERS = "SELECT id, dossier_id, rum, link_hash, visit_hash, person, state, quote_id, \
        asked_at, expires_at, answered_at FROM mandate_payer \
        WHERE email_mark IS NULL AND state IN ('waiting', 'given') AND id > ? ORDER BY id LIMIT ?";
    /// Whether a contract rests on the mandate of this reference.
    COUNT_CONCLUDED = "SELECT COUNT(*) FROM mandate WHERE rum = ? AND state <> 'draft'";
    /// Something of it changed; the caller holds it.
    UPDATE_PAYER = "UPDATE mandate_payer SET link_hash = ?, visit_hash = ?, person = ?, \
        email_mark = ?, state = ?, quote_id = ?, expires_at = ?, answered_at = ? WHERE id = ?";
    /// Demands whose time is over, that no contract came of.
    FORGETTABLE_PAYERS = "SELECT id FROM mandate_payer WHERE ((state <> 'given' AND expires_at < ?) \
        OR (state = 'given' AND expires_at < ?)) AND NOT EXISTS (SELECT 1 FROM mandate \
        WHERE mandate.rum = mandate_payer.rum AND mandate.state <> 'draft') ORDER BY id LIMIT ?";
    /// One of them goes.
    FORGET_PAYER = "DELETE FROM mandate_payer WHERE id = ? AND ((state <> 'given' AND expires_at < ?) \
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
    /// By which a search finds them: written, never read.
    #[sqlx(skip)]
    pub(in crate::slices::contracts) email_mark: Option<[u8; 32]>,
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
        let query = query.bind(row.email_mark.as_ref().map(<[u8; 32]>::as_slice));
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
        let query = query.bind(&row.person);
        let query = query.bind(row.email_mark.as_ref().map(<[u8; 32]>::as_slice));
        let query = query.bind(&row.state).bind(row.quote_id);
        query.bind(row.expires_at).bind(row.answered_at).bind(row.id).execute(connection).await?;
        Ok(())
    }

    /// One demand, whatever became of it.
    pub(in crate::slices::contracts) async fn payer_by_id(
        &self,
        id: Uuid,
    ) -> Result<Option<PayerRow>, DbError> {
        let query = sqlx::query_as(PAYER_BY_ID).bind(id);
        Ok(query.fetch_optional(self.database.pool()).await?)
    }

    /// The same, held.
    pub(in crate::slices::contracts) async fn lock_payer_by_id(
        &self,
        connection: &mut Connection,
        id: Uuid,
    ) -> Result<Option<PayerRow>, DbError> {
        Ok(sqlx::query_as(LOCK_PAYER_BY_ID).bind(id).fetch_optional(connection).await?)
    }

    /// Who was asked at the address of this mark.
    pub(in crate::slices::contracts) async fn payers_of_mark(
        &self,
        mark: &[u8; 32],
    ) -> Result<Vec<PayerRow>, DbError> {
        let query = sqlx::query_as(PAYERS_OF_MARK).bind(mark.as_slice());
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// Those after this one who may be known and have no mark, so many at most.
    pub(in crate::slices::contracts) async fn unmarked_payers(
        &self,
        after: Uuid,
        most: u32,
    ) -> Result<Vec<PayerRow>, DbError> {
        let query = sqlx::query_as(UNMARKED_PAYERS).bind(after).bind(most);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// Whether a contract rests on the mandate of this reference.
    pub(in crate::slices::contracts) async fn is_concluded(
        &self,
        connection: &mut Connection,
        rum: &str,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_scalar::<_, i64>(COUNT_CONCLUDED).bind(rum);
        Ok(query.fetch_one(connection).await? > 0)
    }

    /// Demands that led to nothing, so many at most: those never given whose link ended before the first
    /// moment, those given before the second.
    pub(in crate::slices::contracts) async fn forgettable_payers(
        &self,
        (unanswered, given): (Timestamp, Timestamp),
        most: u32,
    ) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar(FORGETTABLE_PAYERS).bind(Instant(unanswered));
        let query = query.bind(Instant(given)).bind(most);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// Deletes one of them; false when it is none of them any more.
    pub(in crate::slices::contracts) async fn forget_payer(
        &self,
        connection: &mut Connection,
        id: Uuid,
        (unanswered, given): (Timestamp, Timestamp),
    ) -> Result<bool, DbError> {
        let query = sqlx::query(FORGET_PAYER).bind(id).bind(Instant(unanswered));
        let query = query.bind(Instant(given));
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }
}
