//! What all rooms of acceptance work with.

use std::sync::Arc;

use jiff::civil::Date;
use tokio::sync::Semaphore;

use super::store::Store;
use crate::kernel::problem::Problem;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::{Database, DbError, Transaction};
use crate::slices::dossiers::Dossiers;
use crate::slices::health::HealthWorld;
use crate::slices::messages::Messages;
use crate::slices::quotes::Quotes;
use crate::slices::underwriting::Underwriting;

/// What acceptance works with.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Dossiers.
    pub dossiers: Dossiers,
    /// Decisions.
    pub underwriting: Underwriting,
    /// Prices.
    pub quotes: Quotes,
    /// Consents.
    pub health: HealthWorld,
    /// Letters.
    pub messages: Messages,
}

pub(super) struct Core {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) dossiers: Dossiers,
    pub(super) underwriting: Underwriting,
    pub(super) quotes: Quotes,
    pub(super) health: HealthWorld,
    pub(super) messages: Messages,
    /// Room for people who send files: these are in memory until they are sealed.
    pub(super) uploads: Semaphore,
}

/// The door of acceptance. Cheap to clone.
#[derive(Clone)]
pub struct Acceptances {
    pub(super) core: Arc<Core>,
}

impl Acceptances {
    /// Acceptance on these tools.
    pub fn new(tools: Tools) -> Self {
        let uploads = Semaphore::new(tools.underwriting.evidence_limits().uploads_max);
        let core = Core {
            uploads,
            store: Store::new(tools.database),
            clock: tools.clock,
            entropy: tools.entropy,
            dossiers: tools.dossiers,
            underwriting: tools.underwriting,
            quotes: tools.quotes,
            health: tools.health,
            messages: tools.messages,
        };
        Self { core: Arc::new(core) }
    }

    /// Today in Paris.
    pub(super) fn today(&self) -> Date {
        self.core.clock.today_in_paris()
    }

    /// Commits, and has the messages of the transaction leave.
    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), Problem> {
        transaction.commit().await.map_err(DbError::from)?;
        self.core.messages.wake();
        Ok(())
    }
}
