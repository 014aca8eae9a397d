//! The `jobs` section of the configuration.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// How work that is due is found, and how often it is tried.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct JobsSettings {
    /// Whether this copy does any.
    pub run: bool,
    /// How often what is due is looked for.
    pub poll_ms: u64,
    /// Jobs under way at once, per copy.
    pub batch: u32,
    /// Longest time of one attempt.
    pub timeout_s: u64,
    /// A copy that has not said for so long that it is at an attempt is dead: another one begins it again.
    pub claim_s: u64,
    /// Attempts before a job is dead.
    pub attempts_max: u32,
    /// The wait after the first failure; twice as long after each one.
    pub retry_first_s: u64,
    /// The longest wait between two attempts.
    pub retry_longest_s: u64,
    /// How often abandoned and old rows are looked for.
    pub tend_ms: u64,
    /// Days for which operators can see what was done.
    pub retention_days: u32,
    /// Old rows deleted in one pass at most.
    pub purge_rows: u32,
}

impl JobsSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("jobs.poll_ms", self.poll_ms, 10..=600_000);
        complaints.range("jobs.batch", self.batch, 1..=100);
        complaints.range("jobs.timeout_s", self.timeout_s, 1..=3600);
        complaints.range("jobs.claim_s", self.claim_s, 3..=7200);
        complaints.range("jobs.attempts_max", self.attempts_max, 1..=1000);
        complaints.range("jobs.retry_first_s", self.retry_first_s, 1..=3600);
        complaints.range("jobs.retry_longest_s", self.retry_longest_s, 1..=86_400);
        complaints.range("jobs.tend_ms", self.tend_ms, 10..=600_000);
        complaints.range("jobs.retention_days", self.retention_days, 1..=3650);
        complaints.range("jobs.purge_rows", self.purge_rows, 1..=100_000);
    }

    pub(super) const fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    pub(super) const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s)
    }

    pub(super) const fn claim(&self) -> Duration {
        Duration::from_secs(self.claim_s)
    }

    pub(super) const fn retention(&self) -> Duration {
        Duration::from_secs(self.retention_days as u64 * 86_400)
    }
}
