//! What all rooms of identity work with, and the slice's door.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;
use webauthn_rs::Webauthn;

use super::factors::relying_party;
use super::gate::Gate;
use super::grants::origin;
use super::hashing::Hasher;
use super::issuers::Issuers;
use super::issuing::{Grants, PasswordCheck};
use super::journal;
use super::keys::{self, PoolKeys};
use super::knocking::Knocking;
use super::memory::Memory;
use super::model::{Client, ClientId, Pool, PoolSeed, Slug};
use super::revocation::Loader;
use super::settings::IdentitySettings;
use super::store::Store;
use crate::kernel::access::Account;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Link, LocalIssuers, Revocations};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::Keyring;
use crate::platform::db::{Database, Transaction};
use crate::slices::messages::Messages;

/// How long what is over is kept.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// Applications whose origins are known; a pool with more of them is one for programs.
const ORIGINS_OF: u32 = 1000;

/// The tools of identity, and what it remembers of pools and applications.
pub(super) struct Core {
    pub(super) store: Store,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) messages: Messages,
    pub(super) hasher: Hasher,
    pub(super) gate: Gate,
    /// The party that passkeys are bound to; none when our origin has no name.
    pub(super) relying_party: Option<Webauthn>,
    /// Origin of our addresses, without a slash at its end: what issuers begin with.
    pub(super) origin: Box<str>,
    pools: Memory<Slug, Option<Arc<Pool>>>,
    clients: Memory<(Uuid, Uuid), Option<Arc<Client>>>,
    keys: Memory<Uuid, Arc<PoolKeys>>,
    origins: Memory<Uuid, Arc<[String]>>,
    pub(super) links: Memory<Account, Option<Link>>,
}

impl Core {
    /// The pool of this name; a text that is no name names nothing.
    pub(super) async fn pool(&self, slug: &str) -> Result<Arc<Pool>, Problem> {
        let unknown = || Problem::new(Kind::NotFound).detail("Aucun espace n’a ce nom.");
        let slug: Slug = slug.parse().map_err(|_| unknown())?;
        let read = async { Ok(self.store.pool(&slug).await?.map(Arc::new)) };
        self.pools.get(slug.clone(), read).await?.ok_or_else(unknown)
    }

    /// The application that calls itself so in this pool; `None` when there is none, or none any more.
    pub(super) async fn client(
        &self,
        pool: &Pool,
        client_id: &str,
    ) -> Result<Option<Arc<Client>>, Problem> {
        let Ok(id) = client_id.parse::<ClientId>() else { return Ok(None) };
        let read = async {
            let client = self.store.client(pool.id, id.uuid()).await?;
            Ok(client.filter(|client| client.disabled_at.is_none()).map(Arc::new))
        };
        self.clients.get((pool.id, id.uuid()), read).await
    }

    /// The pool's keys; the one that is due is made first.
    pub(super) async fn keys(&self, pool: &Pool) -> Result<Arc<PoolKeys>, Problem> {
        self.keys.get(pool.id, keys::load(self, pool)).await
    }

    /// The origins of the browser applications of a pool: those of their addresses.
    pub(super) async fn origins(&self, pool: &Pool) -> Result<Arc<[String]>, Problem> {
        let read = async {
            let clients = self.store.clients(pool.id, Uuid::nil(), ORIGINS_OF).await?;
            let uris = clients.iter().flat_map(|client| client.redirect_uris.iter());
            let mut origins: Vec<_> = uris.filter_map(|uri| origin(uri)).collect();
            origins.sort_unstable();
            origins.dedup();
            Ok(origins.into())
        };
        self.origins.get(pool.id, read).await
    }

    /// Forgets the pool's keys and applications, after a change of them here.
    pub(super) async fn forget(&self, pool: &Pool) {
        self.keys.forget(&pool.id).await;
        self.origins.forget(&pool.id).await;
        self.pools.forget(&pool.slug).await;
    }

    /// The audience of access tokens: our API.
    pub(super) fn api(&self) -> String {
        format!("{}/v1", self.origin)
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

/// What identity works with.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub database: Database,
    /// Keys of data at rest.
    pub keyring: Keyring,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Letters.
    pub messages: Messages,
    /// The picture of what was taken back, that the authorizer asks.
    pub revocations: Revocations,
}

/// The door of identity. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    pub(super) core: Arc<Core>,
    pub(super) grants: Grants,
    loader: Arc<Loader>,
    revocations: Revocations,
}

impl Identity {
    /// Identity on these tools. `origin` is the public origin, without a slash at its end.
    pub fn new(tools: Tools, settings: &IdentitySettings, origin: &str) -> Self {
        let Tools { database, keyring, clock, entropy, messages, revocations } = tools;
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
            pools: Memory::new(life),
            clients: Memory::new(life),
            keys: Memory::new(life),
            origins: Memory::new(life),
            links: Memory::new(life),
        };
        let core = Arc::new(core);
        let check = Knocking::new(Arc::clone(&core));
        let grants = Grants::new(Arc::clone(&core)).with_passwords(Arc::new(check));
        Self { core, grants, loader: Arc::default(), revocations }
    }

    /// With another way of checking a password, for the password grant.
    #[must_use]
    pub fn with_passwords(mut self, check: Arc<dyn PasswordCheck>) -> Self {
        self.grants = self.grants.with_passwords(check);
        self
    }

    /// Our pools, for who verifies their tokens.
    pub fn issuers(&self) -> Arc<dyn LocalIssuers> {
        Arc::new(Issuers::new(Arc::clone(&self.core)))
    }

    /// Reads what was taken back since the last time, and renews the picture that the authorizer asks.
    ///
    /// # Errors
    /// The database does not answer: the picture grows old.
    pub async fn read_revocations(&self) -> Result<(), Problem> {
        self.loader.read(&self.core, &self.revocations).await
    }

    /// Forgets a bounded number of things whose time is over. Several copies may do so at once.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget_old(&self) -> Result<(), Problem> {
        let now = self.core.clock.now();
        // Spent codes and tokens stay a while: presented again, they still betray a theft.
        self.core.store.forget_codes(now - KEPT).await?;
        self.core.store.forget_families(now - KEPT).await?;
        self.core.store.forget_revocations(now).await?;
        self.forget_unconfirmed().await?;
        self.forget_visits().await
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
        self.warn_of_old_grants().await
    }
}
