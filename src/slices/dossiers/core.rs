//! What all rooms of dossiers work with, and the slice's door.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::error::DossierError;
use super::model::{Dossier, DossierId};
use super::settings::DossiersSettings;
use super::store::Store;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::Keyring;
use crate::platform::db::{Connection, Database, Transaction};
use crate::platform::jobs::Schedule;
use crate::slices::health::HealthWorld;
use crate::slices::identity::Identity;
use crate::slices::messages::Messages;
use crate::slices::quotes::Quotes;
use crate::slices::quotes::wire::QuoteResponse;

/// What dossiers work with.
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
    /// Prices.
    pub quotes: Quotes,
    /// Letters.
    pub messages: Messages,
    /// Accounts.
    pub identity: Identity,
    /// Health.
    pub health: HealthWorld,
    /// Whether files are taken: the offer of a loan may be sent.
    pub takes_files: bool,
}

pub(super) struct Core {
    pub(super) store: Store,
    /// Where others are told that somebody is forgotten.
    pub(super) schedule: Schedule,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) quotes: Quotes,
    pub(super) messages: Messages,
    pub(super) identity: Identity,
    pub(super) health: HealthWorld,
    pub(super) takes_files: bool,
    pub(super) settings: DossiersSettings,
    /// Origin of our addresses, without a slash at its end.
    pub(super) origin: Box<str>,
}

/// The door of dossiers. Cheap to clone.
#[derive(Clone)]
pub struct Dossiers {
    pub(super) core: Arc<Core>,
}

impl Dossiers {
    /// Dossiers on these tools. `origin` is the public origin, without a slash at its end.
    pub fn new(tools: Tools, settings: &DossiersSettings, origin: &str) -> Self {
        let Tools {
            database,
            keyring,
            clock,
            entropy,
            quotes,
            messages,
            identity,
            health,
            takes_files,
        } = tools;
        let core = Core {
            schedule: Schedule::new(database.clone(), clock.clone(), entropy.clone()),
            store: Store::new(database),
            keyring,
            clock,
            entropy,
            quotes,
            messages,
            identity,
            health,
            takes_files,
            settings: settings.clone(),
            origin: origin.into(),
        };
        Self { core: Arc::new(core) }
    }

    /// A dossier, whoever asks: who calls has looked at that.
    pub(super) async fn find(&self, id: DossierId) -> Result<Dossier, DossierError> {
        self.core.store.dossier(id).await?.ok_or(DossierError::Unknown)
    }

    /// The quote of a dossier.
    pub(super) async fn quote_of(&self, dossier: &Dossier) -> Result<QuoteResponse, DossierError> {
        let id = crate::slices::quotes::QuoteId::from_uuid(dossier.quote_id);
        Ok(self.core.quotes.find_by_link(id).await?)
    }

    /// The same within a transaction, on its own connection.
    pub(super) async fn quote_in(
        &self,
        connection: &mut Connection,
        dossier: &Dossier,
    ) -> Result<QuoteResponse, DossierError> {
        let id = crate::slices::quotes::QuoteId::from_uuid(dossier.quote_id);
        Ok(self.core.quotes.find_by_link_in(connection, id).await?)
    }

    /// Now.
    pub(super) fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Today in Paris.
    pub fn today(&self) -> Date {
        self.core.clock.today_in_paris()
    }

    /// How long what is kept.
    pub fn settings(&self) -> &DossiersSettings {
        &self.core.settings
    }

    /// Our origin.
    pub(super) fn origin(&self) -> &str {
        &self.core.origin
    }

    /// A fresh random key for one act of one page.
    pub(super) fn fresh_key(&self) -> String {
        self.core.entropy.key()
    }

    /// How far somebody is with health.
    pub(super) fn health(&self) -> &HealthWorld {
        &self.core.health
    }

    /// Commits, and has the messages of the transaction leave.
    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), DossierError> {
        self.core.store.commit(transaction).await?;
        self.core.messages.wake();
        Ok(())
    }
}
