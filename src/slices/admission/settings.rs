//! This slice's part of the configuration, section `[admission]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// What an operator chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmissionSettings {
    /// How often each copy looks for changes and writes its counts down, milliseconds.
    pub poll_ms: u64,
    /// Keys that may exist at once, revoked ones not counted.
    pub keys_max: u32,
    /// How long refusals and counts are kept, days.
    pub retention_days: u32,
    /// Refusals that are kept at most.
    pub refusals_max: u32,
}

impl AdmissionSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("admission.poll_ms", self.poll_ms, 50..=30_000);
        complaints.range("admission.keys_max", self.keys_max, 1..=100_000);
        complaints.range("admission.retention_days", self.retention_days, 1..=400);
        complaints.range("admission.refusals_max", self.refusals_max, 100..=1_000_000);
    }

    /// How often each copy looks.
    pub const fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }
}
