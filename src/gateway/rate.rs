//! How often may one network ask anything? A bucket per address (per /64 of IPv6, which one subscriber
//! has to himself), a bounded number of them: a flood of invented addresses shares one bucket.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::settings::ServerSettings;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::problem::Refusal;

/// Networks remembered at most; those beyond share one bucket.
const MOST: usize = 100_000;

/// Full buckets are forgotten once in so many requests.
const TIDY_EVERY: u32 = 65_536;

/// The first 64 bits of an IPv6 address, or an IPv4 one; zero is shared by the rest.
type Network = u64;

/// The buckets; none without a rate. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(super) struct Buckets(Option<Arc<Kept>>);

struct Kept {
    limiter: RateLimiter<Network, DashMapStateStore<Network>, DefaultClock>,
    asked: AtomicU32,
}

impl Buckets {
    pub(super) fn new(settings: &ServerSettings) -> Self {
        let rate = NonZeroU32::new(settings.requests_per_ip_per_s);
        let burst = NonZeroU32::new(settings.requests_per_ip_burst).unwrap_or(NonZeroU32::MIN);
        Self(rate.map(|rate| {
            let limiter = RateLimiter::dashmap(Quota::per_second(rate).allow_burst(burst));
            Arc::new(Kept { limiter, asked: AtomicU32::new(0) })
        }))
    }

    /// How long to wait, when it is too early.
    fn refuse(&self, address: IpAddr) -> Option<std::time::Duration> {
        let kept = self.0.as_ref()?;
        if kept.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(TIDY_EVERY) {
            kept.limiter.retain_recent();
        }
        let network = if kept.limiter.len() < MOST { network(address) } else { 0 };
        let early = kept.limiter.check_key(&network).err()?;
        Some(early.wait_time_from(DefaultClock::default().now()))
    }
}

fn network(address: IpAddr) -> Network {
    match address.to_canonical() {
        IpAddr::V4(address) => u64::from(address.to_bits()),
        IpAddr::V6(address) => u64::try_from(address.to_bits() >> 64).unwrap_or(0),
    }
}

/// Lets a request through, or says how long to wait.
pub(super) async fn not_too_often(
    State(buckets): State<Buckets>,
    request: Request,
    next: Next,
) -> Response {
    let client = request.extensions().get::<ClientAddress>().copied();
    let wait = client.and_then(|ClientAddress(address)| buckets.refuse(address));
    let Some(wait) = wait else { return next.run(request).await };
    metrics::counter!("http_requests_too_often_total").increment(1);
    Refusal::to_anybody(Problem::new(Kind::TooMany).retry_after(wait)).into_response()
}
