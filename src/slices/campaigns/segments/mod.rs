//! Segments: how many sales of a sort there were, in a zone and a period. Sees zones and counts, never
//! an address, a parcel or a person; a count that is too small is not said.

pub mod api;
mod csv;
mod error;
mod filter;
mod operations;
pub mod pages;
mod service;
mod store;
mod wire;

pub use csv::csv;
pub use error::SegmentError;
pub use filter::{Kind, SegmentFilter, ZoneKind};
pub use service::{Counted, Edition, Export, Month, RejectRow, RunRow, Saved, SegmentId, Segments};

pub use wire::SegmentDocument;

/// Every statement of this room, for the test that prepares them.
pub(crate) const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
