//! The documents of a kept quote: the information sheet of each insured person, and the quote itself; and what
//! else is read before somebody signs: what we advise for it, and the two documents of the product.
//!
//! A quote is frozen, so each document is made once, at the first demand, from the figures that the
//! page shows; after that it is always the same bytes. What the product says is the same for everybody.

use jiff::civil::{Date, date};
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::pages::papers::{conseil, devis, fiche, whose};
use super::service::{QuoteId, Quotes};
use super::wire::{DocumentResponse, QuoteResponse};
use crate::kernel::french;
use crate::kernel::problem::{Kind as Refusal, Problem};
use crate::platform::digest::hex;
use crate::slices::documents::{Document, Documents, Kind, Made, Order, Subject};

/// Whose the documents are, in the archive.
const SORT: &str = "quote";

/// Whose the documents of the product are: nobody's.
const PRODUCT: &str = "product";

/// The number of the product, and the day on which its words came into force.
const PRODUCT_NUMBER: &str = "ASSURLY-PRET-1";
const IN_FORCE_ON: Date = date(2026, 11, 1);

/// What is read before signing beside the quote's own documents, in that order (art. L521-4, L112-2 and
/// R112-6 C. ass.).
const READINGS: [Kind; 3] = [Kind::FicheConseil, Kind::Ipid, Kind::Notice];

/// Quotes whose documents are made at once for pages that do not wait; those of one more are made when it is
/// looked at again. Few: whoever signs waits for the same workers, and goes before whoever only looks.
const MOST_MAKING: usize = 4;

/// A frozen thing has one version.
const VERSION: u32 = 1;

/// The documents of quotes. Cheap to clone.
#[derive(Clone)]
pub(super) struct Papers {
    documents: Documents,
    /// Documents that are being made for pages that do not wait.
    making: TaskTracker,
}

/// A document of a quote as other pages offer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its address.
    pub href: String,
    /// What it is, and whose when there are several.
    pub title: String,
    /// How many bytes; `None` while it is being made.
    pub size: Option<u64>,
}

/// One document of a quote: which one, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paper {
    /// Last part of its addresses.
    pub(super) name: String,
    /// What it is, and whose when there are several.
    pub(super) title: String,
    kind: Kind,
    /// The insured person's number, from 1; 0 for all.
    part: u16,
}

impl Papers {
    pub(super) fn new(documents: Documents) -> Self {
        Self { documents, making: TaskTracker::new() }
    }

    /// What is known of each document, made if nobody has.
    pub(super) async fn all(
        &self,
        quote: &QuoteResponse,
    ) -> Result<Vec<(Paper, Document)>, Problem> {
        self.obtain(quote, Paper::all(quote)).await
    }

    async fn obtain(
        &self,
        quote: &QuoteResponse,
        papers: Vec<Paper>,
    ) -> Result<Vec<(Paper, Document)>, Problem> {
        let mut all = Vec::with_capacity(papers.len());
        for paper in papers {
            let document = self.documents.obtain(paper.order(quote)?).await?;
            all.push((paper, document));
        }
        Ok(all)
    }

    /// What is known of each document now. Those that nobody has made begin to be made, to their end, whoever waits: the
    /// sheets belong to the first price, and a page does not wait for typesetting.
    pub(super) async fn begun(
        &self,
        quote: &QuoteResponse,
        papers: Vec<Paper>,
    ) -> Result<Vec<(Paper, Option<Document>)>, Problem> {
        let mut all = Vec::with_capacity(papers.len());
        for paper in papers {
            let known = self.documents.find(paper.subject(quote)?, paper.kind, paper.part).await?;
            all.push((paper, known));
        }
        let missing = all.iter().filter(|(_, known)| known.is_none());
        let missing: Vec<_> = missing.map(|(paper, _)| paper.clone()).collect();
        if self.making.len() < MOST_MAKING && !missing.is_empty() {
            let (papers, quote) = (self.clone(), quote.clone());
            self.making.spawn(async move {
                if let Err(problem) = papers.obtain(&quote, missing).await {
                    let cause = problem.cause.unwrap_or_default();
                    tracing::warn!(cause, "the documents of a quote are not ready");
                }
            });
        }
        Ok(all)
    }

    /// The document of this name with its bytes, and the name of its file.
    pub(super) async fn read(
        &self,
        quote: &QuoteResponse,
        name: &str,
    ) -> Result<(Made, String), Problem> {
        let paper = Paper::before_signing(quote).into_iter().find(|paper| paper.name == name);
        let unknown =
            || Problem::new(Refusal::NotFound).detail("Ce devis n’a pas de document de ce nom.");
        let paper = paper.ok_or_else(unknown)?;
        Ok((self.documents.read(paper.order(quote)?).await?, paper.file(quote)))
    }

    /// Those that are read before signing, of these insured persons (their numbers from 1) and of all, as a page
    /// offers them that does not wait: without their sizes when nobody can tell them now.
    pub(super) async fn offered(
        &self,
        quote: &QuoteResponse,
        persons: &[u16],
        at: &str,
    ) -> Vec<Offered> {
        let theirs = Paper::before_signing(quote).into_iter().filter(|paper| paper.is_of(persons));
        let theirs: Vec<_> = theirs.collect();
        let papers = self.begun(quote, theirs.clone()).await.unwrap_or_else(|problem| {
            let cause = problem.cause.unwrap_or_default();
            tracing::warn!(cause, "the documents of a quote are not ready");
            theirs.into_iter().map(|paper| (paper, None)).collect()
        });
        let offered = papers.into_iter().map(|(paper, known)| Offered {
            href: format!("{at}/{}", paper.name),
            title: paper.title,
            size: known.map(|made| made.size),
        });
        offered.collect()
    }

    /// The same with their bytes, made if nobody has, each under the name of its file.
    pub(super) async fn files(
        &self,
        quote: &QuoteResponse,
        persons: &[u16],
    ) -> Result<Vec<(String, Vec<u8>)>, Problem> {
        let mut files = Vec::new();
        let papers = Paper::before_signing(quote).into_iter();
        for paper in papers.filter(|paper| paper.is_of(persons)) {
            let made = self.documents.read(paper.order(quote)?).await?;
            files.push((paper.file(quote), made.bytes));
        }
        Ok(files)
    }
}

impl Quotes {
    /// What is read before signing: the documents that are of all, and of these insured persons (their numbers
    /// from 1), as other pages offer them. What nobody has made begins to be made; no page waits for it.
    /// Each has its name behind the address `at`.
    pub async fn offered(&self, quote: &QuoteResponse, persons: &[u16], at: &str) -> Vec<Offered> {
        self.papers().offered(quote, persons, at).await
    }

    /// One of these documents, and the name of its file.
    ///
    /// # Errors
    /// They have none of this name; it cannot be made or read now.
    pub async fn file(
        &self,
        quote: &QuoteResponse,
        persons: &[u16],
        name: &str,
    ) -> Result<(Made, String), Problem> {
        let papers = Paper::before_signing(quote);
        if papers.iter().any(|paper| paper.name == name && paper.is_of(persons)) {
            return self.papers().read(quote, name).await;
        }
        Err(Problem::new(Refusal::NotFound).detail("Ce dossier n’a pas de document de ce nom."))
    }

    /// The same documents with their bytes, made if nobody has, each under the name of its file.
    ///
    /// # Errors
    /// One cannot be made or read now.
    pub async fn files(
        &self,
        quote: &QuoteResponse,
        persons: &[u16],
    ) -> Result<Vec<(String, Vec<u8>)>, Problem> {
        self.papers().files(quote, persons).await
    }
}

/// What is signed with the contract and read before it: what we advise, and the two documents of the product.
///
/// # Errors
/// The quote has no identifier or day.
pub fn readings(quote: &QuoteResponse) -> Result<Vec<Order>, Problem> {
    Paper::readings(quote).into_iter().map(|paper| paper.order(quote)).collect()
}

/// Whether a document of this name is one of them.
pub fn is_reading(name: &str) -> bool {
    Kind::of_name(name).is_some_and(|kind| READINGS.contains(&kind))
}

impl Paper {
    /// The documents that are read before signing, in that order.
    fn before_signing(quote: &QuoteResponse) -> Vec<Self> {
        let mut all = Self::readings(quote);
        all.extend(Self::all(quote));
        all
    }

    /// What we advise is each person's own: what somebody's health left them is nobody else's to read.
    fn readings(quote: &QuoteResponse) -> Vec<Self> {
        let advice = Self::of_each(Kind::FicheConseil, quote);
        let advice =
            if advice.len() == 1 { vec![Self::new(Kind::FicheConseil, 0, "")] } else { advice };
        let common = READINGS.into_iter().filter(|kind| *kind != Kind::FicheConseil);
        advice.into_iter().chain(common.map(|kind| Self::new(kind, 0, ""))).collect()
    }

    /// The documents that a quote has, in the order in which they are read.
    pub(super) fn all(quote: &QuoteResponse) -> Vec<Self> {
        let mut all = vec![Self::new(Kind::Devis, 0, "")];
        all.extend(Self::of_each(Kind::FicheStandardisee, quote));
        all
    }

    /// One document of this kind for each insured person.
    fn of_each(kind: Kind, quote: &QuoteResponse) -> Vec<Self> {
        let count = quote.request.insured.len();
        (1..)
            .zip(0..count)
            .map(|(part, place)| Self::new(kind, part, &whose(place, count)))
            .collect()
    }

    fn new(kind: Kind, part: u16, whose: &str) -> Self {
        let code = kind.code();
        let name = if part == 0 { code.to_owned() } else { format!("{code}_{part}") };
        Self { name, title: format!("{}{whose}", kind.title()), kind, part }
    }

    /// Whether it is of all, or of one of these persons.
    fn is_of(&self, persons: &[u16]) -> bool {
        self.part == 0 || persons.contains(&self.part)
    }

    /// Whether it says the same to everybody.
    const fn is_common(&self) -> bool {
        matches!(self.kind, Kind::Ipid | Kind::Notice)
    }

    /// The name of its file.
    fn file(&self, quote: &QuoteResponse) -> String {
        let number = if self.is_common() { PRODUCT_NUMBER } else { quote.number.as_str() };
        format!("{}-{number}.pdf", self.name.replace('_', "-"))
    }

    /// Whose it is.
    fn subject(&self, quote: &QuoteResponse) -> Result<Subject, Problem> {
        if self.is_common() {
            let version = self.kind.template_version();
            return Ok(Subject { sort: PRODUCT, id: Uuid::nil(), version });
        }
        let unreadable = |_| Problem::new(Refusal::Bug).cause("a quote's identifier");
        let id: QuoteId = quote.id.parse().map_err(unreadable)?;
        Ok(Subject { sort: SORT, id: id.uuid(), version: VERSION })
    }

    /// What the archive is asked for.
    fn order(&self, quote: &QuoteResponse) -> Result<Order, Problem> {
        let subject = self.subject(quote)?;
        let (reference, date) = if self.is_common() {
            (PRODUCT_NUMBER.to_owned(), IN_FORCE_ON)
        } else {
            let date = french::date_of_moment(&quote.created_at);
            let unreadable = || Problem::new(Refusal::Bug).cause("a quote's day");
            (quote.number.clone(), date.ok_or_else(unreadable)?)
        };
        let data = self.data(quote);
        Ok(Order { subject, kind: self.kind, part: self.part, reference, date, data })
    }

    /// What its template reads.
    fn data(&self, quote: &QuoteResponse) -> Value {
        match (self.kind, usize::from(self.part).checked_sub(1)) {
            (Kind::FicheStandardisee, Some(place)) => fiche::data(quote, place),
            (Kind::FicheConseil, place) => conseil::data(quote, place.unwrap_or(0)),
            (Kind::Ipid, _) => json!({ "franchise": "30, 60 ou 90" }),
            (Kind::Notice, _) => json!({}),
            _ => devis::data(quote),
        }
    }

    /// How the API tells of it.
    pub(super) fn response(&self, quote: &QuoteResponse, document: &Document) -> DocumentResponse {
        let place = usize::from(self.part).checked_sub(1);
        let insured = place.and_then(|place| quote.request.insured.get(place));
        DocumentResponse {
            name: self.name.clone(),
            kind: self.kind.code().to_owned(),
            insured: insured.map(|person| person.reference.clone()),
            title: self.title.clone(),
            href: format!("/v1/quotes/{}/documents/{}", quote.id, self.name),
            media_type: "application/pdf".to_owned(),
            size: document.size,
            sha256: hex(&document.sha256),
            template_version: document.template_version,
            created_at: document.created_at.to_string(),
        }
    }
}
