//! How often somebody may try: per name, whether or not it has an account, and per browser that has
//! logged in before, so that who attacks a name does not lock its owner out.
//!
//! A try is counted before it is judged, under the row's lock: many at once are no way around.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::core::Core;
use super::model::Pool;
use super::store::ThrottleRow;
use crate::kernel::problem::Problem;
use crate::platform::crypto::TokenHash;
use crate::platform::db::again;
use crate::platform::digest::sha256;

/// Tries without a wait.
pub(super) const FREE: u32 = 5;

/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Failures are forgotten after so long without one.
const MEMORY: Duration = Duration::from_secs(24 * 3600);

/// What tries are counted of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted<'a> {
    /// Passwords for a name.
    Name(&'a TokenHash),
    /// The same, from a browser that this name has logged in with.
    Device(&'a TokenHash),
    /// Codes of somebody's second factor.
    Factor(Uuid),
    /// Messages to an address.
    Mail(&'a TokenHash),
}

impl Counted<'_> {
    fn key(self, pool: &Pool) -> TokenHash {
        let pool = pool.id.as_bytes();
        match self {
            Self::Name(name) => sha256(&[b"name", pool, name]),
            Self::Device(device) => sha256(&[b"device", pool, device]),
            Self::Factor(user) => sha256(&[b"factor", pool, user.as_bytes()]),
            Self::Mail(name) => sha256(&[b"mail", pool, name]),
        }
    }
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It counts; so many failures are written down, this one among them.
    Try(u32),
    /// Too early: wait so long.
    Later(Duration),
}

/// Counts tries.
#[derive(Clone)]
pub(super) struct Throttle {
    core: Arc<Core>,
}

impl Throttle {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Counts a try, as if it failed; [`Self::forgive`] takes it back.
    pub(super) async fn count(&self, pool: &Pool, of: Counted<'_>) -> Result<Admission, Problem> {
        let (key, now, store) = (of.key(pool), self.core.clock.now(), &self.core.store);
        again(|| store.open_throttle(&key, now)).await?;
        again(|| self.count_once(&key, now)).await
    }

    async fn count_once(&self, key: &TokenHash, now: Timestamp) -> Result<Admission, Problem> {
        let store = &self.core.store;
        let mut transaction = store.begin().await?;
        let row = store.lock_throttle(&mut transaction, key).await?;
        // Forgotten between the two statements: as if it had never failed.
        let row = row.unwrap_or(ThrottleRow { failures: 0, last_at: now, open_at: now });
        if now < row.open_at {
            let wait = row.open_at.duration_since(now).unsigned_abs();
            return Ok(Admission::Later(wait));
        }
        let is_old = now >= row.last_at + MEMORY;
        let failures = if is_old { 1 } else { row.failures.saturating_add(1) };
        let open_at = now + wait_after(failures);
        let next = ThrottleRow { failures, last_at: now, open_at };
        store.update_throttle(&mut transaction, key, &next).await?;
        store.commit(transaction).await?;
        Ok(Admission::Try(failures))
    }

    /// Forgets the failures: the person has proven who they are.
    pub(super) async fn forgive(&self, pool: &Pool, of: Counted<'_>) -> Result<(), Problem> {
        let key = of.key(pool);
        Ok(again(|| self.core.store.delete_throttle(&key)).await?)
    }

    /// Forgets a bounded number of rows that say nothing any more.
    pub(super) async fn tidy(&self) -> Result<(), Problem> {
        Ok(self.core.store.forget_throttles(self.core.clock.now() - MEMORY).await?)
    }
}

/// How long to wait after so many failures: nothing, then one second, doubled each time.
fn wait_after(failures: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(FREE) else { return Duration::ZERO };
    let seconds = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
    Duration::from_secs(seconds).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_have_an_end() {
        let seconds: Vec<_> = (0..18).map(|n| wait_after(n).as_secs()).collect();
        let expected =
            [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900].to_vec();
        assert_eq!(seconds, expected);
        assert_eq!(wait_after(u32::MAX), LONGEST);
    }

    /// Whoever tries day and night, on as many machines as they like, gets so many tries at one name.
    #[test]
    fn a_day_of_guessing_is_a_hundred_tries() {
        let (mut elapsed, mut tries) = (Duration::ZERO, 0);
        while elapsed < MEMORY {
            tries += 1;
            elapsed += wait_after(tries);
        }
        assert!((100..120).contains(&tries), "{tries}");
    }
}
