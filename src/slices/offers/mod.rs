//! Loan offers (*offres de prêt*): the PDF or the photographs that a person sends with a loan, kept sealed,
//! looked at by a scanner, and compared later by an advisor with what the person typed.
//!
//! Nothing is ever read out of a file here: the person types and confirms each figure themselves, and no
//! price waits for a file. Nobody opens a file before a scanner has let it through. See
//! `docs/subscription.md`.

mod comparing;
mod core;
mod holding;
mod keeping;
mod model;
pub mod pages;
mod scanning;
mod settings;
mod store;

pub use self::core::{Offers, Tools};
pub use holding::{HeldComparison, HeldOffer, HeldOffers, Part};
pub use settings::OffersSettings;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
