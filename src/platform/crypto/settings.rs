//! The `crypto` section of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where the keys of data at rest are.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CryptoSettings {
    /// File of keys, one a line; empty: nothing can be sealed, and what needs it says so.
    pub keyring_file: PathBuf,
}
