//! The configuration in force: the defaults, then a file, then the environment.
//!
//! The only room that reads the environment. A key that nobody knows, a value of the wrong type or a
//! limit that makes no sense stops the start with the key's full name: a typing error must not
//! become a default.

mod load;

pub use load::{SettingsError, Sources, load};

use serde::{Deserialize, Serialize};

use crate::gateway::authorizer::AccessSettings;
use crate::gateway::settings::ServerSettings;
use crate::gateway::waf::settings::WafSettings;
use crate::platform::backup::BackupSettings;
use crate::platform::crypto::CryptoSettings;
use crate::platform::db::DatabaseSettings;
use crate::platform::jobs::JobsSettings;
use crate::platform::limits::Complaints;
use crate::platform::pdf::PdfSettings;
use crate::platform::scan::ScannerSettings;
use crate::platform::seal::SealSettings;
use crate::platform::storage::StorageSettings;
use crate::platform::telemetry::TelemetrySettings;
use crate::slices::admission::AdmissionSettings;
use crate::slices::campaigns::CampaignsSettings;
use crate::slices::contracts::ContractsSettings;
use crate::slices::documents::DocumentsSettings;
use crate::slices::dossiers::DossiersSettings;
use crate::slices::health::HealthSettings;
use crate::slices::identity::IdentitySettings;
use crate::slices::messages::MessagesSettings;
use crate::slices::offers::OffersSettings;
use crate::slices::quotes::QuotesSettings;
use crate::slices::underwriting::UnderwritingSettings;

/// Everything that an operator can choose; see `config/default.toml` for the reasons.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What this copy is for.
    pub environment: Environment,
    /// Addresses and limits.
    pub server: ServerSettings,
    /// The firewall for requests.
    pub waf: WafSettings,
    /// Whose tokens open the API.
    pub access: AccessSettings,
    /// Keys, plans and rules of the gateway.
    pub admission: AdmissionSettings,
    /// The database.
    pub database: DatabaseSettings,
    /// Keys of data at rest.
    pub crypto: CryptoSettings,
    /// Logs.
    pub telemetry: TelemetrySettings,
    /// The name shown to customers.
    pub brand: BrandSettings,
    /// Identity.
    pub identity: IdentitySettings,
    /// Quotes.
    pub quotes: QuotesSettings,
    /// E-mails and SMS.
    pub messages: MessagesSettings,
    /// Work that is due.
    pub jobs: JobsSettings,
    /// Loads of open data, and segments out of them.
    pub campaigns: CampaignsSettings,
    /// Typesetting.
    pub pdf: PdfSettings,
    /// The seal of documents.
    pub seal: SealSettings,
    /// Where documents are kept.
    pub storage: StorageSettings,
    /// The scanner for viruses.
    pub scanner: ScannerSettings,
    /// Where backups go.
    pub backup: BackupSettings,
    /// What documents say of the insurer.
    pub documents: DocumentsSettings,
    /// Subscription.
    pub dossiers: DossiersSettings,
    /// Contracts.
    pub contracts: ContractsSettings,
    /// Loan offers that people send.
    pub offers: OffersSettings,
    /// Health.
    pub health: HealthSettings,
    /// The questionnaire engine.
    pub underwriting: UnderwritingSettings,
}

/// What a copy of the program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Customers.
    Production,
    /// A developer's machine.
    Development,
}

/// The name shown to customers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BrandSettings {
    /// The name.
    pub name: String,
}

impl Settings {
    /// The configuration as TOML, secrets masked.
    ///
    /// # Errors
    /// A value that TOML cannot say; there is none.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// Whether this copy is a developer's: pages exist then that no customer may see.
    pub fn is_development(&self) -> bool {
        self.environment == Environment::Development
    }

    fn complaints(&self) -> Vec<String> {
        let mut complaints = Complaints::default();
        self.server.check(&mut complaints);
        self.waf.check(&mut complaints);
        self.access.check(&mut complaints);
        self.admission.check(&mut complaints);
        self.database.check(&mut complaints);
        self.telemetry.check(&mut complaints);
        let name = self.brand.name.trim();
        complaints.unless(
            !name.is_empty() && name.len() <= 60,
            "brand.name",
            "is empty or too long",
        );
        self.identity.check(&mut complaints);
        self.quotes.check(&mut complaints);
        self.messages.check(self.is_development(), &mut complaints);
        self.jobs.check(&mut complaints);
        self.campaigns.check(&mut complaints);
        self.pdf.check(&mut complaints);
        self.seal.check(&mut complaints);
        self.storage.check(&mut complaints);
        self.scanner.check(&mut complaints);
        self.backup.check(&mut complaints);
        self.documents.check(&mut complaints);
        self.dossiers.check(&mut complaints);
        self.contracts.check(&mut complaints);
        self.offers.check(&mut complaints);
        self.underwriting.check(&mut complaints);
        complaints.unless(
            self.is_development() || self.is_safely_reached(),
            "server.public_url",
            "is plain http in production: use https, or environment = \"development\"",
        );
        complaints.into_vec()
    }

    /// Whether customers come over TLS, or the address is the machine's own.
    fn is_safely_reached(&self) -> bool {
        let url = &self.server.public_url;
        let own = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        url.scheme() == "https" || own
    }
}
