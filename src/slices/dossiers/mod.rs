//! Dossiers: the subscription from the contact to the recap (`docs/subscription.md`), and the door
//! through which whoever comes after moves them.
//!
//! What is insured and at which price is always a frozen quote; another answer makes another quote.
//! Every act goes through the one table of `domain::dossier` and leaves an event. No answer about
//! health is kept here, read here or shown here: only how far somebody has come.

mod amending;
mod answering;
mod api;
mod codes;
mod conditions;
mod core;
mod deadlines;
mod declaring;
mod describing;
mod door;
mod error;
mod forgetting;
mod form;
mod holding;
mod inviting;
mod lending;
mod letters;
mod model;
mod opening;
mod owning;
pub mod pages;
mod parking;
mod person;
mod progress;
mod receiving;
mod redeclaring;
mod renewing;
mod renumbering;
mod settings;
mod settling;
mod store;
mod visits;

pub use self::core::{Dossiers, Tools};
pub use amending::Refusal;
pub use answering::Seen;
pub use api::api;
pub use codes::{Asked, Verdict};
pub use conditions::Acceptance;
pub use deadlines::Swept;
pub use door::{Moved, Signable, SignableInsured, Step};
pub use error::DossierError;
pub use forgetting::{Erased, FORGOTTEN, Forgotten, LEFT, UNCONCLUDED};
pub use holding::{Held, Place};
pub use lending::{LOAN_LEFT, LeftLoan};
pub use model::{Decision, DossierId, Health, Person};
pub use opening::Contact;
pub use owning::{Holder, Waiting};
pub use receiving::SIGNATURE;
pub use renewing::Obstacle;
pub use settings::DossiersSettings;
pub use visits::Visit;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] = store::STATEMENTS;
