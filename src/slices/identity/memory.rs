//! What was read a moment ago: read once by many who ask together, kept for a short time, and kept
//! longer as the answer of last resort while the database is away.
//!
//! For configuration and public keys only: nothing that somebody may have spent or taken back.

use std::hash::Hash;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;

use crate::kernel::problem::Problem;

/// Things remembered at most; the least used leave first.
const REMEMBERED: u64 = 10_000;

/// How long an outage may last before we no longer know.
const LAST_RESORT: Duration = Duration::from_secs(24 * 3600);

/// How long an absence is remembered: long enough that a stranger's invention does not reach the database
/// each time, short enough that what is being made is there when it is asked for again.
const ABSENT: Duration = Duration::from_secs(1);

/// What may be absent.
pub(super) trait MayBeAbsent {
    /// Whether there was nothing to read.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> MayBeAbsent for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: ?Sized> MayBeAbsent for std::sync::Arc<T> {}

/// How long each value is fresh.
struct Lives(Duration);

impl<K, V: MayBeAbsent> Expiry<K, V> for Lives {
    fn expire_after_create(&self, _key: &K, value: &V, _at: Instant) -> Option<Duration> {
        Some(if value.is_absent() { self.0.min(ABSENT) } else { self.0 })
    }

    fn expire_after_update(
        &self,
        key: &K,
        value: &V,
        at: Instant,
        _left: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(key, value, at)
    }
}

/// Remembers values by their keys.
pub(super) struct Memory<K, V> {
    fresh: Cache<K, V>,
    last: Cache<K, V>,
}

impl<K, V> Memory<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + MayBeAbsent + Send + Sync + 'static,
{
    /// A value is read again after `life`, an absence sooner.
    pub(super) fn new(life: Duration) -> Self {
        let of = || Cache::builder().max_capacity(REMEMBERED);
        Self {
            fresh: of().expire_after(Lives(life)).build(),
            last: of().time_to_live(LAST_RESORT).build(),
        }
    }

    /// The value of `key`, from `read` when it is not fresh. Those who ask together wait for one
    /// reading. One that fails is replaced by the last value, which then counts as fresh: an outage
    /// is waited for once per life, not once per request.
    pub(super) async fn get(
        &self,
        key: K,
        read: impl Future<Output = Result<V, Problem>> + Send,
    ) -> Result<V, Problem> {
        let kept = key.clone();
        let reading = async {
            match read.await {
                Ok(value) => {
                    self.last.insert(kept, value.clone()).await;
                    Ok(value)
                }
                Err(problem) => self.last.get(&kept).await.ok_or(problem),
            }
        };
        let got = self.fresh.try_get_with(key, reading).await;
        got.map_err(|problem| Problem::clone(&problem))
    }

    /// Forgets, so that the next one who asks reads.
    pub(super) async fn forget(&self, key: &K) {
        self.fresh.invalidate(key).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::problem::Kind;

    impl MayBeAbsent for i32 {}

    #[test]
    fn an_absence_is_soon_looked_at_again() {
        let lives = Lives(Duration::from_secs(60));
        let life = |value: &Option<i32>| lives.expire_after_create(&"a", value, Instant::now());
        assert_eq!(life(&Some(1)), Some(Duration::from_secs(60)));
        assert_eq!(life(&None), Some(Duration::from_secs(1)));
        let none = Lives(Duration::ZERO);
        assert_eq!(
            none.expire_after_create(&"a", &None::<i32>, Instant::now()),
            Some(Duration::ZERO)
        );
    }

    #[tokio::test]
    async fn an_outage_is_bridged_by_the_last_value_and_a_stranger_is_not() {
        let memory = Memory::new(Duration::from_secs(60));
        let away = || async { Err(Problem::new(Kind::Unavailable)) };
        assert_eq!(memory.get("a", async { Ok(1) }).await.expect("read"), 1);
        assert_eq!(memory.get("a", async { Ok(2) }).await.expect("fresh"), 1);
        memory.forget(&"a").await;
        assert_eq!(memory.get("a", away()).await.expect("the last one"), 1);
        assert!(memory.get("b", away()).await.is_err());
        assert_eq!(memory.get("b", async { Ok(3) }).await.expect("failures are not kept"), 3);
    }
}
