//! What the rooms of vigilance work with, and the slice's door.

use super::store::Store;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::Keyring;
use crate::platform::db::Database;
use crate::slices::contracts::Contracts;

/// What vigilance works with.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub database: Database,
    /// Keys of data at rest.
    pub keyring: Keyring,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// The contracts that are looked at.
    pub contracts: Contracts,
}

/// The door of vigilance. Cheap to clone.
#[derive(Clone)]
pub struct Vigilance {
    pub(super) store: Store,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) contracts: Contracts,
}

impl Vigilance {
    /// Vigilance on these tools.
    pub fn new(tools: Tools) -> Self {
        let Tools { database, keyring, clock, entropy, contracts } = tools;
        Self { store: Store::new(database), keyring, clock, entropy, contracts }
    }
}
