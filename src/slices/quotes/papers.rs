//! The documents of a kept quote: the information sheet of each insured person, and the quote itself.
//!
//! A quote is frozen, so each document is made once, at the first demand, from the figures that the
//! page shows; after that it is always the same bytes.

use tokio_util::task::TaskTracker;

use super::pages::papers::{devis, fiche, whose};
use super::service::{QuoteId, Quotes};
use super::wire::{DocumentResponse, QuoteResponse};
use crate::kernel::french;
use crate::kernel::problem::{Kind as Refusal, Problem};
use crate::platform::digest::hex;
use crate::slices::documents::{Document, Documents, Kind, Made, Order, Subject};

/// Whose the documents are, in the archive.
const SORT: &str = "quote";

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
        let mut all = Vec::new();
        for paper in Paper::all(quote) {
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
    ) -> Result<Vec<(Paper, Option<Document>)>, Problem> {
        let subject = Paper::subject(quote)?;
        let mut all = Vec::new();
        for paper in Paper::all(quote) {
            let known = self.documents.find(subject, paper.kind, paper.part).await?;
            all.push((paper, known));
        }
        if self.making.len() < MOST_MAKING && all.iter().any(|(_, known)| known.is_none()) {
            let (papers, quote) = (self.clone(), quote.clone());
            self.making.spawn(async move {
                if let Err(problem) = papers.all(&quote).await {
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
        let paper = Paper::all(quote).into_iter().find(|paper| paper.name == name);
        let unknown =
            || Problem::new(Refusal::NotFound).detail("Ce devis n’a pas de document de ce nom.");
        let paper = paper.ok_or_else(unknown)?;
        Ok((self.documents.read(paper.order(quote)?).await?, paper.file(quote)))
    }

    /// Those of these insured persons (their numbers from 1) and of all, as a page offers them that does not
    /// wait: without their sizes when nobody can tell them now.
    pub(super) async fn offered(&self, quote: &QuoteResponse, persons: &[u16]) -> Vec<Offered> {
        let papers = self.begun(quote).await.unwrap_or_else(|problem| {
            let cause = problem.cause.unwrap_or_default();
            tracing::warn!(cause, "the documents of a quote are not ready");
            Paper::all(quote).into_iter().map(|paper| (paper, None)).collect()
        });
        let theirs = papers.into_iter().filter(|(paper, _)| paper.is_of(persons));
        let offered = theirs.map(|(paper, known)| Offered {
            href: format!("{}/documents/{}", quote.page, paper.name),
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
        for paper in Paper::all(quote).into_iter().filter(|paper| paper.is_of(persons)) {
            let made = self.documents.read(paper.order(quote)?).await?;
            files.push((paper.file(quote), made.bytes));
        }
        Ok(files)
    }
}

impl Quotes {
    /// The documents of a quote that are of all, and of these insured persons (their numbers from 1), as
    /// other pages offer them. What nobody has made begins to be made; no page waits for it.
    pub async fn offered(&self, quote: &QuoteResponse, persons: &[u16]) -> Vec<Offered> {
        self.papers().offered(quote, persons).await
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

impl Paper {
    /// The documents that a quote has, in the order in which they are read.
    pub(super) fn all(quote: &QuoteResponse) -> Vec<Self> {
        let count = quote.request.insured.len();
        let mut all = vec![Self::new(Kind::Devis, 0, "")];
        all.extend(
            (1..).zip(0..count).map(|(part, place)| {
                Self::new(Kind::FicheStandardisee, part, &whose(place, count))
            }),
        );
        all
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

    /// The name of its file.
    fn file(&self, quote: &QuoteResponse) -> String {
        format!("{}-{}.pdf", self.name.replace('_', "-"), quote.number)
    }

    /// Whose they are.
    fn subject(quote: &QuoteResponse) -> Result<Subject, Problem> {
        let unreadable = |_| Problem::new(Refusal::Bug).cause("a quote's identifier");
        let id: QuoteId = quote.id.parse().map_err(unreadable)?;
        Ok(Subject { sort: SORT, id: id.uuid(), version: VERSION })
    }

    /// What the archive is asked for.
    fn order(&self, quote: &QuoteResponse) -> Result<Order, Problem> {
        let unreadable = |what| Problem::new(Refusal::Bug).cause(what);
        let date = french::date_of_moment(&quote.created_at);
        let place = usize::from(self.part).checked_sub(1);
        Ok(Order {
            subject: Self::subject(quote)?,
            kind: self.kind,
            part: self.part,
            reference: quote.number.clone(),
            date: date.ok_or_else(|| unreadable("a quote's day"))?,
            data: place.map_or_else(|| devis::data(quote), |place| fiche::data(quote, place)),
        })
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
