//! Identity: pools of people, each its own issuer of tokens (OAuth 2, OpenID Connect), with the pages
//! where they log in.
//!
//! Who may do what with a token is not decided here: the gateway's authorizer verifies, and every
//! operation says what it asks for. This slice never imports another one but `messages`. No secret is
//! kept readable, and none is ever written to a log. See `docs/identity.md`.

mod admin;
pub mod api;
mod catalogue;
mod core;
mod grants;
mod issuers;
mod issuing;
mod journal;
mod keys;
mod login;
mod memory;
pub mod model;
mod revocation;
mod sessions;
mod settings;
mod store;
mod tokens;

pub use admin::{AdminError, KeyLine, Legacy, NewClient, NewPool};
pub use core::Identity;
pub use grants::UriFault;
pub use issuing::{PasswordCheck, PasswordVerdict};
pub use journal::Broken;
pub use sessions::Device;
pub use settings::IdentitySettings;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] = store::STATEMENTS;
