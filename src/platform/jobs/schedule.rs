//! Asking for work at an hour: the door for the slices that need it.

use jiff::Timestamp;

use super::store::Store;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::{Connection, Database, DbError};

/// Where work is asked for. Cheap to clone.
#[derive(Clone)]
pub struct Schedule {
    store: Store,
    clock: Clock,
    entropy: Entropy,
}

impl Schedule {
    /// On this database.
    pub const fn new(database: Database, clock: Clock, entropy: Entropy) -> Self {
        Self { store: Store::new(database), clock, entropy }
    }

    /// Asks for work on `subject` at `due`, in the caller's transaction: it is done if and only if
    /// that commits. A subject has one job of a kind, ever: says whether this is it. When it is
    /// asked for again while it waits, its hour is the new one.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn put(
        &self,
        connection: &mut Connection,
        kind: &'static str,
        subject: &str,
        due: Timestamp,
    ) -> Result<bool, DbError> {
        let now = self.clock.now();
        let id = self.entropy.uuid_v7(now);
        if self.store.insert(connection, (id, kind, subject), due, now).await? {
            return Ok(true);
        }
        self.store.move_to(connection, (kind, subject), due).await?;
        Ok(false)
    }

    /// Takes back work that nobody needs any more and that is not under way, in the caller's
    /// transaction.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn cancel(
        &self,
        connection: &mut Connection,
        kind: &'static str,
        subject: &str,
    ) -> Result<(), DbError> {
        self.store.cancel(connection, (kind, subject), self.clock.now()).await
    }
}
