//! The handle of underwriting: what it is made of, and the use-cases that other rooms call.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;
use url::Url;

use super::adapter::Cep;
use super::engine::UnderwritingEngine;
use super::model::{Applicant, Insured};
use super::settings::UnderwritingSettings;
use super::store::Store;
use super::upstream::Upstream;
use super::visitors::Visitors;
use crate::kernel::problem::Problem;
use crate::platform::access::Boxed;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::{Keyring, KeyringError};
use crate::platform::db::Database;
use crate::platform::jobs::Schedule;
use crate::platform::scan::Scanner;
use crate::platform::storage::Storage;
use crate::platform::web::cookies::Cookies;

/// Who a browser is logged in as, asked of whoever keeps the journey's logins.
pub trait Applicants: Send + Sync + 'static {
    /// The person, or nobody; a problem when nobody can say, which is not the same. The headers are those of the
    /// browser's request.
    fn applicant<'a>(
        &'a self,
        headers: &'a hyper::http::HeaderMap,
    ) -> Boxed<'a, Result<Option<Applicant>, Problem>>;
}

/// Nobody is logged in: for a program that has no journey.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Applicants for Nobody {
    fn applicant<'a>(
        &'a self,
        _: &'a hyper::http::HeaderMap,
    ) -> Boxed<'a, Result<Option<Applicant>, Problem>> {
        Box::pin(async { Ok(None) })
    }
}

/// Why underwriting cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum UnderwritingError {
    /// A file of a key cannot be read.
    #[error("`underwriting.{0}` cannot be read")]
    File(&'static str, #[source] std::io::Error),
    /// A key is too short to keep anybody out.
    #[error("`underwriting.{0}` holds no key of 43 characters or more")]
    Key(&'static str),
    /// The keys of medical data are wrong.
    #[error("`underwriting.medical_keyring_file`: {0}")]
    Keyring(#[from] KeyringError),
}

/// What underwriting is made of.
pub struct Tools {
    /// The database.
    pub database: Database,
    /// Where documents are kept.
    pub storage: Storage,
    /// Keys of data at rest.
    pub keyring: Keyring,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Where work is asked for.
    pub schedule: Schedule,
    /// Looks for viruses in what people send; `None`: nothing that they send is taken.
    pub scanner: Option<Arc<dyn Scanner>>,
    /// Who a browser is logged in as.
    pub applicants: Arc<dyn Applicants>,
    /// Our public address.
    pub public_url: Url,
    /// The page of the journey that shows a person where their questionnaire stands.
    pub journey: fn(Insured) -> String,
}

/// Underwriting. Cheap to clone.
#[derive(Clone)]
pub struct Underwriting(pub(super) Arc<Shared>);

/// What every room of the slice needs.
pub(super) struct Shared {
    pub(super) settings: UnderwritingSettings,
    pub(super) store: Store,
    pub(super) storage: Storage,
    pub(super) keyring: Keyring,
    /// Seals medical data, and nothing else.
    pub(super) medical: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) schedule: Schedule,
    pub(super) scanner: Option<Arc<dyn Scanner>>,
    pub(super) applicants: Arc<dyn Applicants>,
    pub(super) upstream: Upstream,
    pub(super) engine: Arc<dyn UnderwritingEngine>,
    pub(super) visitors: Visitors,
    pub(super) callback_keys: Vec<SecretString>,
    pub(super) origin: String,
    pub(super) journey: fn(Insured) -> String,
    pub(super) cookies: Cookies,
    /// Rung when something is due at once.
    pub(super) bell: Notify,
}

impl Underwriting {
    /// Prepares underwriting; asks nobody anything yet.
    ///
    /// # Errors
    /// A file of a key is missing, or the key is too short.
    pub fn new(tools: Tools, settings: &UnderwritingSettings) -> Result<Self, UnderwritingError> {
        let upstream = Upstream::new(settings);
        let keys = keys(&settings.integration_key_file, "integration_key_file")?;
        let callback_keys = keys_of(settings)?;
        let within = settings.submit_timeout();
        let cep =
            Cep::new(upstream.clone(), keys.into_iter().next(), within, settings.answer_bytes_max);
        let origin = tools.public_url.as_str().trim_end_matches('/').to_owned();
        Ok(Self(Arc::new(Shared {
            settings: settings.clone(),
            store: Store::new(tools.database),
            storage: tools.storage,
            keyring: tools.keyring,
            medical: Keyring::read(&settings.medical_keyring_file)?,
            clock: tools.clock,
            entropy: tools.entropy,
            schedule: tools.schedule,
            scanner: tools.scanner,
            applicants: tools.applicants,
            upstream,
            engine: Arc::new(cep),
            visitors: Visitors::new(settings),
            callback_keys,
            cookies: Cookies::of(&origin),
            origin,
            journey: tools.journey,
            bell: Notify::new(),
        })))
    }

    /// Whether there is an engine, and whether it can work: `None` when there is none.
    pub async fn health(&self) -> Option<Result<(), String>> {
        if !self.0.upstream.is_configured() {
            return None;
        }
        // Left alone: asking would only be refused. Once its rest is over this is the try: when nobody else
        // asks, somebody must find out that it is back.
        if self.0.upstream.rests() {
            return Some(Err("left alone after failures".to_owned()));
        }
        let asked = tokio::time::timeout(Duration::from_secs(2), self.0.engine.health()).await;
        Some(match asked {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer within 2 s".to_owned()),
        })
    }
}

fn keys_of(settings: &UnderwritingSettings) -> Result<Vec<SecretString>, UnderwritingError> {
    if settings.callback_listen.is_empty() {
        return Ok(Vec::new());
    }
    keys(&settings.callback_key_file, "callback_key_file")
}

/// The keys of a file, one a line; none when the path is empty.
fn keys(path: &Path, name: &'static str) -> Result<Vec<SecretString>, UnderwritingError> {
    if path.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path).map_err(|it| UnderwritingError::File(name, it))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys: Vec<SecretString> = lines.map(SecretString::from).collect();
    let are_long = keys.iter().all(|key| key.expose_secret().len() >= 43);
    if keys.is_empty() || !are_long { Err(UnderwritingError::Key(name)) } else { Ok(keys) }
}
