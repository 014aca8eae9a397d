//! The `seal` section of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// Where the certificate of the seal and its key are.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SealSettings {
    /// PEM: the certificate, then those between it and its root. Empty: nothing can be sealed.
    pub certificate_file: PathBuf,
    /// PEM, PKCS#8: its private key.
    pub key_file: PathBuf,
}

impl SealSettings {
    /// Complains about one file without the other.
    pub fn check(&self, complaints: &mut Complaints) {
        let both =
            self.certificate_file.as_os_str().is_empty() == self.key_file.as_os_str().is_empty();
        complaints.unless(both, "seal.key_file", "and `seal.certificate_file` go together");
    }
}
