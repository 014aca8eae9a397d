//! What the program is made of: the tools, then each slice's handle built from them. The parameters
//! of the constructors are the graph of dependencies.

use std::sync::Arc;

use axum::extract::FromRef;

use super::settings::Settings;
use crate::platform::access::Revocations;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::{Keyring, KeyringError};
use crate::platform::db::{Database, OpenError};
use crate::slices::identity::Identity;
use crate::slices::quotes::{Pricer, Quotes};

/// The tools that slices are built from. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// The configuration in force.
    pub settings: Arc<Settings>,
    /// The database.
    pub database: Database,
    /// Keys of data at rest.
    pub keyring: Keyring,
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
            database: Database::open(&settings.database)?,
            settings: Arc::new(settings),
            clock,
            entropy,
            revocations: Revocations::default(),
        })
    }
}

/// What handlers take their part of. Each slice's handle is one field, built in [`Self::new`].
#[derive(Clone)]
pub struct AppState {
    identity: Identity,
    quotes: Quotes,
}

impl AppState {
    /// Builds the slices from the tools.
    pub fn new(platform: &Platform, pricer: Pricer) -> Self {
        let quotes = Quotes::new(
            pricer,
            platform.database.clone(),
            platform.clock.clone(),
            platform.entropy.clone(),
            platform.settings.quotes.clone(),
        );
        Self { identity: identity(platform), quotes }
    }
}

/// Identity on these tools.
pub fn identity(platform: &Platform) -> Identity {
    Identity::new(
        platform.database.clone(),
        platform.keyring.clone(),
        platform.clock.clone(),
        platform.entropy.clone(),
        platform.settings.identity.clone(),
        platform.settings.server.public_url.as_str().trim_end_matches('/'),
        platform.revocations.clone(),
    )
}

impl FromRef<AppState> for Identity {
    fn from_ref(state: &AppState) -> Self {
        state.identity.clone()
    }
}

impl FromRef<AppState> for Quotes {
    fn from_ref(state: &AppState) -> Self {
        state.quotes.clone()
    }
}
