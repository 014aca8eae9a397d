//! The count of one key in this copy: a bucket for the rate, and units leased in advance for each
//! quota. A call that finds units takes them without a lock; one that finds none leases more, and those
//! beside it wait for that one lease.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::lease::{Ask, Leases};
use super::period::{Period, Window};
use super::plan::Plan;
use crate::kernel::problem::Problem;

/// Why a call is not served.
#[derive(Debug)]
pub enum Spent {
    /// Too fast: wait so long.
    Rate(Duration),
    /// The period has no units left.
    Quota(Window),
    /// The count cannot be asked.
    Unknown(Problem),
}

/// What is left of a quota, as far as this copy knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// Of which period.
    pub window: Window,
    /// Units.
    pub left: u64,
}

/// Units served in a period that are not written down yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The key.
    pub key: Uuid,
    /// The period.
    pub period: Period,
    /// Its first day.
    pub starts: Date,
    /// Units.
    pub units: u64,
}

/// The count of one key. It lives as long as the key does, whatever becomes of its plan.
pub struct Meter {
    key: Uuid,
    bucket: ArcSwap<Bucket>,
    accounts: [Account; 3],
    seen: AtomicU64,
}

struct Bucket {
    rate: u32,
    burst: u32,
    limiter: DefaultDirectRateLimiter,
}

impl Bucket {
    /// The share of one of so many copies; none has less than one call a second.
    fn new(plan: &Plan, copies: u32) -> Self {
        let share = |all: u32| NonZeroU32::new(all / copies.max(1)).unwrap_or(NonZeroU32::MIN);
        let (rate, burst) = (share(plan.rate_per_s), share(plan.burst));
        let limiter = RateLimiter::direct(Quota::per_second(rate).allow_burst(burst));
        Self { rate: rate.get(), burst: burst.get(), limiter }
    }
}

impl Meter {
    /// A count for this key, held to this plan.
    pub fn new(key: Uuid, plan: &Plan, copies: u32) -> Self {
        Self {
            key,
            bucket: ArcSwap::from_pointee(Bucket::new(plan, copies)),
            accounts: Period::ALL.map(|_| Account::default()),
            seen: AtomicU64::new(0),
        }
    }

    /// Holds it to a plan that may have changed, with as many copies as there are now.
    pub fn hold_to(&self, plan: &Plan, copies: u32) {
        let (new, old) = (Bucket::new(plan, copies), self.bucket.load());
        if (new.rate, new.burst) != (old.rate, old.burst) {
            self.bucket.store(Arc::new(new));
        }
    }

    /// Serves a call of so many units, or says why not. Says what is left of each quota.
    ///
    /// # Errors
    /// Too fast, no units left, or the count cannot be asked: never served then.
    pub async fn serve(
        &self,
        plan: &Plan,
        cost: u32,
        now: Timestamp,
        leases: &dyn Leases,
    ) -> Result<Vec<Remaining>, Spent> {
        self.in_time()?;
        let cost = u64::from(cost);
        let mut taken: Vec<Remaining> = Vec::new();
        for (period, account) in Period::ALL.into_iter().zip(&self.accounts) {
            let Some(limit) = plan.quota.of(period) else { continue };
            let ask = |window| Ask { key: self.key, window, limit, least: cost };
            match account.take(period, now, ask, leases).await {
                Ok(remaining) => taken.push(remaining),
                Err(spent) => {
                    self.give_back(&taken, cost);
                    return Err(spent);
                }
            }
        }
        let second = u64::try_from(now.as_second()).unwrap_or(0);
        self.seen.fetch_max(second, Ordering::Relaxed);
        Ok(taken)
    }

    fn in_time(&self) -> Result<(), Spent> {
        let bucket = self.bucket.load();
        bucket
            .limiter
            .check()
            .map_err(|early| Spent::Rate(early.wait_time_from(DefaultClock::default().now())))
    }

    /// The shorter periods had units, a longer one has none: the call is not served.
    fn give_back(&self, taken: &[Remaining], cost: u64) {
        for remaining in taken {
            let place = Period::ALL.iter().position(|period| *period == remaining.window.period);
            if let Some(account) = place.and_then(|place| self.accounts.get(place)) {
                account.give_back(remaining.window, cost);
            }
        }
    }

    /// What was served since this was last asked.
    pub fn collect(&self) -> Vec<Usage> {
        let each = |(period, account): (Period, &Account)| {
            let served = account.collect().into_iter();
            served.map(move |(starts, units)| (period, starts, units)).collect::<Vec<_>>()
        };
        let served = Period::ALL.into_iter().zip(&self.accounts).flat_map(each);
        served
            .map(|(period, starts, units)| Usage { key: self.key, period, starts, units })
            .collect()
    }

    /// The second of the last call that was served, if there was one.
    pub fn last_seen(&self) -> Option<Timestamp> {
        let second = i64::try_from(self.seen.load(Ordering::Relaxed)).ok()?;
        (second > 0).then(|| Timestamp::from_second(second).ok()).flatten()
    }
}

/// The units of one sort of period.
#[derive(Default)]
struct Account {
    lease: ArcSwapOption<Lease>,
    turn: tokio::sync::Mutex<()>,
    /// Periods that are over, with what was served in them and is not written down.
    over: Mutex<Vec<(Date, Arc<AtomicU64>)>>,
}

struct Lease {
    window: Window,
    limit: u64,
    left: AtomicU64,
    /// What the period had left for everybody when this was leased: it only gets less.
    rest: u64,
    /// Of the period in this copy; all its leases count together.
    served: Arc<AtomicU64>,
}

impl Lease {
    fn take(&self, cost: u64) -> bool {
        let took = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost));
        if took.is_ok() {
            self.served.fetch_add(cost, Ordering::Relaxed);
        }
        took.is_ok()
    }

    fn remaining(&self) -> Remaining {
        let left = self.left.load(Ordering::Relaxed).saturating_add(self.rest);
        Remaining { window: self.window, left }
    }
}

impl Account {
    async fn take(
        &self,
        period: Period,
        now: Timestamp,
        ask: impl Fn(Window) -> Ask,
        leases: &dyn Leases,
    ) -> Result<Remaining, Spent> {
        loop {
            let current = self.lease.load_full();
            let window = match current.as_deref().filter(|lease| lease.window.holds(now)) {
                Some(lease) => lease.window,
                None => period.window(now),
            };
            let ask = ask(window);
            let fits = |lease: &&Lease| lease.window == window && lease.limit == ask.limit;
            if let Some(lease) = current.as_deref().filter(fits) {
                if lease.take(ask.least) {
                    return Ok(lease.remaining());
                }
                if lease.remaining().left < ask.least {
                    return Err(Spent::Quota(window));
                }
            }
            let _turn = self.turn.lock().await;
            let latest = self.lease.load_full();
            if latest.as_ref().map(Arc::as_ptr) != current.as_ref().map(Arc::as_ptr) {
                // Somebody leased while we waited for our turn.
                continue;
            }
            self.renew(current.as_deref(), &ask, leases).await?;
        }
    }

    /// Leases more, and keeps what was left of the lease before.
    async fn renew(
        &self,
        old: Option<&Lease>,
        ask: &Ask,
        leases: &dyn Leases,
    ) -> Result<(), Spent> {
        let kept = old.filter(|old| old.window == ask.window);
        let in_hand = kept.map_or(0, |old| old.left.load(Ordering::Relaxed));
        let ask = Ask { least: ask.least.saturating_sub(in_hand).max(1), ..*ask };
        let grant = leases.lease(&ask).await.map_err(Spent::Unknown)?;
        let mut left = grant.granted;
        let served = match (kept, old) {
            (Some(old), _) => {
                left = left.saturating_add(old.left.swap(0, Ordering::Relaxed));
                Arc::clone(&old.served)
            }
            (None, Some(old)) => {
                self.closed().push((old.window.starts, Arc::clone(&old.served)));
                Arc::default()
            }
            (None, None) => Arc::default(),
        };
        self.lease.store(Some(Arc::new(Lease {
            window: ask.window,
            limit: ask.limit,
            left: AtomicU64::new(left),
            rest: grant.rest,
            served,
        })));
        Ok(())
    }

    fn give_back(&self, window: Window, cost: u64) {
        let Some(lease) = self.lease.load_full().filter(|lease| lease.window == window) else {
            return;
        };
        lease.left.fetch_add(cost, Ordering::Relaxed);
        // What was collected meanwhile is written down already; the count may then say one call more.
        let less = |served: u64| Some(served.saturating_sub(cost));
        let _always = lease.served.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    fn collect(&self) -> Vec<(Date, u64)> {
        let mut counts = std::mem::take(&mut *self.closed());
        if let Some(lease) = self.lease.load_full() {
            counts.push((lease.window.starts, Arc::clone(&lease.served)));
        }
        let taken =
            |(starts, served): (Date, Arc<AtomicU64>)| (starts, served.swap(0, Ordering::Relaxed));
        let mut all: Vec<_> = counts.into_iter().map(taken).collect();
        all.retain(|(_, units)| *units > 0);
        all
    }

    fn closed(&self) -> std::sync::MutexGuard<'_, Vec<(Date, Arc<AtomicU64>)>> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::super::lease::Grant;
    use super::super::plan::Quotas;
    use super::*;
    use crate::platform::access::Boxed;

    /// The count of one key, for every period.
    #[derive(Default)]
    struct Shared(Mutex<Vec<(Window, u64)>>);

    impl Leases for Shared {
        fn lease<'a>(&'a self, ask: &'a Ask) -> Boxed<'a, Result<Grant, Problem>> {
            let mut all = self.0.lock().expect("no panic");
            let place = all.iter().position(|(window, _)| *window == ask.window);
            let place = place.unwrap_or_else(|| {
                all.push((ask.window, 0));
                all.len() - 1
            });
            let grant = Grant::of(ask.limit, all[place].1, ask.least);
            all[place].1 += grant.granted;
            Box::pin(std::future::ready(Ok(grant)))
        }
    }

    /// Nothing here waits.
    fn now_or_never<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn plan(day: Option<u64>, week: Option<u64>) -> Plan {
        let quota = Quotas { day, week, month: None };
        Plan { rate_per_s: 1_000_000, burst: 1_000_000, quota, costs: [].into() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    struct Served(Meter, Shared, Plan);

    impl Served {
        fn of(plan: Plan) -> Self {
            Self(Meter::new(Uuid::nil(), &plan, 1), Shared::default(), plan)
        }

        fn serve(&self, cost: u32, now: &str) -> Result<Vec<Remaining>, Spent> {
            now_or_never(self.0.serve(&self.2, cost, at(now), &self.1))
        }
    }

    const NOON: &str = "2026-11-26T11:00:00Z";

    #[test]
    fn exactly_the_quota_is_served_and_the_next_day_again() {
        let it = Served::of(plan(Some(1000), None));
        let served = (0..3000).filter(|_| it.serve(1, NOON).is_ok()).count();
        assert_eq!(served, 1000);
        assert!(matches!(it.serve(1, NOON), Err(Spent::Quota(window))
            if window.period == Period::Day && window.seconds_left(at(NOON)) == 12 * 3600));
        assert_eq!(it.serve(1, "2026-11-26T23:00:00Z").expect("a new day")[0].left, 999);
        let units: Vec<_> = it.0.collect().iter().map(|usage| usage.units).collect();
        assert_eq!(units, [1000, 1]);
        assert!(it.0.collect().is_empty());
    }

    /// Costs that do not divide what is leased neither loop for ever nor pass the limit.
    #[test]
    fn costs_add_up_and_the_rest_is_for_cheaper_calls() {
        let it = Served::of(plan(Some(10), None));
        let left = |served: Vec<Remaining>| served[0].left;
        assert_eq!(it.serve(4, NOON).map(left).expect("4 of 10"), 6);
        assert_eq!(it.serve(4, NOON).map(left).expect("8 of 10"), 2);
        assert!(matches!(it.serve(4, NOON), Err(Spent::Quota(_))));
        assert_eq!(it.serve(2, NOON).map(left).expect("10 of 10"), 0);
        assert!(it.serve(1, NOON).is_err());
        assert!(it.serve(0, NOON).is_ok());
    }

    #[test]
    fn a_call_that_the_week_refuses_is_not_counted_on_the_day() {
        let it = Served::of(plan(Some(100), Some(10)));
        let served = (0..50).filter(|_| it.serve(1, NOON).is_ok()).count();
        assert_eq!(served, 10);
        let day: u64 =
            it.0.collect().iter().filter(|it| it.period == Period::Day).map(|it| it.units).sum();
        assert_eq!(day, 10);
    }

    #[test]
    fn a_limit_that_is_raised_counts_at_once() {
        let mut it = Served::of(plan(Some(5), None));
        assert_eq!((0..9).filter(|_| it.serve(1, NOON).is_ok()).count(), 5);
        it.2 = plan(Some(8), None);
        assert_eq!((0..9).filter(|_| it.serve(1, NOON).is_ok()).count(), 3);
    }

    #[test]
    fn the_rate_is_shared_by_the_copies() {
        let mut plan = plan(None, None);
        (plan.rate_per_s, plan.burst) = (1, 40);
        let it = Served(Meter::new(Uuid::nil(), &plan, 4), Shared::default(), plan.clone());
        assert_eq!((0..60).filter(|_| it.serve(1, NOON).is_ok()).count(), 10);
        assert!(
            matches!(it.serve(1, NOON), Err(Spent::Rate(wait)) if wait <= Duration::from_secs(1))
        );
        it.0.hold_to(&plan, 2);
        assert_eq!((0..60).filter(|_| it.serve(1, NOON).is_ok()).count(), 20);
    }
}
