//! What was read a moment ago: read once by many who ask together, kept for a short time, and kept
//! longer as the answer of last resort while the database is away.
//!
//! For configuration and public keys only: nothing that somebody may have spent or taken back.

use std::hash::Hash;
use std::time::Duration;

use moka::future::Cache;

use crate::kernel::problem::Problem;

/// Things remembered at most; the least used leave first.
const REMEMBERED: u64 = 10_000;

/// How long an outage may last before we no longer know.
const LAST_RESORT: Duration = Duration::from_secs(24 * 3600);

/// Remembers values by their keys.
pub(super) struct Memory<K, V> {
    fresh: Cache<K, V>,
    last: Cache<K, V>,
}

impl<K, V> Memory<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A value is read again after `life`.
    pub(super) fn new(life: Duration) -> Self {
        let with = |life| Cache::builder().max_capacity(REMEMBERED).time_to_live(life).build();
        Self { fresh: with(life), last: with(LAST_RESORT) }
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
