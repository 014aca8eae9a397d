//! The only SQL of dossiers: one statement per function, no decision.

mod codes;
mod dossiers;
mod events;
mod forgetting;
mod insured;
mod links;
mod owners;
mod parked;
mod sessions;
mod sweep;

use crate::platform::db::{Connection, Database, DbError, Statement, Transaction};

pub(super) use codes::CodeRow;
pub(super) use dossiers::{Inserted, NewDossier};
pub(super) use events::NewEvent;
pub(super) use links::LinkRow;
pub(super) use parked::ParkedRow;
pub(super) use sessions::SessionRow;

/// Every statement, for the test that prepares them.
pub(super) const STATEMENTS: &[&[Statement]] = &[
    codes::STATEMENTS,
    dossiers::STATEMENTS,
    events::STATEMENTS,
    forgetting::STATEMENTS,
    insured::STATEMENTS,
    links::STATEMENTS,
    owners::STATEMENTS,
    parked::STATEMENTS,
    sessions::STATEMENTS,
    sweep::STATEMENTS,
];

/// Dossiers in the database. Cheap to clone.
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

    /// A part of the caller's transaction, undone by itself if it is dropped without a commit.
    pub(super) async fn part<'c>(
        &self,
        connection: &'c mut Connection,
    ) -> Result<sqlx::Transaction<'c, sqlx::MySql>, DbError> {
        Ok(sqlx::Connection::begin(connection).await?)
    }

    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), DbError> {
        Ok(transaction.commit().await?)
    }
}
