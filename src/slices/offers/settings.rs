//! The `offers` section of the configuration.

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// How much is taken of somebody's loan offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OffersSettings {
    /// Bytes of one file.
    pub file_bytes_max: usize,
    /// Bytes of the files that are sent at once.
    pub bytes_max: usize,
    /// Files that are kept of one loan.
    pub files_max: usize,
    /// People who send at once.
    pub uploads_max: usize,
}

impl OffersSettings {
    /// Complains about values that nobody can mean.
    pub fn check(self, complaints: &mut Complaints) {
        complaints.range("offers.file_bytes_max", self.file_bytes_max, 1024..=67_108_864);
        complaints.range("offers.bytes_max", self.bytes_max, 1024..=67_108_864);
        complaints.range("offers.files_max", self.files_max, 1..=50);
        complaints.range("offers.uploads_max", self.uploads_max, 1..=1000);
    }
}
