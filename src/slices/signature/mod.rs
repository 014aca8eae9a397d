//! Ceremonies of signature: a list of documents, each named by the hash of its bytes, and persons who
//! sign all of them by one act.
//!
//! Simple electronic signature (regulation EU 910/2014): what counts is the evidence, written in the
//! transaction of the act and sealed at rest. This room does not know what is signed, nor how somebody
//! proved who they are: the caller says so, and decides what follows. A signature is never undone here.

mod error;
mod model;
mod service;
mod store;

pub use error::SignatureError;
pub use model::{Ceremony, Evidence, Opening, Paper, Signed, SignedDeclaration, Signer};
pub use service::Signatures;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[crate::platform::db::Statement] = store::STATEMENTS;
