//! Use-cases of the quote: load, decide (by calling `domain`), store.
//!
//! No HTTP, no SQL text.

use jiff::civil::Date;

use super::wire::{QuoteResponse, SimulationRequest, SimulationResponse};
use crate::kernel::id::{Id, Sort};
use crate::kernel::problem::{Kind, Problem};

/// Names the identifiers of quotes.
pub struct Quote;

impl Sort for Quote {
    const PREFIX: &'static str = "quo";
}

/// Identifier of a quote, `quo_…`.
pub type QuoteId = Id<Quote>;

/// The door of the slice.
#[derive(Clone)]
pub struct Quotes {}

/// A quote, and whether an earlier request had already made it.
pub struct Kept {
    /// The quote, with its schedules.
    pub quote: QuoteResponse,
    /// Made by an earlier request with the same key.
    pub replayed: bool,
}

impl Quotes {
    /// Prices a document; writes nothing. Schedules are left out unless `with_schedule`.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with one fault per value that cannot be taken.
    pub fn simulate(
        &self,
        _request: &SimulationRequest,
        _with_schedule: bool,
    ) -> Result<SimulationResponse, Problem> {
        Err(Problem::new(Kind::Unavailable))
    }

    /// Prices a document and keeps it, once per idempotency key.
    ///
    /// # Errors
    /// As [`Self::simulate`]; [`Kind::IdempotencyKeyReused`]; [`Kind::Unavailable`] when the
    /// database does not answer.
    pub async fn keep(
        &self,
        _request: SimulationRequest,
        _key: &str,
        _copied_from: Option<QuoteId>,
    ) -> Result<Kept, Problem> {
        Err(Problem::new(Kind::Unavailable))
    }

    /// The quote as it was made, with its schedules.
    ///
    /// # Errors
    /// [`Kind::NotFound`]; [`Kind::Unavailable`].
    pub async fn find(&self, _id: QuoteId) -> Result<QuoteResponse, Problem> {
        Err(Problem::new(Kind::Unavailable))
    }

    /// Today in Paris: the day that a French contract speaks of.
    pub fn today(&self) -> Date {
        Date::constant(2026, 11, 23)
    }

    /// A fresh random key for one act of one page.
    pub fn fresh_key(&self) -> String {
        String::new()
    }
}
