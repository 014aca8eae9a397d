//! Identity: pools of people, each its own issuer of tokens (OAuth 2, OpenID Connect), with the pages
//! where they log in.
//!
//! Who may do what with a token is not decided here: the gateway's authorizer verifies, and every
//! operation says what it asks for. This slice never imports another one but `messages`. No secret is
//! kept readable, and none is ever written to a log. See `docs/identity.md`.

mod accounts;
mod admin;
mod agents;
pub mod api;
mod catalogue;
mod concluding;
mod core;
mod ending;
mod enrolling;
mod factors;
mod facts;
mod gate;
mod grants;
mod hashing;
mod holding;
mod issuers;
mod issuing;
mod journal;
mod keys;
mod knocking;
mod letters;
mod linking;
mod links_by_operators;
mod login;
mod memory;
pub mod model;
mod pages;
mod progress;
mod revocation;
mod sessions;
mod settings;
mod staff;
mod store;
mod throttle;
mod tickets;
mod tokens;
mod users;
mod visiting;

pub use admin::{AdminError, KeyLine, Legacy, NewClient, NewPool};
pub use api::{Links, operations};
pub use core::{Identity, Tools};
pub use grants::UriFault;
pub use holding::HeldAccount;
pub use issuing::{PasswordCheck, PasswordVerdict};
pub use journal::Broken;
pub use links_by_operators::Linked;
pub use pages::routes as pages;
pub use sessions::Device;
pub use settings::IdentitySettings;
pub use users::{ADMINISTRATORS, Change, Invitation, Listed, UserError};
pub use visiting::Visitor;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] = store::STATEMENTS;
