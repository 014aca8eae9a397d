//! How often one network may try anything that costs us a password's hash or a message: a bucket per
//! address (per /64 of IPv6, which one subscriber has to himself), a bounded number of them.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::settings::IdentitySettings;

/// Networks remembered at most; those beyond share one bucket.
const MOST: usize = 100_000;

/// Full buckets are forgotten once in so many tries.
const TIDY_EVERY: u32 = 1024;

/// What one subscriber has: an IPv4 address or the first half of an IPv6 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Network {
    V4(u32),
    V6(u64),
    TheRest,
}

impl Network {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6(
                    [a, b, c, d].into_iter().fold(0, |bits, part| bits << 16 | u64::from(part)),
                )
            }
        }
    }
}

/// The buckets.
pub(super) struct Gate {
    buckets: RateLimiter<Network, DashMapStateStore<Network>, DefaultClock>,
    clock: DefaultClock,
    tries: AtomicU32,
}

impl Gate {
    pub(super) fn new(settings: &IdentitySettings) -> Self {
        let burst = NonZeroU32::new(settings.attempts_burst).unwrap_or(NonZeroU32::MIN);
        let refill = Duration::from_secs(settings.attempts_refill_s.max(1));
        // Never `None`: the period is not zero.
        let quota = Quota::with_period(refill).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
        Self {
            buckets: RateLimiter::dashmap(quota.allow_burst(burst)),
            clock: DefaultClock::default(),
            tries: AtomicU32::new(0),
        }
    }

    /// Lets a try through, or says how long to wait.
    pub(super) fn admit(&self, address: IpAddr) -> Result<(), Duration> {
        if self.tries.fetch_add(1, Ordering::Relaxed).is_multiple_of(TIDY_EVERY) {
            self.buckets.retain_recent();
        }
        let network =
            if self.buckets.len() < MOST { Network::of(address) } else { Network::TheRest };
        self.buckets.check_key(&network).map_err(|early| early.wait_time_from(self.clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(burst: u32) -> Gate {
        Gate::new(&IdentitySettings {
            cache_s: 0,
            hash_memory_kib: 19_456,
            hash_passes: 1,
            hash_parallel: 1,
            hash_queue: 1,
            attempts_burst: burst,
            attempts_refill_s: 3600,
            revocation_poll_ms: 1000,
        })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn each_network_has_its_own_tries() {
        let gate = gate(3);
        for address in ["192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"] {
            assert!(gate.admit(ip(address)).is_ok());
        }
        let wait = gate.admit(ip("192.0.2.1")).expect_err("empty");
        assert!(wait > Duration::from_secs(3000), "{wait:?}");
        assert!(gate.admit(ip("192.0.2.2")).is_ok());
    }

    #[test]
    fn one_subscriber_of_ipv6_is_one_network() {
        let gate = gate(1);
        assert!(gate.admit(ip("2001:db8:0:1::1")).is_ok());
        assert!(gate.admit(ip("2001:db8:0:1:ffff::2")).is_err());
        assert!(gate.admit(ip("2001:db8:0:2::1")).is_ok());
    }
}
