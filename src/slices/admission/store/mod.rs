//! The only SQL of admission: one statement per function but for the lease, and no decision.

mod copies;
mod counters;
mod keys;
mod refusals;
mod rules;

pub(super) use keys::{KeyRow, LiveRow, NewKeyRow, NewSecretRow, SecretRow};
pub(super) use refusals::RefusalRow;
pub(super) use rules::{EventRow, RulesRow};

use crate::platform::db::{Database, DbError, Statement, Transaction};

/// Every statement, part by part.
pub(super) const STATEMENTS: &[&[Statement]] = &[
    copies::STATEMENTS,
    counters::STATEMENTS,
    keys::STATEMENTS,
    refusals::STATEMENTS,
    rules::STATEMENTS,
];

/// The tables.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        self.database.begin().await
    }
}

/// Ends a transaction.
pub(super) async fn commit(transaction: Transaction) -> Result<(), DbError> {
    Ok(transaction.commit().await?)
}
