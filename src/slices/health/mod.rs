//! Health: what a person declares about theirs, and nothing else. A world of its own: own tables, own
//! keys, own audit.
//!
//! Read by the person and by the medical role only; every reading is written down before anything is
//! opened. No type of this room prints, nothing of it reaches a log, a title, an address or a message,
//! and an insured is an identifier here, never a name. Whom the law protects is never asked
//! (art. L113-2-1 C. ass.): who calls makes sure of that, and erases what it made void.

mod answers;
mod binding;
mod carrying;
mod error;
pub mod form;
mod service;
mod settings;
mod store;

pub use answers::Answers;
pub use carrying::Carried;
pub use error::HealthError;
pub use service::{CONSENT, HealthWorld, MedicalOfficer, Rotated, Standing};
pub use settings::HealthSettings;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
