//! The only SQL of identity: one statement per function, no decision. One file per table or pair of
//! tables; what happens inside somebody's transaction takes its [`Connection`].

mod clients;
mod codes;
mod consents;
mod events;
mod factors;
mod families;
mod keys;
mod links;
mod logins;
mod pools;
mod refresh_tokens;
mod revocations;
mod sessions;
mod throttles;
mod tickets;
mod users;

use crate::platform::db::{Database, DbError, Statement, Transaction};

pub(super) use codes::{CodeUse, NewCode};
pub(super) use consents::ConsentGiven;
pub(super) use events::{EventRow, Head};
pub(super) use families::Family;
pub(super) use keys::KeyRow;
pub(super) use links::LinkRow;
pub(super) use logins::LoginRow;
pub(super) use refresh_tokens::RefreshToken;
pub(super) use revocations::{NewRevocation, PresentedToken, RevocationRow};
pub(super) use throttles::ThrottleRow;
pub(super) use tickets::{NewTicket, Ticket};
pub(super) use users::NewUser;

/// Every statement, for the test that prepares them.
pub(super) const STATEMENTS: &[&[Statement]] = &[
    clients::STATEMENTS,
    codes::STATEMENTS,
    consents::STATEMENTS,
    events::STATEMENTS,
    factors::STATEMENTS,
    families::STATEMENTS,
    keys::STATEMENTS,
    links::STATEMENTS,
    logins::STATEMENTS,
    pools::STATEMENTS,
    refresh_tokens::STATEMENTS,
    revocations::STATEMENTS,
    sessions::STATEMENTS,
    throttles::STATEMENTS,
    tickets::STATEMENTS,
    users::STATEMENTS,
];

/// Identity in the database. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        self.database.begin().await
    }

    /// Commits a transaction.
    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), DbError> {
        Ok(transaction.commit().await?)
    }
}

/// A stored code that this version does not know: the row is not ours to guess about.
pub(super) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> DbError {
    DbError::from(sqlx::Error::Decode(Box::new(error)))
}
