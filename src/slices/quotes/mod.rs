//! Quotes (*devis*): simulation, comparison with the bank, quotes kept under a number.
//!
//! A simulation is a pure function of its document and writes nothing. A quote freezes the document,
//! the tariff's version and the result; it is shown as it was made and never computed again.

mod api;
mod archive;
mod author;
mod copying;
mod error;
pub mod form;
mod holding;
mod levels;
mod mailing;
mod operations;
pub mod pages;
mod papers;
mod pricing;
mod reading;
pub mod service;
mod settings;
mod store;
pub mod wire;
mod writing;

pub use api::api;
pub use author::Author;
pub use levels::{Level, levels};
pub use papers::{Offered, is_reading, readings};
pub use pricing::Pricer;
pub use service::{Kept, QuoteId, Quotes};
pub use settings::QuotesSettings;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
