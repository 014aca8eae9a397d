//! A pool that is not ours, and its keys in memory: fetched when they are first needed, renewed when
//! they are old, kept while their server is away, and never asked for more often than is decent.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio_util::task::TaskTracker;
use url::Url;

use super::keys;
use super::settings::IssuerSettings;
use super::token::{Token, bad};
use crate::platform::access::{Denied, VerifyingKey};
use crate::platform::clock::Clock;
use crate::platform::http::{Bounds, Fetcher};

/// How long keys are fresh when their server does not say, and what it may say.
const FRESH: Duration = Duration::from_secs(300);
const FRESH_LEAST: Duration = Duration::from_secs(60);
const FRESH_MOST: Duration = Duration::from_secs(3600);
/// How long keys are used while their server does not give new ones.
const STALE: Duration = Duration::from_secs(86_400);
/// How long what discovery said is fresh.
const DISCOVERY_FRESH: Duration = Duration::from_secs(3600);
/// Between two fetches for names of keys that are not known, and after one that failed.
const PAUSE: Duration = Duration::from_secs(30);
/// After a fetch that failed, while there are no keys at all.
const PAUSE_WITHOUT_KEYS: Duration = Duration::from_secs(5);

const BYTES: usize = 150_000;
const WITHIN: Duration = Duration::from_millis(1500);

/// What fetching needs.
pub(super) struct Tools {
    pub(super) clock: Clock,
    pub(super) fetcher: Fetcher,
    /// Fetches under way. They only fill a memory, so nobody waits for them at a stop.
    pub(super) tasks: TaskTracker,
}

/// A pool that is not ours.
pub(super) struct External {
    pub(super) name: Arc<str>,
    pub(super) settings: IssuerSettings,
    held: ArcSwapOption<Held>,
    gate: Arc<Mutex<Gate>>,
}

/// Keys in memory.
struct Held {
    keys: Vec<VerifyingKey>,
    fetched_at: Timestamp,
    fresh_for: Duration,
}

impl Held {
    fn is_younger(&self, than: Duration, now: Timestamp) -> bool {
        // A clock that was set back makes them old, not young for ever.
        now >= self.fetched_at - PAUSE && now < self.fetched_at + than
    }
}

/// Held by the one who fetches.
#[derive(Default)]
struct Gate {
    discovered: Option<(Url, Timestamp)>,
    next_renewal: Option<Timestamp>,
    next_for_unknown: Option<Timestamp>,
}

/// How long until `next`; `None` when it is past, or further than it can be (the clock was set back).
fn wait(next: Option<Timestamp>, now: Timestamp, most: Duration) -> Option<Duration> {
    let left = next?.duration_since(now);
    Duration::try_from(left).ok().filter(|left| !left.is_zero() && *left <= most)
}

impl External {
    pub(super) fn new(settings: IssuerSettings) -> Self {
        Self {
            name: settings.issuer.as_str().into(),
            settings,
            held: ArcSwapOption::empty(),
            gate: Arc::default(),
        }
    }

    /// Whether this issuer signed the token, by a key that it publishes.
    pub(super) async fn check(
        self: &Arc<Self>,
        token: &Token<'_>,
        tools: &Arc<Tools>,
    ) -> Result<(), Denied> {
        let held = self.held(tools).await?;
        if let Some(key) = keys::choose(&held.keys, token)? {
            return keys::check(key, token);
        }
        let renewed = self.renewed_for_unknown(held, tools).await;
        let key = keys::choose(&renewed.keys, token)?.ok_or(bad("an unknown kid"))?;
        keys::check(key, token)
    }

    /// Keys that may be used now. Fresh ones cost nothing; of those who find old ones, one renews them
    /// and the others do not wait.
    async fn held(self: &Arc<Self>, tools: &Arc<Tools>) -> Result<Arc<Held>, Denied> {
        let now = tools.clock.now();
        let held = self.held.load_full();
        if let Some(held) = held {
            if held.is_younger(held.fresh_for, now) {
                return Ok(held);
            }
            if held.is_younger(STALE, now) {
                return Ok(self.renewed_if_nobody_does(held, now, tools).await);
            }
        }
        self.first(now, tools).await
    }

    async fn renewed_if_nobody_does(
        self: &Arc<Self>,
        held: Arc<Held>,
        now: Timestamp,
        tools: &Arc<Tools>,
    ) -> Arc<Held> {
        let Ok(mut gate) = self.gate.clone().try_lock_owned() else { return held };
        if wait(gate.next_renewal, now, PAUSE).is_some() {
            return held;
        }
        gate.next_renewal = Some(now + PAUSE);
        // What went wrong is in the log: the old keys do for now.
        self.fetch(gate, now, tools).await.unwrap_or(held)
    }

    /// Without keys nothing can be said: everybody waits for the one who fetches.
    async fn first(
        self: &Arc<Self>,
        now: Timestamp,
        tools: &Arc<Tools>,
    ) -> Result<Arc<Held>, Denied> {
        let mut gate = self.gate.clone().lock_owned().await;
        if let Some(held) = self.held.load_full().filter(|held| held.is_younger(STALE, now)) {
            return Ok(held);
        }
        let unknown = |retry_after| Denied::KeysUnknown {
            retry_after,
            cause: format!("the keys of {} are not known", self.name),
        };
        if let Some(left) = wait(gate.next_renewal, now, PAUSE_WITHOUT_KEYS) {
            return Err(unknown(left));
        }
        gate.next_renewal = Some(now + PAUSE_WITHOUT_KEYS);
        self.fetch(gate, now, tools).await.ok_or_else(|| unknown(PAUSE_WITHOUT_KEYS))
    }

    /// After a rotation there is a name that we do not know yet: one fetch per pause finds out, however
    /// many ask and whatever they invent.
    async fn renewed_for_unknown(
        self: &Arc<Self>,
        known: Arc<Held>,
        tools: &Arc<Tools>,
    ) -> Arc<Held> {
        let mut gate = self.gate.clone().lock_owned().await;
        let now = tools.clock.now();
        let current = self.held.load_full().unwrap_or_else(|| known.clone());
        let is_new = !Arc::ptr_eq(&current, &known);
        if is_new || wait(gate.next_for_unknown, now, PAUSE).is_some() {
            return current;
        }
        gate.next_for_unknown = Some(now + PAUSE);
        self.fetch(gate, now, tools).await.unwrap_or(current)
    }

    /// The one fetch under way for this issuer, on a task of its own: who caused it may leave, and must
    /// not take the answer away from the others.
    async fn fetch(
        self: &Arc<Self>,
        mut gate: OwnedMutexGuard<Gate>,
        now: Timestamp,
        tools: &Arc<Tools>,
    ) -> Option<Arc<Held>> {
        let (issuer, own) = (self.clone(), tools.clone());
        let fetch = async move { issuer.renew(&mut gate, now, &own).await };
        tools.tasks.spawn(fetch).await.ok().flatten()
    }

    /// A failure is told once, here, and changes nothing.
    async fn renew(&self, gate: &mut Gate, now: Timestamp, tools: &Tools) -> Option<Arc<Held>> {
        let fetched = self.fetch_keys(gate, now, tools).await;
        let outcome = if fetched.is_ok() { "ok" } else { "failed" };
        let issuer = self.name.to_string();
        metrics::counter!("authorizer_key_fetches_total", "issuer" => issuer, "outcome" => outcome)
            .increment(1);
        match fetched {
            Ok(held) => {
                let held = Arc::new(held);
                self.held.store(Some(held.clone()));
                Some(held)
            }
            Err(error) => {
                tracing::warn!(issuer = &*self.name, error, "the issuer's keys were not renewed");
                None
            }
        }
    }

    async fn fetch_keys(
        &self,
        gate: &mut Gate,
        now: Timestamp,
        tools: &Tools,
    ) -> Result<Held, String> {
        let url = match &self.settings.jwks_uri {
            Some(url) => url.clone(),
            None => self.discovered(gate, now, tools).await?,
        };
        let fetched = tools.fetcher.json(&url, self.bounds()).await.map_err(text)?;
        let keys = keys::read(&fetched.bytes)?;
        let fresh_for = fetched.max_age.unwrap_or(FRESH).clamp(FRESH_LEAST, FRESH_MOST);
        Ok(Held { keys, fetched_at: now, fresh_for })
    }

    /// Where discovery says that the keys are; what it said before, while it says nothing.
    async fn discovered(
        &self,
        gate: &mut Gate,
        now: Timestamp,
        tools: &Tools,
    ) -> Result<Url, String> {
        let within = |age: Duration| {
            let known = gate.discovered.as_ref().filter(|(_, at)| now < *at + age);
            known.map(|(url, _)| url.clone())
        };
        if let Some(url) = within(DISCOVERY_FRESH) {
            return Ok(url);
        }
        match self.discover(tools).await {
            Ok(url) => {
                gate.discovered = Some((url.clone(), now));
                Ok(url)
            }
            Err(error) => within(STALE).ok_or(error),
        }
    }

    async fn discover(&self, tools: &Tools) -> Result<Url, String> {
        #[derive(Deserialize)]
        struct Document {
            issuer: String,
            jwks_uri: Url,
        }
        let base = self.name.trim_end_matches('/');
        let url = format!("{base}/.well-known/openid-configuration").parse().map_err(text)?;
        let fetched = tools.fetcher.json(&url, self.bounds()).await.map_err(text)?;
        let document: Document = serde_json::from_slice(&fetched.bytes).map_err(text)?;
        if document.issuer != *self.name {
            return Err("discovery speaks for another issuer".to_owned());
        }
        Ok(document.jwks_uri)
    }

    const fn bounds(&self) -> Bounds {
        Bounds { bytes: BYTES, within: WITHIN, allow_private: self.settings.allow_private }
    }
}

fn text(error: impl Display) -> String {
    error.to_string()
}
