//! The press: a bounded number of documents at once, a bounded number waiting, and a time limit.
//!
//! Typesetting is processor work and is done on threads of its own. It cannot be interrupted, so a
//! document that takes too long keeps its worker to the end: it is its waiting that is given up.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use typst::diag::SourceDiagnostic;
use typst::ecow::EcoVec;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::desk::Job;
use super::legible::legible;
use super::settings::PdfSettings;
use crate::kernel::problem::{Kind, Problem};

/// Documents after which what the library remembers of one is forgotten: long enough for what
/// documents share, short enough for the memory.
const REMEMBERED: usize = 8;

/// A document to be set.
#[derive(Clone, Debug)]
pub struct Order {
    /// Name of the template, without `.typ`.
    pub template: &'static str,
    /// What the template reads at `/data.json`.
    pub data: Value,
    /// Day of the document: the only day that a template knows.
    pub date: Date,
    /// What tells this document from any other; not printed, hashed into the file's identifier.
    pub identity: String,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// Too many documents are waiting already.
    #[error("too many documents are being made")]
    Busy,
    /// It took too long.
    #[error("the document took too long")]
    Late,
    /// No such template: a fault of ours.
    #[error("no template is called `{0}`")]
    NoTemplate(&'static str),
    /// The template and the data do not fit each other: a fault of ours. Holds no data.
    #[error("template `{template}`: {reason}")]
    Template {
        /// Its name.
        template: &'static str,
        /// What the library says.
        reason: String,
    },
    /// The worker panicked.
    #[error("the document's worker ended: {0}")]
    Worker(#[from] tokio::task::JoinError),
}

impl From<PdfError> for Problem {
    fn from(error: PdfError) -> Self {
        match error {
            PdfError::Busy | PdfError::Late => {
                Self::new(Kind::Unavailable).retry_after(Duration::from_secs(2)).cause(error)
            }
            _ => Self::new(Kind::Bug).cause(error),
        }
    }
}

/// Sets documents. Cheap to clone: clones share the workers and the queue.
#[derive(Clone, Debug)]
pub struct Typesetter {
    /// Workers.
    workers: Arc<Semaphore>,
    /// Workers and places in the queue.
    places: Arc<Semaphore>,
    limit: Duration,
}

impl Typesetter {
    /// A press with these limits.
    pub fn new(settings: &PdfSettings) -> Self {
        let places = settings.workers.saturating_add(settings.queue_max);
        Self {
            workers: Arc::new(Semaphore::new(settings.workers)),
            places: Arc::new(Semaphore::new(places)),
            limit: settings.timeout(),
        }
    }

    /// The document, as the bytes of a PDF.
    ///
    /// # Errors
    /// Too many are waiting; it took too long; a fault of ours in the template.
    pub async fn typeset(&self, order: Order) -> Result<Vec<u8>, PdfError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| PdfError::Busy)?;
        let workers = Arc::clone(&self.workers);
        let work = async move {
            let worker = workers.acquire_owned().await.map_err(|_| PdfError::Busy)?;
            let started = tokio::time::Instant::now();
            // The worker and the place are given back when the work ends, not when its wait does.
            let set = tokio::task::spawn_blocking(move || set_on(order, (worker, place)));
            let set = set.await?;
            metrics::histogram!("pdf_typesetting_seconds").record(started.elapsed());
            set
        };
        timeout(self.limit, work).await.map_err(|_| PdfError::Late)?
    }
}

fn set_on(
    order: Order,
    held: (OwnedSemaphorePermit, OwnedSemaphorePermit),
) -> Result<Vec<u8>, PdfError> {
    let set = set(order);
    typst::comemo::evict(REMEMBERED);
    drop(held);
    set
}

fn set(mut order: Order) -> Result<Vec<u8>, PdfError> {
    let template = order.template;
    let replaced = legible(&mut order.data);
    if replaced > 0 {
        tracing::warn!(template, replaced, "characters without a glyph were replaced");
    }
    let data = order.data.to_string().into_bytes();
    let job = Job::new(template, data, order.date).ok_or(PdfError::NoTemplate(template))?;
    let said = |errors: EcoVec<SourceDiagnostic>| refused(template, &errors);
    let compiled = typst::compile::<PagedDocument>(&job);
    for warning in &compiled.warnings {
        tracing::warn!(template, warning = %warning.message, "typesetting");
    }
    let document = compiled.output.map_err(said)?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]);
    let standards = standards
        .map_err(|error| PdfError::Template { template, reason: error.message().to_string() })?;
    let options = PdfOptions {
        ident: Smart::Custom(order.identity),
        creator: Smart::Custom(None),
        timestamp: job.date().map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(said)
}

/// The library's words without the places: they may quote a value.
fn refused(template: &'static str, errors: &[SourceDiagnostic]) -> PdfError {
    let words: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    PdfError::Template { template, reason: words.join("; ") }
}
