//! Signing keys in an emergency: the schedule needs nobody.

use jiff::Timestamp;

use super::AdminError;
use crate::platform::db::again;
use crate::slices::identity::Identity;
use crate::slices::identity::keys::{self, schedule};

/// A key of a pool, as an operator sees it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct KeyLine {
    /// Name.
    pub kid: Box<str>,
    /// What it signs with.
    pub algorithm: &'static str,
    /// Made, and published from then on.
    pub created_at: Timestamp,
    /// Signs from then on.
    pub active_from: Timestamp,
    /// Dropped.
    pub revoked_at: Option<Timestamp>,
    /// Whether it is the one that signs now.
    pub signs: bool,
    /// Whether verifiers are told of it.
    pub published: bool,
}

impl Identity {
    /// The keys of a pool, the youngest first.
    ///
    /// # Errors
    /// There is no such pool, or its first key cannot be made.
    pub async fn pool_keys(&self, pool: &str) -> Result<Vec<KeyLine>, AdminError> {
        let pool = self.core.pool_to_change(pool).await?;
        let keys = keys::load(&self.core, &pool).await?;
        let now = self.core.clock.now();
        let signer = keys.signer(now).map(|key| key.kid.clone());
        let published: Vec<_> = keys.published(now).map(|key| key.kid.clone()).collect();
        let line = |key: &keys::Key| KeyLine {
            kid: key.kid.clone(),
            algorithm: key.algorithm.code(),
            created_at: key.times.created_at,
            active_from: key.times.active_from,
            revoked_at: key.times.revoked_at,
            signs: signer.as_ref() == Some(&key.kid),
            published: published.contains(&key.kid),
        };
        Ok(keys.all().iter().map(line).collect())
    }

    /// Makes the next key of a pool now. It signs as soon as no verifier is surprised, or `at_once`.
    ///
    /// # Errors
    /// There is no such pool, or nothing to seal the key under.
    pub async fn rotate_key(&self, pool: &str, at_once: bool) -> Result<Box<str>, AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        let now = core.clock.now();
        let active_from = if at_once { now } else { schedule::soonest(now) };
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.lock_pool(&mut transaction, pool.id).await?;
            let kid = keys::add(core, &pool, &mut transaction, active_from).await?;
            let data = serde_json::json!({ "kid": kid, "at_once": at_once });
            core.done(transaction, &pool, "key.rotated", &data).await?;
            Ok(kid)
        })
        .await
    }

    /// Drops a key: neither published nor honoured any more, by every copy within `identity.cache_s`.
    /// When it was the one that signs, another is made at once.
    ///
    /// # Errors
    /// There is no such pool or living key.
    pub async fn revoke_key(&self, pool: &str, kid: &str) -> Result<(), AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.lock_pool(&mut transaction, pool.id).await?;
            let now = core.clock.now();
            if !core.store.revoke_key(&mut transaction, pool.id, kid, now).await? {
                return Err(AdminError::NoKey(kid.into()));
            }
            let data = serde_json::json!({ "kid": kid });
            core.done(transaction, &pool, "key.revoked", &data).await
        })
        .await?;
        keys::load(core, &pool).await?;
        Ok(())
    }
}
