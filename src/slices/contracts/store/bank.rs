//! What is asked of lenders.

use jiff::civil::Date;

use super::{INSERT_BANK, LOCK_BANK, SELECT_BANK, Store, UPDATE_BANK, day};
use uuid::Uuid;

use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, DbError, Instant, Statement, statements};
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::model::{BankRequest, ContractId};
use crate::slices::contracts::sending::BankLink;

statements! {
    /// A demand leaves for its lender.
    INSERT_BANK_LINK = "INSERT INTO bank_link (contract_id, link_hash, sent_at, expires_at) \
        VALUES (?, ?, ?, ?)";
    /// Whether it left.
    SELECT_BANK_LINK = "SELECT contract_id, sent_at, expires_at FROM bank_link WHERE contract_id = ?";
    /// The same, held until the transaction ends.
    LOCK_BANK_LINK = "SELECT contract_id, sent_at, expires_at FROM bank_link WHERE contract_id = ? \
        FOR UPDATE";
    /// The demand is another one, which has not left.
    DELETE_BANK_LINK = "DELETE FROM bank_link WHERE contract_id = ?";
    /// What a link is of.
    BANK_LINK_OF = "SELECT contract_id, sent_at, expires_at FROM bank_link WHERE link_hash = ?";
}

/// The statements, for the slice's list.
pub(super) const ALL: &[Statement] = STATEMENTS;

type LinkRow = (Uuid, Instant, Instant);

fn link((id, sent_at, expires_at): LinkRow) -> BankLink {
    let contract = ContractId::from_uuid(id);
    BankLink { contract, sent_at: sent_at.0, expires_at: expires_at.0 }
}

#[derive(sqlx::FromRow)]
struct Row {
    version: u32,
    state: String,
    agency: String,
    loan_number: String,
    old_contract: String,
    sent_at: Option<Instant>,
    demand_no: u32,
    effect_on: String,
    received_on: Option<String>,
    answer_due: Option<String>,
    answered_on: Option<String>,
    reason_code: String,
    reason: String,
}

impl TryFrom<Row> for BankRequest {
    type Error = ContractError;

    fn try_from(row: Row) -> Result<Self, ContractError> {
        let maybe = |text: Option<String>| text.as_deref().map(day).transpose();
        let mut request = Self {
            version: row.version,
            state: row.state,
            agency: row.agency,
            loan_number: row.loan_number,
            old_contract: row.old_contract,
            asked_at: row.sent_at.map(|at| at.0),
            demand_no: row.demand_no,
            effect_on: day(&row.effect_on)?,
            received_on: maybe(row.received_on)?,
            answer_due: maybe(row.answer_due)?,
            answered_on: maybe(row.answered_on)?,
            sent_back_on: None,
            reason_code: row.reason_code,
            reason: row.reason,
        };
        // One column: a lender that sent the demand back has not answered.
        if !request.is_answered() {
            request.sent_back_on = request.answered_on.take();
        }
        Ok(request)
    }
}

impl Store {
    /// Writes that a demand leaves; `false` when it had left.
    pub(in crate::slices::contracts) async fn insert_bank_link(
        &self,
        connection: &mut Connection,
        link: &BankLink,
        hash: &TokenHash,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(INSERT_BANK_LINK).bind(link.contract.uuid());
        let query = query.bind(hash.as_slice()).bind(Instant(link.sent_at));
        let query = query.bind(Instant(link.expires_at));
        match query.execute(connection).await.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The link of a contract whose demand left.
    pub(in crate::slices::contracts) async fn bank_link(
        &self,
        id: ContractId,
    ) -> Result<Option<BankLink>, DbError> {
        let query = sqlx::query_as::<_, LinkRow>(SELECT_BANK_LINK).bind(id.uuid());
        Ok(query.fetch_optional(self.database.pool()).await?.map(link))
    }

    /// Whether the demand of a contract left, held until the caller's transaction ends.
    pub(in crate::slices::contracts) async fn has_left_to_bank(
        &self,
        connection: &mut Connection,
        id: ContractId,
    ) -> Result<bool, DbError> {
        let query = sqlx::query_as::<_, LinkRow>(LOCK_BANK_LINK).bind(id.uuid());
        Ok(query.fetch_optional(connection).await?.is_some())
    }

    /// Removes the link of a contract whose demand is another one by now.
    pub(in crate::slices::contracts) async fn delete_bank_link(
        &self,
        connection: &mut Connection,
        id: ContractId,
    ) -> Result<(), DbError> {
        sqlx::query(DELETE_BANK_LINK).bind(id.uuid()).execute(connection).await?;
        Ok(())
    }

    /// The link of this secret.
    pub(in crate::slices::contracts) async fn bank_link_of(
        &self,
        hash: &TokenHash,
    ) -> Result<Option<BankLink>, DbError> {
        let query = sqlx::query_as::<_, LinkRow>(BANK_LINK_OF).bind(hash.as_slice());
        Ok(query.fetch_optional(self.database.pool()).await?.map(link))
    }

    /// Writes that something is to be asked.
    pub(in crate::slices::contracts) async fn insert_bank(
        &self,
        connection: &mut Connection,
        id: ContractId,
        effect: Date,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_BANK).bind(id.uuid()).bind(effect.to_string());
        query.execute(connection).await?;
        Ok(())
    }

    /// What is asked of the lender.
    pub(in crate::slices::contracts) async fn bank(
        &self,
        id: ContractId,
    ) -> Result<Option<BankRequest>, ContractError> {
        let query = sqlx::query_as::<_, Row>(SELECT_BANK).bind(id.uuid());
        let row = query.fetch_optional(self.database.pool()).await.map_err(DbError::from)?;
        row.map(BankRequest::try_from).transpose()
    }

    /// The same, held until the caller's transaction ends.
    pub(in crate::slices::contracts) async fn lock_bank(
        &self,
        connection: &mut Connection,
        id: ContractId,
    ) -> Result<Option<BankRequest>, ContractError> {
        let query = sqlx::query_as::<_, Row>(LOCK_BANK).bind(id.uuid());
        let row = query.fetch_optional(connection).await.map_err(DbError::from)?;
        row.map(BankRequest::try_from).transpose()
    }

    /// Writes what changed of it.
    pub(in crate::slices::contracts) async fn update_bank(
        &self,
        connection: &mut Connection,
        id: ContractId,
        request: &BankRequest,
    ) -> Result<(), DbError> {
        let text = |date: Option<Date>| date.map(|date| date.to_string());
        let query = sqlx::query(UPDATE_BANK)
            .bind(request.version)
            .bind(&request.state)
            .bind(&request.agency)
            .bind(&request.loan_number)
            .bind(&request.old_contract)
            .bind(request.asked_at.map(Instant))
            .bind(request.demand_no)
            .bind(request.effect_on.to_string())
            .bind(text(request.received_on))
            .bind(text(request.answer_due))
            .bind(text(request.answered_on.or(request.sent_back_on)))
            .bind(&request.reason_code)
            .bind(&request.reason)
            .bind(id.uuid());
        query.execute(connection).await?;
        Ok(())
    }
}
