//! Identity: pools of people, each its own issuer of tokens (OAuth 2, OpenID Connect), with the pages
//! where they log in.
//!
//! Who may do what with a token is not decided here: the gateway's authorizer verifies, and every
//! operation says what it asks for. This slice never imports another one but `messages`. No secret is
//! kept readable, and none is ever written to a log. See `docs/identity.md`.

mod accounts;
mod agents;
mod concluding;
mod core;
mod ending;
mod factors;
mod facts;
mod gate;
mod hashing;
mod journal;
mod knocking;
mod letters;
mod login;
pub mod model;
mod pages;
mod progress;
mod sessions;
mod settings;
mod store;
mod throttle;
mod tickets;
mod users;

pub use core::Identity;
pub use journal::Broken;
pub use pages::routes as pages;
pub use settings::IdentitySettings;
pub use users::{ADMINISTRATORS, Change, Invitation, Listed, UserError};

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] = store::STATEMENTS;
