//! Browsers in the middle of a questionnaire: which session a handle opens, read once in a few seconds,
//! and how fast each may ask.

use std::num::NonZeroU32;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use moka::future::Cache;
use secrecy::SecretString;
use uuid::Uuid;

use super::model::Session;
use super::service::Shared;
use super::settings::UnderwritingSettings;
use super::store::Noted;
use crate::kernel::problem::Problem;
use crate::platform::crypto::Opaque;

/// What was read is good for so long: a session that ends is refused by the engine itself.
const FRESH: Duration = Duration::from_secs(5);

/// A token that ends within so long is renewed before it is used.
const SOON: Duration = Duration::from_secs(60);

/// Handles, and sessions, that are remembered at once.
const MOST: u64 = 20_000;

/// A browser, known by its handle.
pub(super) struct Visitor {
    pub(super) session: Session,
    token: Mutex<(SecretString, Timestamp)>,
    /// The engine was away for them the last time.
    pub(super) is_stopped: AtomicBool,
    pub(super) rate: Arc<DefaultDirectRateLimiter>,
}

/// All of them.
pub(super) struct Visitors {
    known: Cache<[u8; 32], Arc<Visitor>>,
    rates: Cache<Uuid, Arc<DefaultDirectRateLimiter>>,
    quota: Quota,
}

impl Visitors {
    pub(super) fn new(settings: &UnderwritingSettings) -> Self {
        let at_least_one = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(settings.rate_per_s));
        Self {
            known: Cache::builder().max_capacity(MOST).time_to_live(FRESH).build(),
            rates: Cache::builder().max_capacity(MOST).time_to_idle(12 * FRESH).build(),
            quota: quota.allow_burst(at_least_one(settings.rate_burst)),
        }
    }
}

impl Visitor {
    /// The token, and whether it ends soon.
    pub(super) fn token(&self, now: Timestamp) -> (SecretString, bool) {
        let held = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        (held.0.clone(), held.1 < now + SOON)
    }

    fn replace(&self, token: SecretString, until: Timestamp) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = (token, until);
    }
}

impl Shared {
    /// The browser with this handle; nobody when it opens nothing.
    pub(super) async fn visitor(&self, handle: &str) -> Result<Option<Arc<Visitor>>, Problem> {
        let hash = Opaque::hash_of(handle);
        if let Some(visitor) = self.visitors.known.get(&hash).await {
            return Ok(Some(visitor));
        }
        let Some(session) = self.store.by_handle(&hash).await? else { return Ok(None) };
        let Some(until) = session.token_expires_at else { return Ok(None) };
        let token = self.token_of(&session)?;
        let new = || async { Arc::new(RateLimiter::direct(self.visitors.quota)) };
        let rate = self.visitors.rates.get_with(session.id, new()).await;
        let is_stopped = AtomicBool::new(session.is_stopped);
        let token = Mutex::new((token, until));
        let visitor = Arc::new(Visitor { session, token, is_stopped, rate });
        self.visitors.known.insert(hash, Arc::clone(&visitor)).await;
        Ok(Some(visitor))
    }

    /// A new token for the same session.
    pub(super) async fn renew(&self, visitor: &Visitor) -> Result<SecretString, Problem> {
        let session = &visitor.session;
        let engine_id = session.engine_id.as_deref().unwrap_or_default();
        let token = self.engine.token(engine_id).await?;
        let until = self.clock.now() + token.life;
        let sealed = self.sealed(session, &token.text)?;
        let noted = Noted {
            token_sealed: &sealed,
            token_expires_at: until,
            handle: None,
            applicant: &session.applicant,
        };
        self.store.set_token(session.id, &noted).await?;
        visitor.replace(token.text.clone(), until);
        Ok(token.text)
    }
}
