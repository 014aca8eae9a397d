//! Underwriting (*sélection médicale*, path P3): the full questionnaire, asked by an engine of its own
//! (`reflex/`), and what it decided.
//!
//! The engine is reached in two ways: by this slice with its key, and by the browser through a proxy that
//! lets a short list through. A decision is fetched from the engine, never taken from what a browser or a
//! callback says, kept once, and never changed; its medical part is sealed under a key of its own. This
//! slice never decides: without an answer of the engine nobody is accepted or refused. It knows no
//! dossier's inside and no person's name. See `docs/underwriting.md`.

mod adapter;
mod api;
mod archive;
mod breaker;
mod callback;
mod carrying;
mod demand;
mod desk;
mod engine;
mod erasing;
mod error;
mod evidence;
mod exporting;
mod fetching;
mod model;
mod outages;
pub mod pages;
mod proxy;
mod scanning;
mod service;
mod sessions;
mod settings;
mod store;
mod upstream;
mod visitors;

pub use api::callbacks;
pub use archive::Kept;
pub use demand::{Demand, DueDemand, EvidenceState, KeptEvidence, SentEvidence};
pub use desk::{MedicalCase, Proposed, Waiting};
pub use exporting::{HeldDecision, HeldFile, HeldQuestionnaire, Opener};
pub use model::{Applicant, Declared, Facts, Insured, Opening, SessionState, Wish};
pub use outages::Stopped;
pub use proxy::routes as questionnaire;
pub use service::{Applicants, Nobody, Tools, Underwriting, UnderwritingError};
pub use sessions::{Decided, Entrance, News, Standing};
pub use settings::{EvidenceSettings, UnderwritingSettings};

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] = store::STATEMENTS;
