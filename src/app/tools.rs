//! What every slice is built from: the database, keys, the clock. Opened once, from the settings; nothing is
//! connected to before it is asked.

use std::sync::Arc;

use super::settings::Settings;
use crate::platform::access::Revocations;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::{Keyring, KeyringError};
use crate::platform::db::{Database, OpenError};
use crate::platform::seal::SealerError;
use crate::platform::storage::StorageError;
use crate::slices::messages::TransportError;
use crate::slices::underwriting::UnderwritingError;

/// The tools that slices are built from. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// The configuration in force.
    pub settings: Arc<Settings>,
    /// The database.
    pub database: Database,
    /// Keys of data at rest.
    pub keyring: Keyring,
    /// Keys of answers about health, apart.
    pub health_keyring: Keyring,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Which tokens of our own were taken back.
    pub revocations: Revocations,
}

/// Why the tools cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The database's address or password file is wrong.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The keys' file is wrong.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The storage is wrong.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The certificate of the seal is wrong.
    #[error(transparent)]
    Seal(#[from] SealerError),
    /// A transport of messages is wrong.
    #[error(transparent)]
    Messages(#[from] TransportError),
    /// A key of the questionnaire engine is wrong.
    #[error(transparent)]
    Underwriting(#[from] UnderwritingError),
}

impl Platform {
    /// The tools of a program that serves: the machine's clock and randomness.
    ///
    /// # Errors
    /// The database's address or password file is wrong, or the keys' file.
    pub fn new(settings: Settings) -> Result<Self, PlatformError> {
        Self::with(settings, Clock::system(), Entropy::system())
    }

    /// The same with another clock and another randomness: for tests.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(settings: Settings, clock: Clock, entropy: Entropy) -> Result<Self, PlatformError> {
        Ok(Self {
            keyring: Keyring::read(&settings.crypto.keyring_file)?,
            health_keyring: Keyring::read(&settings.health.keyring_file)?,
            database: Database::open(&settings.database)?,
            settings: Arc::new(settings),
            clock,
            entropy,
            revocations: Revocations::default(),
        })
    }
}
