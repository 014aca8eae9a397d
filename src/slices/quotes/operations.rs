//! What the API does with quotes, and who may. `docs/access.md` says what each line means.

use super::author::{Author, READ};
use crate::kernel::access::PoolKind;
use crate::platform::access::{Cache, Operation, PublicOperation};

/// Prices a project.
pub(super) struct Simulate;

impl PublicOperation for Simulate {
    const ID: &'static str = "quotes.simulate";
    const REASON: &'static str = "a price is given to anybody, and nothing is stored";
}

/// Keeps a priced project.
pub(super) struct KeepQuote;

impl PublicOperation for KeepQuote {
    const ID: &'static str = "quotes.keep";
    const REASON: &'static str = "no account is needed before the contract";
}

/// Opens a quote.
pub(super) struct FindQuote;

impl PublicOperation for FindQuote {
    const ID: &'static str = "quotes.find";
    const REASON: &'static str =
        "the identifier opens a quote of nobody; one that has an owner is not there for others";
    // Frozen, and up to ten times larger with its tables: a reader that has it need not load it again.
    const CACHE: Cache = Cache::Revalidate;
}

/// Makes another quote from one that may be opened.
pub(super) struct CopyQuote;

impl PublicOperation for CopyQuote {
    const ID: &'static str = "quotes.copy";
    const REASON: &'static str = "as keeping a quote, from one that the caller may open";
}

/// Lists the caller's own quotes.
pub(super) struct ListQuotes;

impl Operation for ListQuotes {
    const ID: &'static str = "quotes.list";
    const SCOPE: &'static str = READ;
    const POOLS: &'static [PoolKind] =
        &[PoolKind::Clients, PoolKind::Partenaires, PoolKind::Gestion];
    type Actor = Author;
}

/// Lists the documents of a quote that may be opened.
pub(super) struct ListDocuments;

impl PublicOperation for ListDocuments {
    const ID: &'static str = "quotes.documents";
    const REASON: &'static str = "as opening the quote that they are made of";
}

/// Reads a document of a quote that may be opened.
pub(super) struct ReadDocument;

impl PublicOperation for ReadDocument {
    const ID: &'static str = "quotes.document";
    const REASON: &'static str = "as opening the quote that it is made of";
}
