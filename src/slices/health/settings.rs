//! The `health` section of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where the keys of health are.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HealthSettings {
    /// File of keys, apart from that of `crypto`; empty: no health question can be asked.
    pub keyring_file: PathBuf,
}
