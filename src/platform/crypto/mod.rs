//! Secrets: those kept at rest under a key of the operator's, and those handed out once.
//!
//! One library of cryptography (aws-lc-rs). Nothing of this room is ever written to a log: types that
//! hold a secret print as `…`.

mod keyring;
mod opaque;
mod settings;

pub use keyring::{Keyring, KeyringError, SealError};
pub use opaque::{Opaque, TokenHash, equal, numeric_code};
pub use settings::CryptoSettings;
