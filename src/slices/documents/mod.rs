//! The archive of documents: what was made for somebody, word for word, for as long as it may matter.
//!
//! A document is made once from one version of its subject and never again; its bytes are kept under
//! their own hash and checked each time they are read. This room knows no other slice: who orders a
//! document brings its data.

mod error;
mod insurer;
mod kind;
#[cfg(test)]
mod sample;
mod service;
mod store;

#[cfg(test)]
pub(crate) use sample::sample;

pub use insurer::{DocumentsSettings, InsurerSettings};
pub use kind::Kind;
pub use service::{Document, Documents, Made, Order, Subject};

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
