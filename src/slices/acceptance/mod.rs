//! Acceptance (*acceptation du risque*): path P3 inside the journey. Who needs the full questionnaire goes
//! there from here; what was decided comes back here, is told, priced, accepted or refused, and moves the
//! dossier on.
//!
//! Nothing is decided here: a decision is the engine's or the medical service's, read through the door of
//! underwriting. Without one, nobody is accepted or refused. Why it was taken is never known here; a
//! person reads their own answer, nobody else's. See `docs/underwriting.md`.

mod capping;
mod carrying;
mod conditions;
mod core;
mod facts;
mod following;
mod forgetting;
mod model;
pub mod pages;
mod reminding;
mod returning;
mod settling;
mod store;
mod tasks;
mod visitors;

pub use self::core::{Acceptances, Tools};
pub use visitors::Visitors;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::ALL;
