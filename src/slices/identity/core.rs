//! What all rooms of identity work with, and the slice's door.

use std::sync::Arc;

use moka::future::Cache;
use uuid::Uuid;
use webauthn_rs::Webauthn;

use super::factors::relying_party;
use super::gate::Gate;
use super::hashing::Hasher;
use super::journal;
use super::model::{Client, ClientId, Pool, PoolSeed, Slug};
use super::settings::IdentitySettings;
use super::store::Store;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::Keyring;
use crate::platform::db::{Database, Transaction};
use crate::slices::messages::Messages;

/// Pools and applications remembered at most; the least used leave first.
const REMEMBERED: u64 = 10_000;

/// The tools of identity, and what it remembers of pools and applications.
pub(super) struct Core {
    pub(super) store: Store,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) settings: IdentitySettings,
    pub(super) messages: Messages,
    pub(super) hasher: Hasher,
    pub(super) gate: Gate,
    /// The party that passkeys are bound to; none when our origin has no name.
    pub(super) relying_party: Option<Webauthn>,
    /// Origin of our addresses, without a slash at its end: what issuers begin with.
    pub(super) origin: Box<str>,
    // An absent one is remembered too: strangers' inventions must not reach the database each time.
    pools: Cache<Slug, Option<Arc<Pool>>>,
    clients: Cache<(Uuid, Uuid), Option<Arc<Client>>>,
}

impl Core {
    /// The pool of this name; a text that is no name names nothing.
    pub(super) async fn pool(&self, slug: &str) -> Result<Arc<Pool>, Problem> {
        let unknown = || Problem::new(Kind::NotFound).detail("Aucun espace n’a ce nom.");
        let slug: Slug = slug.parse().map_err(|_| unknown())?;
        if let Some(known) = self.pools.get(&slug).await {
            return known.ok_or_else(unknown);
        }
        let pool = self.store.pool(&slug).await?.map(Arc::new);
        self.pools.insert(slug, pool.clone()).await;
        pool.ok_or_else(unknown)
    }

    /// The application that calls itself so in this pool; `None` when there is none, or none any more.
    pub(super) async fn client(
        &self,
        pool: &Pool,
        client_id: &str,
    ) -> Result<Option<Arc<Client>>, Problem> {
        let Ok(id) = client_id.parse::<ClientId>() else { return Ok(None) };
        let key = (pool.id, id.uuid());
        if let Some(known) = self.clients.get(&key).await {
            return Ok(known);
        }
        let client = self.store.client(key.0, key.1).await?;
        let client = client.filter(|client| client.disabled_at.is_none()).map(Arc::new);
        self.clients.insert(key, client.clone()).await;
        Ok(client)
    }

    /// Commits, and has the messages of the transaction leave.
    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), Problem> {
        self.store.commit(transaction).await?;
        self.messages.wake();
        Ok(())
    }

    /// Writes a pool and begins its journal; `false` when its name is taken.
    pub(super) async fn create_pool(&self, pool: &Pool) -> Result<bool, Problem> {
        let now = self.clock.now();
        if !self.store.insert_pool(pool, now).await? {
            return Ok(false);
        }
        self.store.open_journal(pool.id).await?;
        let mut transaction = self.store.begin().await?;
        let data = serde_json::json!({ "slug": pool.slug.as_str(), "kind": pool.kind });
        journal::record(&self.store, &mut transaction, pool.id, now, "pool.created", &data).await?;
        transaction.commit().await.map_err(crate::platform::db::DbError::from)?;
        Ok(true)
    }
}

/// The door of identity. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    pub(super) core: Arc<Core>,
}

impl Identity {
    /// Identity on these tools. `origin` is the public origin, without a slash at its end.
    pub fn new(
        database: Database,
        keyring: Keyring,
        clock: Clock,
        entropy: Entropy,
        messages: Messages,
        settings: &IdentitySettings,
        origin: &str,
    ) -> Self {
        let life = settings.cache();
        let core = Core {
            store: Store::new(database),
            keyring,
            clock,
            messages,
            hasher: Hasher::new(settings, entropy.clone()),
            gate: Gate::new(settings),
            relying_party: relying_party(origin),
            entropy,
            origin: origin.into(),
            pools: Cache::builder().max_capacity(REMEMBERED).time_to_live(life).build(),
            clients: Cache::builder().max_capacity(REMEMBERED).time_to_live(life).build(),
            settings: settings.clone(),
        };
        Self { core: Arc::new(core) }
    }

    /// Makes sure that the pools of every installation exist. May be called by several copies at once.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn prepare(&self) -> Result<(), Problem> {
        for seed in PoolSeed::DEFAULTS {
            let slug = seed.slug.parse().map_err(|error| Problem::new(Kind::Bug).cause(error))?;
            let id = self.core.entropy.uuid_v7(self.core.clock.now());
            let names = [seed.name_fr, seed.name_en];
            self.core.create_pool(&Pool::new(id, slug, seed.kind, names, seed.accent)).await?;
        }
        Ok(())
    }
}
