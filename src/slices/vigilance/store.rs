//! The only SQL of vigilance: one statement per function, no decision.

use uuid::Uuid;

use super::model::{Check, Outcome};
use crate::platform::db::{Connection, Database, DbError, Instant, Transaction, statements};
use crate::slices::contracts::ContractId;

statements! {
    /// What somebody found.
    INSERT_CHECK = "INSERT INTO identity_check \
        (id, contract_id, outcome, measures, words, decided_by, decided_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?)";
    /// What was found of a contract, the newest first.
    SELECT_CHECKS = "SELECT id, outcome, measures, words, decided_by, decided_at \
        FROM identity_check WHERE contract_id = ? ORDER BY decided_at DESC, id DESC LIMIT ?";
    /// What was found last.
    SELECT_LAST = "SELECT id, outcome, measures, words, decided_by, decided_at \
        FROM identity_check WHERE contract_id = ? ORDER BY decided_at DESC, id DESC LIMIT 1";
}

type Row = (Uuid, String, String, Vec<u8>, String, Instant);

fn check((id, outcome, measures, words, by, at): Row) -> Result<Check, DbError> {
    let outcome = Outcome::of(&outcome);
    let outcome = outcome.ok_or_else(|| DbError::from(sqlx::Error::Decode("an outcome".into())))?;
    Ok(Check { id, outcome, measures, words, by, at: at.0 })
}

/// Checks in the database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        Ok(self.database.pool().begin().await?)
    }

    /// Writes what was found.
    pub(super) async fn insert(
        &self,
        connection: &mut Connection,
        contract: ContractId,
        check: &Check,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_CHECK).bind(check.id).bind(contract.uuid());
        let query = query.bind(check.outcome.code()).bind(&check.measures).bind(&check.words);
        query.bind(&check.by).bind(Instant(check.at)).execute(connection).await?;
        Ok(())
    }

    /// What was found of a contract, the newest first.
    pub(super) async fn of_contract(
        &self,
        contract: ContractId,
        most: u32,
    ) -> Result<Vec<Check>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_CHECKS).bind(contract.uuid()).bind(most);
        query.fetch_all(self.database.pool()).await?.into_iter().map(check).collect()
    }

    /// What was found last, in the caller's transaction, which holds the contract.
    pub(super) async fn last(
        &self,
        connection: &mut Connection,
        contract: ContractId,
    ) -> Result<Option<Check>, DbError> {
        let query = sqlx::query_as::<_, Row>(SELECT_LAST).bind(contract.uuid());
        query.fetch_optional(connection).await?.map(check).transpose()
    }
}
