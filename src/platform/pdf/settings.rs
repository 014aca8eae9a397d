//! The `pdf` section of the configuration.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// How much typesetting may be under way, and how long it may take.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PdfSettings {
    /// Documents typeset at once.
    pub workers: usize,
    /// Documents that may wait for a worker; one more is refused.
    pub queue_max: usize,
    /// Longest time for a document, its wait included.
    pub timeout_ms: u64,
}

impl PdfSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("pdf.workers", self.workers, 1..=64);
        complaints.range("pdf.queue_max", self.queue_max, 0..=10_000);
        complaints.range("pdf.timeout_ms", self.timeout_ms, 100..=60_000);
    }

    pub(super) const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
