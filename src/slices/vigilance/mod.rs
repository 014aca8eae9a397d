//! Vigilance (LCB-FT): who pays a contract is who they say they are, and somebody of the compliance desk has
//! looked when the signature alone does not tell.
//!
//! What they look at is the contract's; what they found is written here, once for ever, and handed to the
//! contract. Nothing of it is ever shown to a customer or a partner but whether it is done. See
//! `docs/vigilance.md`.

mod core;
mod deciding;
mod model;
pub mod pages;
mod store;

pub use self::core::{Tools, Vigilance};

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
