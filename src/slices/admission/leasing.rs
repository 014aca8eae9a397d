//! The count that all copies share, in the database.

use super::store::Store;
use crate::kernel::problem::Problem;
use crate::platform::access::Boxed;
use crate::platform::admission::{Ask, Grant, Leases};
use crate::platform::clock::Clock;
use crate::platform::db::{Database, DbError};

/// Tries of a lease whose row stayed locked.
const TRIES: u32 = 3;

/// Leases units by rows of the database.
pub struct Ledger {
    store: Store,
    clock: Clock,
}

impl Ledger {
    /// On this database.
    pub const fn new(database: Database, clock: Clock) -> Self {
        Self { store: Store::new(database), clock }
    }

    async fn lease_patiently(&self, ask: &Ask) -> Result<Grant, DbError> {
        let mut tries = 1;
        loop {
            match self.store.lease(ask, self.clock.now()).await {
                Err(error) if error.is_busy() && tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }
}

impl Leases for Ledger {
    fn lease<'a>(&'a self, ask: &'a Ask) -> Boxed<'a, Result<Grant, Problem>> {
        Box::pin(async move {
            let outcome = self.lease_patiently(ask).await;
            let name = match &outcome {
                Ok(grant) if grant.granted > 0 => "granted",
                Ok(_) => "spent",
                Err(_) => "failed",
            };
            metrics::counter!("gateway_leases_total", "outcome" => name).increment(1);
            outcome.map_err(Problem::from)
        })
    }
}
