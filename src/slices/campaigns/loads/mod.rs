//! How loads of files go, for the back office: what is committed, how fast, what was given back, and the
//! report at the end. Reads the loader's own tables and never writes one.

pub mod pages;
mod service;
mod store;

pub use service::Loads;

/// Every statement of this room, for the test that prepares them.
pub(crate) const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
