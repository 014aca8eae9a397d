//! Use-cases of the quote: price, keep once, find, copy.
//!
//! No HTTP, no SQL text. Whoever holds the identifier of a quote may read it: the identifier is a
//! secret of 74 random bits, and a quote holds no name.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::archive::{number, pack_tables, unpack_tables};
use super::copying;
use super::error::QuoteError;
use super::papers::Papers;
use super::pricing::{Pricer, invalid};
use super::settings::QuotesSettings;
use super::store::{Inserted, Key, QuoteRow, Store};
use super::wire::{QuoteResponse, SimulationRequest, SimulationResponse, WarningResponse};
use crate::domain::rule::Rule;
use crate::kernel::calendar::add_months;
use crate::kernel::french;
use crate::kernel::holidays::add_business_days;
use crate::kernel::id::{Id, Sort};
use crate::kernel::problem::{Fault, Problem};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::Database;
use crate::platform::digest::sha256;
use crate::slices::documents::Documents;

/// Names the identifiers of quotes.
pub struct Quote;

impl Sort for Quote {
    const PREFIX: &'static str = "quo";
}

/// Identifier of a quote, `quo_…`.
pub type QuoteId = Id<Quote>;

/// The door of the slice. Cheap to clone.
#[derive(Clone)]
pub struct Quotes {
    pricer: Arc<Pricer>,
    papers: Papers,
    store: Store,
    clock: Clock,
    entropy: Entropy,
    settings: QuotesSettings,
}

/// A quote, and whether an earlier request had already made it.
pub struct Kept {
    /// The quote, with its month-by-month tables.
    pub quote: QuoteResponse,
    /// Made by an earlier request with the same key.
    pub replayed: bool,
}

impl Quotes {
    /// The use-cases on these tools.
    pub fn new(
        pricer: Pricer,
        documents: Documents,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        settings: QuotesSettings,
    ) -> Self {
        let papers = Papers::new(documents);
        let store = Store::new(database);
        Self { pricer: Arc::new(pricer), papers, store, clock, entropy, settings }
    }

    /// Prices a document; writes nothing. Month-by-month tables are left out unless
    /// `with_schedule`.
    ///
    /// # Errors
    /// One fault per value that cannot be taken.
    pub fn simulate(
        &self,
        request: &SimulationRequest,
        with_schedule: bool,
    ) -> Result<SimulationResponse, Problem> {
        self.pricer.price(request, with_schedule)
    }

    /// Prices a document and keeps it, once per idempotency key.
    ///
    /// # Errors
    /// As [`Self::simulate`]; a first day of cover out of range or somebody who cannot be insured
    /// online; the key was used for another document; the database does not answer.
    pub async fn keep(
        &self,
        request: SimulationRequest,
        key: &str,
        copied_from: Option<QuoteId>,
    ) -> Result<Kept, Problem> {
        Ok(self.keep_once(request, key, copied_from).await?)
    }

    /// Makes another quote from this one, its request changed by a JSON merge patch.
    ///
    /// # Errors
    /// As [`Self::keep`] and [`Self::find`].
    pub async fn copy(&self, id: QuoteId, patch: &Value, key: &str) -> Result<Kept, Problem> {
        let original = self.find(id).await?;
        let request = copying::patched(&original.request, patch)?;
        self.keep(request, key, Some(id)).await
    }

    /// The quote as it was made, with its month-by-month tables.
    ///
    /// # Errors
    /// No such quote; the database does not answer.
    pub async fn find(&self, id: QuoteId) -> Result<QuoteResponse, Problem> {
        Ok(self.read(id).await?)
    }

    /// The documents of quotes.
    pub(super) const fn papers(&self) -> &Papers {
        &self.papers
    }

    /// Today in Paris: the day that a French contract speaks of.
    pub fn today(&self) -> Date {
        self.clock.today_in_paris()
    }

    /// A fresh random key for one act of one page.
    pub fn fresh_key(&self) -> String {
        self.entropy.key()
    }

    async fn keep_once(
        &self,
        request: SimulationRequest,
        key: &str,
        copied_from: Option<QuoteId>,
    ) -> Result<Kept, QuoteError> {
        let now = self.clock.now();
        let key = self.key(key, now);
        if let Some(quote) = self.made_before(&key, now).await? {
            return replay(quote, &request, copied_from);
        }
        let mut result = self.pricer.price(&request, true)?;
        self.check_sellable(&request, &result)?;
        result.warnings.extend(self.too_soon_for_the_bank(&request));
        let row = self.row(request, result, copied_from, now)?;
        match self.store.insert(&row, &key).await? {
            Inserted::Made { sequence } => {
                self.tidy(sequence, now).await;
                let quote = self.response(QuoteRow { sequence, ..row })?;
                Ok(Kept { quote, replayed: false })
            }
            // Somebody with the same key was faster.
            Inserted::KeyTaken => match self.made_before(&key, now).await? {
                Some(quote) => replay(quote, &row.request, copied_from),
                None => Err(QuoteError::KeyInProgress),
            },
            Inserted::KeyHeld => Err(QuoteError::KeyInProgress),
        }
    }

    /// Keys are apart by capability; once callers have names, by caller too.
    fn key(&self, key: &str, now: Timestamp) -> Key {
        Key {
            hash: sha256(&[b"quotes", key.as_bytes()]),
            expires_at: now + self.settings.idempotency(),
        }
    }

    /// The quote that an earlier request with this key made, while the key lives.
    async fn made_before(
        &self,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<QuoteResponse>, QuoteError> {
        let Some(known) = self.store.key(&key.hash).await? else { return Ok(None) };
        if known.expires_at <= now {
            self.store.forget_key(&key.hash, now).await?;
            return Ok(None);
        }
        self.read(QuoteId::from_uuid(known.quote)).await.map(Some)
    }

    /// A quote commits: the first day of cover can still be met, everybody can be insured, and the
    /// guarantees are sold for this purpose. A simulation may ask about anything.
    fn check_sellable(
        &self,
        request: &SimulationRequest,
        result: &SimulationResponse,
    ) -> Result<(), Problem> {
        let mut faults = Vec::new();
        let today = self.today();
        let tomorrow = today.tomorrow().unwrap_or(today);
        if !(tomorrow..=add_months(today, 12)).contains(&request.effect_date) {
            let (first, last) = (french::day(tomorrow), french::day(add_months(today, 12)));
            let detail = format!("La date d’effet va du {first} au {last}.");
            faults.push(Fault::new("/effect_date", Rule::EffectDate.code(), detail));
        }
        for (place, person) in result.insured.iter().enumerate().filter(|(_, p)| !p.route.eligible)
        {
            let detail = format!(
                "Cette personne ne peut pas être assurée en ligne : {}.",
                person.route.reasons.join(", ")
            );
            faults.push(Fault::new(format!("/insured/{place}"), Rule::NotEligible.code(), detail));
        }
        let unsold = Rule::PackNotAvailable;
        if let Some(warning) = result.warnings.iter().find(|warning| warning.code == unsold.code())
        {
            faults.push(Fault::new(&warning.pointer, unsold.code(), &warning.detail));
        }
        if faults.is_empty() { Ok(()) } else { Err(invalid(faults)) }
    }

    /// A running loan has an insurance already, and its bank has ten business days to accept
    /// another (art. L313-31 C. conso.): to begin before is possible, not wise.
    fn too_soon_for_the_bank(&self, request: &SimulationRequest) -> Option<WarningResponse> {
        let today = self.today();
        let answered = add_business_days(today, 10);
        let is_running = request.loans.iter().any(|loan| loan.release_date < today);
        (is_running && request.effect_date < answered).then(|| WarningResponse {
            code: Rule::EffectDate.code().to_owned(),
            pointer: "/effect_date".to_owned(),
            detail: format!(
                "La banque a 10 jours ouvrés pour répondre : nous conseillons un début à partir du {}.",
                french::day(answered)
            ),
        })
    }

    fn row(
        &self,
        request: SimulationRequest,
        mut result: SimulationResponse,
        copied_from: Option<QuoteId>,
        now: Timestamp,
    ) -> Result<QuoteRow, QuoteError> {
        let schedules = pack_tables(&mut result)?;
        Ok(QuoteRow {
            id: self.entropy.uuid_v7(now),
            sequence: 0,
            created_at: now,
            expires_at: now + self.settings.validity(),
            copied_from: copied_from.map(QuoteId::uuid),
            request,
            result,
            schedules,
        })
    }

    async fn read(&self, id: QuoteId) -> Result<QuoteResponse, QuoteError> {
        let row = self.store.find(id.uuid()).await?.ok_or(QuoteError::Unknown)?;
        self.response(row)
    }

    fn response(&self, row: QuoteRow) -> Result<QuoteResponse, QuoteError> {
        let id = QuoteId::from_uuid(row.id);
        let mut result = row.result;
        unpack_tables(&row.schedules, &mut result)?;
        let is_valid = self.clock.now() < row.expires_at;
        Ok(QuoteResponse {
            number: number(row.created_at, row.sequence),
            page: format!("/devis/{id}"),
            id: id.to_string(),
            created_at: row.created_at.to_string(),
            expires_at: row.expires_at.to_string(),
            status: if is_valid { "valid" } else { "expired" }.to_owned(),
            copied_from: row.copied_from.map(|uuid| QuoteId::from_uuid(uuid).to_string()),
            request: row.request,
            result,
        })
    }

    /// Forgets old keys, once in a hundred quotes; a failure only leaves them for the next time.
    async fn tidy(&self, sequence: u64, now: Timestamp) {
        if !sequence.is_multiple_of(100) {
            return;
        }
        if let Err(error) = self.store.forget_keys(now).await {
            tracing::warn!(%error, "old idempotency keys stay for now");
        }
    }
}

/// The first answer again, if the same thing was asked: the documents are compared as they are
/// understood, so that a version which knows more fields still recognises an old one.
fn replay(
    quote: QuoteResponse,
    request: &SimulationRequest,
    copied_from: Option<QuoteId>,
) -> Result<Kept, QuoteError> {
    let same_origin = quote.copied_from == copied_from.map(|id| id.to_string());
    if quote.request == *request && same_origin {
        Ok(Kept { quote, replayed: true })
    } else {
        Err(QuoteError::KeyReused)
    }
}
