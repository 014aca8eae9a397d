//! Use-cases of the quote: price, keep once, find, copy.
//!
//! No HTTP, no SQL text. Who may open which quote is said in `author`; the store asks for it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::archive::{number, pack_tables, unpack_tables};
use super::author::{Author, Sight};
use super::copying::{self, replay};
use super::error::QuoteError;
use super::papers::Papers;
use super::pricing::{Pricer, invalid};
use super::settings::QuotesSettings;
use super::store::{Inserted, Key, OwnQuote, QuoteRow, Store, owner};
use super::wire::{
    QuoteList, QuoteResponse, QuoteSummary, SimulationRequest, SimulationResponse, WarningResponse,
};
use crate::domain::product::LENDER_ANSWER_DAYS;
use crate::domain::rule::Rule;
use crate::kernel::calendar::add_months;
use crate::kernel::french;
use crate::kernel::holidays::add_business_days;
use crate::kernel::id::{Id, Sort};
use crate::kernel::problem::{Fault, Problem};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::{Connection, Database};
use crate::platform::digest::sha256;
use crate::slices::documents::Documents;
use crate::slices::messages::Messages;

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
    pub(super) messages: Messages,
    pub(super) store: Store,
    clock: Clock,
    entropy: Entropy,
    pub(super) settings: QuotesSettings,
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
        messages: Messages,
        database: Database,
        clock: Clock,
        entropy: Entropy,
        settings: QuotesSettings,
    ) -> Self {
        let papers = Papers::new(documents);
        let store = Store::new(database);
        Self { pricer: Arc::new(pricer), papers, messages, store, clock, entropy, settings }
    }

    /// For how many days a quote is read and may be subscribed to.
    pub const fn validity_days(&self) -> u32 {
        self.settings.validity_days
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

    /// Prices a document and keeps it for nobody, once per idempotency key.
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
        Ok(self.keep_once(request, key, copied_from, None).await?)
    }

    /// The same for the author, if there is one. Each author has keys of their own.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub async fn keep_for(
        &self,
        author: Option<&Author>,
        request: SimulationRequest,
        key: &str,
    ) -> Result<Kept, Problem> {
        Ok(self.keep_once(request, key, None, author).await?)
    }

    /// Makes another quote from this one, its request changed by a JSON merge patch.
    ///
    /// # Errors
    /// As [`Self::keep`] and [`Self::find_for`].
    pub async fn copy_for(
        &self,
        author: Option<&Author>,
        id: QuoteId,
        patch: &Value,
        key: &str,
    ) -> Result<Kept, Problem> {
        let original = self.find_for(author, id).await?;
        let request = copying::patched(&original.request.as_asked(), patch)?;
        super::api::undecided(&request)?;
        Ok(self.keep_once(request, key, Some(id), author).await?)
    }

    /// The quote as it was made, with its month-by-month tables, for who asks through the API.
    ///
    /// # Errors
    /// No such quote, or somebody else's; the database does not answer.
    pub async fn find_for(
        &self,
        author: Option<&Author>,
        id: QuoteId,
    ) -> Result<QuoteResponse, Problem> {
        let quote = self.read(id, Sight::of(author)).await?;
        let is_theirs = quote.request.is_for(author.is_some());
        is_theirs.then_some(quote).ok_or_else(|| QuoteError::Unknown.into())
    }

    /// The same for whoever holds the link of its page.
    ///
    /// # Errors
    /// No such quote; the database does not answer.
    pub async fn find_by_link(&self, id: QuoteId) -> Result<QuoteResponse, Problem> {
        Ok(self.read(id, Sight::All).await?)
    }

    /// A page of the author's quotes, the latest first, after one of them.
    ///
    /// # Errors
    /// `after` is none of theirs; the database does not answer.
    pub async fn list(
        &self,
        author: &Author,
        after: Option<QuoteId>,
        limit: u32,
    ) -> Result<QuoteList, Problem> {
        Ok(self.page(author, after, limit).await?)
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
        author: Option<&Author>,
    ) -> Result<Kept, QuoteError> {
        let now = self.clock.now();
        let key = self.key(key, author, now);
        if let Some(quote) = self.made_before(&key, now).await? {
            return replay(quote, &request, copied_from);
        }
        let mut result = self.pricer.price(&request, true)?;
        self.check_sellable(&request, &result)?;
        result.warnings.extend(self.too_soon_for_the_bank(&request));
        let made_by = author.map(|author| owner(author.party()));
        let row = QuoteRow { owner: made_by, ..self.row(request, result, copied_from, now)? };
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

    /// Keys are apart by capability and by author.
    fn key(&self, key: &str, author: Option<&Author>, now: Timestamp) -> Key {
        let party = author.map(Author::party);
        let whose = party.as_ref().map(|party| &party.as_bytes()[..]);
        let parts: Vec<_> =
            [Some(&b"quotes"[..]), whose, Some(key.as_bytes())].into_iter().flatten().collect();
        Key { hash: sha256(&parts), expires_at: now + self.settings.idempotency() }
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
        // Who has the key made the quote.
        self.read(QuoteId::from_uuid(known.quote), Sight::All).await.map(Some)
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
        let answered = add_business_days(today, LENDER_ANSWER_DAYS);
        let is_running = request.loans.iter().any(|loan| loan.release_date < today);
        (is_running && request.effect_date < answered).then(|| WarningResponse {
            code: Rule::EffectDate.code().to_owned(),
            pointer: "/effect_date".to_owned(),
            detail: format!(
                "La banque a {LENDER_ANSWER_DAYS} jours ouvrés pour répondre : nous conseillons un début à partir du {}.",
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
            owner: None,
            request,
            result,
            schedules,
        })
    }

    pub(super) async fn read_in(
        &self,
        connection: &mut Connection,
        id: QuoteId,
    ) -> Result<QuoteResponse, QuoteError> {
        let row = self.store.find_in(connection, id.uuid(), Sight::All).await?;
        self.response(row.ok_or(QuoteError::Unknown)?)
    }

    async fn read(&self, id: QuoteId, sight: Sight) -> Result<QuoteResponse, QuoteError> {
        let row = self.store.find(id.uuid(), sight).await?.ok_or(QuoteError::Unknown)?;
        self.response(row)
    }

    fn response(&self, row: QuoteRow) -> Result<QuoteResponse, QuoteError> {
        let id = QuoteId::from_uuid(row.id);
        let mut result = row.result;
        unpack_tables(&row.schedules, &mut result)?;
        Ok(QuoteResponse {
            number: number(row.created_at, row.sequence),
            page: format!("/devis/{id}"),
            id: id.to_string(),
            created_at: row.created_at.to_string(),
            expires_at: row.expires_at.to_string(),
            status: status(self.clock.now(), row.expires_at),
            copied_from: row.copied_from.map(|uuid| QuoteId::from_uuid(uuid).to_string()),
            request: row.request,
            result,
        })
    }

    async fn page(
        &self,
        author: &Author,
        after: Option<QuoteId>,
        limit: u32,
    ) -> Result<QuoteList, QuoteError> {
        let before = match after {
            Some(id) => {
                let place = self.store.place(author, id.uuid()).await?;
                place.ok_or(QuoteError::NotInList)?
            }
            None => u64::MAX,
        };
        // One more than asked for tells whether there is another page.
        let mut rows = self.store.own(author, before, limit + 1).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > wanted;
        rows.truncate(wanted);
        let last = rows.last().filter(|_| has_more);
        let next = last.map(|row| QuoteId::from_uuid(row.id).to_string());
        let now = self.clock.now();
        Ok(QuoteList { quotes: rows.into_iter().map(|row| summary(row, now)).collect(), next })
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

fn status(now: Timestamp, expires_at: Timestamp) -> String {
    if now < expires_at { "valid" } else { "expired" }.to_owned()
}

fn summary(row: OwnQuote, now: Timestamp) -> QuoteSummary {
    let id = QuoteId::from_uuid(row.id);
    QuoteSummary {
        number: number(row.created_at.0, row.sequence),
        page: format!("/devis/{id}"),
        id: id.to_string(),
        created_at: row.created_at.0.to_string(),
        expires_at: row.expires_at.0.to_string(),
        status: status(now, row.expires_at.0),
        tariff_version: row.tariff_version,
        total_cents: row.total_cents,
    }
}
