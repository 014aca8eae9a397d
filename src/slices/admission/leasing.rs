//! The count that all copies share, in the database.

use super::store::Store;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::Boxed;
use crate::platform::admission::{Ask, Grant, Leases};
use crate::platform::clock::Clock;
use crate::platform::db::Database;

/// Tries of a lease. Each one that fails is another copy's that succeeded, and their number is bounded by
/// what the period has; this bounds it for one call.
const TRIES: u32 = 64;

/// How often a row that stayed locked is waited for again.
const LOCKED_TRIES: u32 = 2;

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

    /// Asks again when another copy was quicker, or the row was locked.
    async fn lease_patiently(&self, ask: &Ask) -> Result<Grant, Problem> {
        let mut locked = 0;
        for _ in 0..TRIES {
            match self.store.lease(ask, self.clock.now()).await {
                Ok(Some(grant)) => return Ok(grant),
                Ok(None) => {}
                Err(error) if error.is_busy() && locked < LOCKED_TRIES => locked += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Err(Problem::new(Kind::Unavailable).cause("the count of a quota is wanted by too many"))
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
            outcome
        })
    }
}
