//! Signing keys of the pools: read when a pool is first asked for, made when they are due, by one copy
//! only. The private halves are sealed at rest and opened in memory.

mod make;
pub(super) mod schedule;

use std::sync::Arc;

use jsonwebtoken::EncodingKey;
use serde_json::Value;

use super::core::Core;
use super::journal;
use super::model::{Algorithm, Pool};
use super::store::KeyRow;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{self, VerifyingKey};
use crate::platform::crypto::SealError;
use crate::platform::db::{Connection, DbError, again};
use jiff::Timestamp;
use schedule::Times;

/// A key of a pool.
pub(super) struct Key {
    pub(super) kid: Box<str>,
    pub(super) algorithm: Algorithm,
    pub(super) jwk: Value,
    pub(super) verifying: VerifyingKey,
    pub(super) times: Times,
    signing: Result<EncodingKey, SealError>,
}

/// The keys of one pool.
pub(super) struct PoolKeys {
    keys: Vec<Key>,
    times: Vec<Times>,
}

impl PoolKeys {
    fn new(core: &Core, rows: Vec<KeyRow>) -> Self {
        let keys: Vec<_> = rows.into_iter().filter_map(|row| opened(core, row)).collect();
        let times = keys.iter().map(|key| key.times).collect();
        Self { keys, times }
    }

    /// The key that signs now.
    pub(super) fn signer(&self, now: Timestamp) -> Option<&Key> {
        schedule::signer(&self.times, now).map(|place| &self.keys[place])
    }

    /// The keys that verifiers are told of.
    pub(super) fn published(&self, now: Timestamp) -> impl Iterator<Item = &Key> {
        let told = move |place: &usize| schedule::is_published(&self.times, *place, now);
        (0..self.keys.len()).filter(told).map(|place| &self.keys[place])
    }

    /// A key that was not dropped, even one that has stopped: for what is read after its end.
    pub(super) fn find(&self, kid: &str) -> Option<&Key> {
        self.keys.iter().find(|key| &*key.kid == kid && key.times.revoked_at.is_none())
    }

    /// All of them, for operators.
    pub(super) fn all(&self) -> &[Key] {
        &self.keys
    }
}

impl Key {
    /// The private half.
    pub(super) fn signing(&self) -> Result<&EncodingKey, Problem> {
        self.signing.as_ref().map_err(|error| Problem::from(*error))
    }
}

/// What the library of tokens calls our algorithms.
pub(super) const fn signature(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    }
}

/// What the authorizer calls them.
pub(super) const fn verification(algorithm: Algorithm) -> access::Algorithm {
    match algorithm {
        Algorithm::Es256 => access::Algorithm::ES256,
        Algorithm::Rs256 => access::Algorithm::RS256,
    }
}

/// Where a private half is kept: it opens nowhere else.
fn place(kid: &str) -> [&[u8]; 2] {
    [b"identity_signing_key", kid.as_bytes()]
}

/// The key of a row. One that cannot be opened still verifies.
fn opened(core: &Core, row: KeyRow) -> Option<Key> {
    let verifying = VerifyingKey::from_jwk(&row.jwk).ok()?;
    let pkcs8 = core.keyring.open(&place(&row.kid), &row.sealed);
    let signing =
        pkcs8.and_then(|pkcs8| make::encoding(row.algorithm, &pkcs8).ok_or(SealError::Broken));
    let KeyRow { kid, algorithm, jwk, times, .. } = row;
    Some(Key { kid: kid.into(), algorithm, jwk, verifying, times, signing })
}

/// The keys of a pool, read now; the one that is due is made first.
pub(super) async fn load(core: &Core, pool: &Pool) -> Result<Arc<PoolKeys>, Problem> {
    let rows = core.store.keys(pool.id).await?;
    let rows =
        if is_due(&rows, core.clock.now()) { make_due(core, pool, rows).await? } else { rows };
    Ok(Arc::new(PoolKeys::new(core, rows)))
}

fn is_due(rows: &[KeyRow], now: Timestamp) -> bool {
    let times: Vec<_> = rows.iter().map(|row| row.times).collect();
    schedule::due(&times, now).is_some()
}

/// Makes the key that is due, unless another copy was faster. Without a key to seal it under, what is
/// there must do.
async fn make_due(core: &Core, pool: &Pool, rows: Vec<KeyRow>) -> Result<Vec<KeyRow>, Problem> {
    if !core.keyring.is_usable() {
        let times: Vec<_> = rows.iter().map(|row| row.times).collect();
        schedule::signer(&times, core.clock.now()).ok_or(SealError::NoKey)?;
        tracing::warn!(pool = %pool.slug, "a signing key is due and no keyring is configured");
        return Ok(rows);
    }
    again(|| make_behind_lock(core, pool)).await
}

async fn make_behind_lock(core: &Core, pool: &Pool) -> Result<Vec<KeyRow>, Problem> {
    let mut transaction = core.store.begin().await?;
    core.store.lock_pool(&mut transaction, pool.id).await?;
    // Read again behind the lock: whoever held it may have made it.
    let rows = core.store.keys_now(&mut transaction, pool.id).await?;
    let times: Vec<_> = rows.iter().map(|row| row.times).collect();
    if let Some(active_from) = schedule::due(&times, core.clock.now()) {
        add(core, pool, &mut transaction, active_from).await?;
    }
    let rows = core.store.keys_now(&mut transaction, pool.id).await?;
    transaction.commit().await.map_err(DbError::from)?;
    Ok(rows)
}

/// Makes a key that signs from then on, inside a transaction that holds the pool's lock.
pub(super) async fn add(
    core: &Core,
    pool: &Pool,
    connection: &mut Connection,
    active_from: Timestamp,
) -> Result<Box<str>, Problem> {
    let algorithm = pool.algorithm;
    let made = tokio::task::spawn_blocking(move || make::pair(algorithm)).await;
    let made = made.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
    let made = made.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
    let sealed = core.keyring.seal(&place(&made.kid), &made.pkcs8, &core.entropy)?;
    let now = core.clock.now();
    let row = KeyRow {
        kid: made.kid,
        algorithm,
        jwk: made.jwk,
        sealed,
        times: Times { created_at: now, active_from, revoked_at: None },
    };
    core.store.insert_key(connection, pool.id, &row).await?;
    let data = serde_json::json!({ "kid": row.kid, "active_from": active_from.to_string() });
    journal::record(&core.store, connection, pool.id, now, "key.made", &data).await?;
    Ok(row.kid.into())
}
