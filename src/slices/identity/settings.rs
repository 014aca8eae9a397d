//! This slice's part of the configuration, section `[identity]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// What an operator chooses for all pools; the rules of one pool are in its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySettings {
    /// How long pools and applications are remembered before they are read again, seconds.
    pub cache_s: u64,
    /// How often each copy reads what was revoked, milliseconds.
    pub revocation_poll_ms: u64,
    /// Memory of one password hash, KiB.
    pub hash_memory_kib: u32,
    /// Passes of one password hash.
    pub hash_passes: u32,
    /// Password hashes at once; 0: one per processor.
    pub hash_parallel: usize,
    /// Logins that may wait for their turn to hash; more are refused with 503.
    pub hash_queue: usize,
    /// Tries to log in, sign up or reset that one network may make at once.
    pub attempts_burst: u32,
    /// One more every so many seconds.
    pub attempts_refill_s: u64,
}

impl IdentitySettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("identity.cache_s", self.cache_s, 0..=300);
        complaints.range("identity.revocation_poll_ms", self.revocation_poll_ms, 20..=20_000);
        // OWASP's least: 19 MiB in two passes.
        complaints.range("identity.hash_memory_kib", self.hash_memory_kib, 19_456..=1_048_576);
        complaints.range("identity.hash_passes", self.hash_passes, 1..=10);
        complaints.range("identity.hash_parallel", self.hash_parallel, 0..=256);
        complaints.range("identity.hash_queue", self.hash_queue, 1..=10_000);
        complaints.range("identity.attempts_burst", self.attempts_burst, 1..=1_000_000);
        complaints.range("identity.attempts_refill_s", self.attempts_refill_s, 1..=3600);
    }

    pub(super) const fn cache(&self) -> Duration {
        Duration::from_secs(self.cache_s)
    }
}
