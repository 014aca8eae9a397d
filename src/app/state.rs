//! What the program is made of: the tools, then each slice's handle built from them. The parameters
//! of the constructors are the graph of dependencies.

use std::sync::Arc;

use axum::extract::FromRef;

pub use super::tools::{Platform, PlatformError};
use crate::gateway::authorizer::Authorizer;
use crate::platform::access::{LocalIssuers, Revocations};
use crate::platform::admission::Admission;
use crate::platform::backup::{BackupError, Backups};
use crate::platform::clock::Entropy;
use crate::platform::jobs::{Jobs, Schedule, Task};
use crate::platform::pdf::Typesetter;
use crate::platform::scan;
use crate::platform::seal::Sealer;
use crate::platform::storage::Storage;
use crate::slices::acceptance::{self, Acceptances, Visitors};
use crate::slices::admission::{Admissions, Ledger};
use crate::slices::campaigns::loads::Loads;
use crate::slices::campaigns::segments::Segments;
use crate::slices::contracts::{self, Contracts};
use crate::slices::documents::Documents;
use crate::slices::dossiers::{self, Dossiers};
use crate::slices::health::HealthWorld;
use crate::slices::identity::{Identity, Tools};
use crate::slices::messages::Messages;
use crate::slices::offers::{self, Offers};
use crate::slices::quotes::{Pricer, Quotes};
use crate::slices::rights::{self, Rights};
use crate::slices::underwriting::{self, Applicants, Insured, Underwriting};
use crate::slices::vigilance::{self, Vigilance};

/// What handlers take their part of. Each slice's handle is one field, built in [`Self::new`].
#[derive(Clone)]
pub struct AppState {
    acceptances: Acceptances,
    pub(super) authorizer: Authorizer,
    pub(super) admissions: Admissions,
    contracts: Contracts,
    dossiers: Dossiers,
    pub(super) entropy: Entropy,
    identity: Identity,
    loads: Loads,
    jobs: Jobs,
    messages: Messages,
    offers: Offers,
    quotes: Quotes,
    rights: Rights,
    segments: Segments,
    underwriting: Underwriting,
    vigilance: Vigilance,
}

impl AppState {
    /// Builds the slices from the tools.
    ///
    /// # Errors
    /// A transport of messages cannot be prepared, or the storage cannot be opened.
    pub fn new(platform: &Platform, pricer: Pricer) -> Result<Self, PlatformError> {
        let own = identity(platform)?.issuers();
        Self::with(platform, pricer, own, platform.revocations.clone())
    }

    /// The same with these pools in the place of our own: for tests.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with(
        platform: &Platform,
        pricer: Pricer,
        local: Arc<dyn LocalIssuers>,
        revocations: Revocations,
    ) -> Result<Self, PlatformError> {
        let messages = messages(platform)?;
        let identity = identity_with(platform, messages.clone());
        let access = &platform.settings.access;
        let authorizer = Authorizer::new(access, local, revocations, platform.clock.clone());
        let documents = documents(platform)?;
        let quotes = Quotes::new(
            pricer,
            documents.clone(),
            messages.clone(),
            platform.database.clone(),
            platform.clock.clone(),
            platform.entropy.clone(),
            platform.settings.quotes.clone(),
        );
        let dossiers = dossiers(platform, &identity, &messages, &quotes);
        let contracts = contracts(platform, &dossiers, documents, &messages, &identity);
        let underwriting = underwriting(platform, Arc::new(Visitors::new(dossiers.clone())))?;
        let acceptances = acceptances(platform, &dossiers, &underwriting, &quotes, &messages);
        let medical = [acceptances.tasks(), underwriting.tasks()].concat();
        let tasks = [medical, dossiers.tasks(), contracts.tasks()].concat();
        let offers = offers(platform, &dossiers)?;
        let jobs = jobs(platform, [tasks, offers.tasks()].concat());
        let admissions = admissions(platform);
        let segments = Segments::new(
            platform.database.clone(),
            platform.clock.clone(),
            platform.entropy.clone(),
            &platform.settings.campaigns,
        );
        let loads = Loads::new(platform.database.clone(), platform.clock.clone());
        let vigilance = vigilance(platform, &contracts);
        let rights = Rights::new(rights::Tools {
            database: platform.database.clone(),
            clock: platform.clock.clone(),
            identity: identity.clone(),
            messages: messages.clone(),
            dossiers: dossiers.clone(),
            acceptances: acceptances.clone(),
            underwriting: underwriting.clone(),
            offers: offers.clone(),
            contracts: contracts.clone(),
        });
        Ok(Self {
            acceptances,
            authorizer,
            admissions,
            contracts,
            dossiers,
            entropy: platform.entropy.clone(),
            identity,
            jobs,
            loads,
            messages,
            offers,
            quotes,
            rights,
            segments,
            underwriting,
            vigilance,
        })
    }
}

/// Health alone: for the dossiers, and for the command line.
pub fn health(platform: &Platform) -> HealthWorld {
    HealthWorld::new(
        platform.database.clone(),
        platform.health_keyring.clone(),
        platform.clock.clone(),
        platform.entropy.clone(),
    )
}

/// Dossiers on these tools.
pub(super) fn dossiers(
    platform: &Platform,
    identity: &Identity,
    messages: &Messages,
    quotes: &Quotes,
) -> Dossiers {
    let tools = dossiers::Tools {
        database: platform.database.clone(),
        keyring: platform.keyring.clone(),
        clock: platform.clock.clone(),
        entropy: platform.entropy.clone(),
        quotes: quotes.clone(),
        messages: messages.clone(),
        identity: identity.clone(),
        health: health(platform),
        takes_files: takes_files(platform),
    };
    let settings = &platform.settings;
    let origin = settings.server.public_url.as_str().trim_end_matches('/');
    Dossiers::new(tools, &settings.dossiers, origin)
}

/// Whether people may send files: there are keys to seal them, and a scanner to look at them.
fn takes_files(platform: &Platform) -> bool {
    platform.keyring.is_usable() && scan::open(&platform.settings.scanner).is_some()
}

/// Loan offers on these tools.
pub(super) fn offers(platform: &Platform, dossiers: &Dossiers) -> Result<Offers, PlatformError> {
    let tools = offers::Tools {
        database: platform.database.clone(),
        storage: Storage::open(&platform.settings.storage)?,
        keyring: platform.keyring.clone(),
        clock: platform.clock.clone(),
        entropy: platform.entropy.clone(),
        scanner: scan::open(&platform.settings.scanner),
        dossiers: dossiers.clone(),
    };
    Ok(Offers::new(tools, platform.settings.offers))
}

/// Contracts on these tools.
pub(super) fn contracts(
    platform: &Platform,
    dossiers: &Dossiers,
    documents: Documents,
    messages: &Messages,
    identity: &Identity,
) -> Contracts {
    let tools = contracts::Tools {
        database: platform.database.clone(),
        keyring: platform.keyring.clone(),
        clock: platform.clock.clone(),
        entropy: platform.entropy.clone(),
        dossiers: dossiers.clone(),
        documents,
        messages: messages.clone(),
        identity: identity.clone(),
    };
    let origin = platform.settings.server.public_url.as_str().trim_end_matches('/');
    Contracts::new(tools, platform.settings.contracts, origin)
}

/// Who looks at who pays, on these tools.
fn vigilance(platform: &Platform, contracts: &Contracts) -> Vigilance {
    Vigilance::new(vigilance::Tools {
        database: platform.database.clone(),
        keyring: platform.keyring.clone(),
        clock: platform.clock.clone(),
        entropy: platform.entropy.clone(),
        contracts: contracts.clone(),
    })
}

/// The full questionnaire within the journey, on these tools.
pub(super) fn acceptances(
    platform: &Platform,
    dossiers: &Dossiers,
    underwriting: &Underwriting,
    quotes: &Quotes,
    messages: &Messages,
) -> Acceptances {
    Acceptances::new(acceptance::Tools {
        database: platform.database.clone(),
        clock: platform.clock.clone(),
        entropy: platform.entropy.clone(),
        dossiers: dossiers.clone(),
        underwriting: underwriting.clone(),
        quotes: quotes.clone(),
        health: health(platform),
        messages: messages.clone(),
    })
}

/// Keys, plans and rules, and the picture of them that the gateway asks.
pub fn admissions(platform: &Platform) -> Admissions {
    let (database, clock) = (platform.database.clone(), platform.clock.clone());
    let ledger = Arc::new(Ledger::new(database.clone(), clock.clone()));
    let admission = Admission::new(ledger, clock.clone());
    let (entropy, settings) = (platform.entropy.clone(), platform.settings.admission.clone());
    Admissions::new(database, (clock, entropy), settings, admission)
}

/// Identity alone, for the command line.
///
/// # Errors
/// A transport of messages cannot be prepared.
pub fn identity(platform: &Platform) -> Result<Identity, PlatformError> {
    Ok(identity_with(platform, messages(platform)?))
}

/// Identity on these tools.
pub(super) fn identity_with(platform: &Platform, messages: Messages) -> Identity {
    let tools = Tools {
        database: platform.database.clone(),
        keyring: platform.keyring.clone(),
        clock: platform.clock.clone(),
        entropy: platform.entropy.clone(),
        messages,
        revocations: platform.revocations.clone(),
    };
    let origin = platform.settings.server.public_url.as_str().trim_end_matches('/');
    Identity::new(tools, &platform.settings.identity, origin)
}

/// Work that is due, done by these tasks. Each slice's `tasks()` is one part of the list.
pub fn jobs(platform: &Platform, tasks: Vec<Task>) -> Jobs {
    Jobs::new(
        platform.database.clone(),
        (platform.clock.clone(), platform.entropy.clone()),
        platform.settings.jobs.clone(),
        tasks,
    )
}

/// The archive of documents. The storage is opened here: only a program that serves needs one.
pub(super) fn documents(platform: &Platform) -> Result<Documents, PlatformError> {
    let settings = &platform.settings;
    Ok(Documents::new(
        (platform.database.clone(), Storage::open(&settings.storage)?),
        (Typesetter::new(&settings.pdf), Sealer::open(&settings.seal)?),
        (platform.clock.clone(), platform.entropy.clone()),
        &settings.documents,
        &settings.brand.name,
    ))
}

/// Backups of this database and these documents, for the command line.
///
/// # Errors
/// No place is configured for them, or a storage cannot be opened.
pub fn backups(platform: &Platform) -> Result<Backups, BackupError> {
    let settings = &platform.settings;
    Backups::open(
        &settings.backup,
        (platform.database.clone(), &settings.database),
        Storage::open_streamed(&settings.storage)?,
        platform.clock.clone(),
    )
}

/// Underwriting, for the people whom `applicants` knows.
///
/// # Errors
/// A file of a key or the storage is wrong.
pub fn underwriting(
    platform: &Platform,
    applicants: Arc<dyn Applicants>,
) -> Result<Underwriting, PlatformError> {
    let tools = underwriting::Tools {
        database: platform.database.clone(),
        storage: Storage::open(&platform.settings.storage)?,
        keyring: platform.keyring.clone(),
        clock: platform.clock.clone(),
        entropy: platform.entropy.clone(),
        schedule: Schedule::new(
            platform.database.clone(),
            platform.clock.clone(),
            platform.entropy.clone(),
        ),
        scanner: scan::open(&platform.settings.scanner),
        applicants,
        public_url: platform.settings.server.public_url.clone(),
        journey,
    };
    Ok(Underwriting::new(tools, &platform.settings.underwriting)?)
}

/// The page of the journey that shows where somebody's questionnaire stands.
fn journey(insured: Insured) -> String {
    format!("/d/dos_{}/a{}/decision", insured.dossier.simple(), insured.number)
}

impl AppState {
    /// The same with this underwriting in the place of our own: for tests.
    #[must_use]
    pub fn with_underwriting(mut self, underwriting: Underwriting) -> Self {
        self.underwriting = underwriting;
        self
    }
}

/// Messages alone, for the command line.
///
/// # Errors
/// A transport cannot be prepared.
pub fn messages(platform: &Platform) -> Result<Messages, PlatformError> {
    let settings = &platform.settings;
    Ok(Messages::new(
        &platform.database,
        &platform.keyring,
        &platform.clock,
        &platform.entropy,
        &settings.messages,
        &settings.brand.name,
        settings.is_development(),
    )?)
}

/// Each handler takes the handle of its slice out of the state.
macro_rules! handles {
    ($($field:ident: $handle:ty,)+) => {$(
        impl FromRef<AppState> for $handle {
            fn from_ref(state: &AppState) -> Self {
                state.$field.clone()
            }
        }
    )+};
}

handles! {
    acceptances: Acceptances,
    admissions: Admissions,
    contracts: Contracts,
    dossiers: Dossiers,
    identity: Identity,
    jobs: Jobs,
    loads: Loads,
    messages: Messages,
    offers: Offers,
    quotes: Quotes,
    rights: Rights,
    segments: Segments,
    underwriting: Underwriting,
    vigilance: Vigilance,
}
