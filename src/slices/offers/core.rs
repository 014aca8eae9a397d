//! What all rooms of loan offers work with, and the slice's door.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::settings::OffersSettings;
use super::store::Store;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::Keyring;
use crate::platform::db::Database;
use crate::platform::jobs::{Schedule, Task};
use crate::platform::scan::Scanner;
use crate::platform::storage::Storage;
use crate::slices::dossiers::Dossiers;

/// What loan offers work with.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub database: Database,
    /// Where bytes are kept.
    pub storage: Storage,
    /// Keys of data at rest.
    pub keyring: Keyring,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Who looks for viruses; nobody: no file is taken.
    pub scanner: Option<Arc<dyn Scanner>>,
    /// Dossiers.
    pub dossiers: Dossiers,
}

pub(super) struct Core {
    pub(super) store: Store,
    pub(super) storage: Storage,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) schedule: Schedule,
    pub(super) scanner: Option<Arc<dyn Scanner>>,
    pub(super) dossiers: Dossiers,
    pub(super) settings: OffersSettings,
    /// A place for each who sends now: their files are in memory.
    pub(super) uploads: Semaphore,
}

/// The door of loan offers. Cheap to clone.
#[derive(Clone)]
pub struct Offers {
    pub(super) core: Arc<Core>,
}

impl Offers {
    /// Loan offers on these tools.
    pub fn new(tools: Tools, settings: OffersSettings) -> Self {
        let Tools { database, storage, keyring, clock, entropy, scanner, dossiers } = tools;
        let core = Core {
            schedule: Schedule::new(database.clone(), clock.clone(), entropy.clone()),
            store: Store::new(database),
            storage,
            keyring,
            clock,
            entropy,
            scanner,
            dossiers,
            settings,
            uploads: Semaphore::new(settings.uploads_max),
        };
        Self { core: Arc::new(core) }
    }

    /// Whether files are taken here: there are keys to seal them, and a scanner to look at them.
    pub fn takes_files(&self) -> bool {
        self.core.scanner.is_some() && self.core.keyring.is_usable()
    }

    /// The work of this slice.
    pub fn tasks(&self) -> Vec<Task> {
        vec![self.scans(), self.removals(), self.forgets(), self.lets_go()]
    }
}
