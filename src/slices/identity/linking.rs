//! Accounts of other issuers, or of other pools, that are a person of ours.
//!
//! A link is made by who has just logged in to both, and by nobody else: an address that two accounts have
//! in common says nothing about who owns them. One account is linked to one person at most, never to one
//! of another kind (a customer is not a member of the staff), and never to an account that is itself
//! linked, so that a person is one step away from each of their accounts.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::core::Core;
use super::facts::{By, note};
use super::letters::{Said, Sending, Told, send};
use super::model::{Pool, User};
use super::store::LinkRow;
use crate::kernel::access::{Account, PoolKind};
use crate::kernel::problem::Problem;
use crate::platform::access::Link;
use crate::platform::crypto::TokenHash;
use crate::platform::db::{Connection, again};
use crate::platform::digest::sha256;

/// Accounts that one person may link.
const MOST: usize = 10;

/// Why two accounts are not linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unlinkable {
    /// They are one account.
    Itself,
    /// Their pools are of two kinds.
    OtherKind,
    /// The other one is linked already, to this person or to another one.
    Taken,
    /// This one is itself linked to another account.
    NotFirst,
    /// Others are linked to the other one.
    HasLinks,
    /// There are too many.
    TooMany,
}

/// Links accounts. Cheap to clone.
#[derive(Clone)]
pub(super) struct Linking {
    core: Arc<Core>,
}

/// Names an account in a row.
pub(super) fn account_hash(account: &Account) -> TokenHash {
    sha256(&[b"account", account.issuer.as_bytes(), account.subject.as_bytes()])
}

impl Linking {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// The account of a person of a pool.
    pub(super) fn account(&self, pool: &Pool, user: Uuid) -> Account {
        Account { issuer: pool.issuer(&self.core.origin).into(), subject: user.to_string().into() }
    }

    /// Links another account, whose owner has just proven that they are this person too.
    pub(super) async fn link(
        &self,
        pool: &Pool,
        user: &User,
        (other, kind): (&Account, PoolKind),
        by: &By,
    ) -> Result<Result<(), Unlinkable>, Problem> {
        let own = self.account(pool, user.id);
        if own == *other {
            return Ok(Err(Unlinkable::Itself));
        }
        if kind != pool.kind {
            return Ok(Err(Unlinkable::OtherKind));
        }
        let done = again(|| self.link_once(pool, user, &own, other, by)).await?;
        self.core.forget_link(other).await;
        Ok(done)
    }

    async fn link_once(
        &self,
        pool: &Pool,
        user: &User,
        own: &Account,
        other: &Account,
        by: &By,
    ) -> Result<Result<(), Unlinkable>, Problem> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let theirs = self.local(other).await?;
        let mut transaction = store.begin().await?;
        // Two people who link each other at once wait here for each other, in one order.
        let mut both: Vec<Uuid> = theirs.into_iter().chain([user.id]).collect();
        both.sort_unstable();
        for id in both {
            store.lock_user(&mut transaction, id).await?;
        }
        if store.is_linked(&mut transaction, &account_hash(own)).await? {
            return Ok(Err(Unlinkable::NotFirst));
        }
        if let Some(theirs) = theirs
            && !store.links_of(&mut transaction, theirs).await?.is_empty()
        {
            return Ok(Err(Unlinkable::HasLinks));
        }
        if store.links_of(&mut transaction, user.id).await?.len() >= MOST {
            return Ok(Err(Unlinkable::TooMany));
        }
        let hash = account_hash(other);
        match store.insert_link(&mut transaction, &hash, user.id, other, now).await {
            Err(error) if error.is_duplicate() => return Ok(Err(Unlinkable::Taken)),
            written => written?,
        }
        self.tell(&mut transaction, pool, user, Told::AccountLinked { issuer: &other.issuer })
            .await?;
        let more = json!({ "issuer": other.issuer, "subject": other.subject });
        let kind = "link.added";
        note(&self.core, &mut transaction, pool.id, kind, Some(user.id), by, more).await?;
        self.core.commit(transaction).await?;
        Ok(Ok(()))
    }

    /// The account of ours that this one is, if it is one of ours.
    async fn local(&self, account: &Account) -> Result<Option<Uuid>, Problem> {
        let slug = account.issuer.strip_prefix(&*self.core.origin);
        let Some(slug) = slug.and_then(|path| path.strip_prefix("/pools/")) else {
            return Ok(None);
        };
        let Ok(user) = account.subject.parse::<Uuid>() else { return Ok(None) };
        let pool = self.core.pool(slug).await?;
        Ok(self.core.store.user(pool.id, user).await?.map(|(user, _)| user.id))
    }

    /// Removes a link of this person; `false` when there was none.
    pub(super) async fn unlink(
        &self,
        pool: &Pool,
        user: &User,
        hash: &TokenHash,
        by: &By,
    ) -> Result<bool, Problem> {
        let removed = again(|| self.unlink_once(pool, user, hash, by)).await?;
        if let Some(account) = &removed {
            self.core.forget_link(account).await;
        }
        Ok(removed.is_some())
    }

    async fn unlink_once(
        &self,
        pool: &Pool,
        user: &User,
        hash: &TokenHash,
        by: &By,
    ) -> Result<Option<Account>, Problem> {
        let store = &self.core.store;
        let mut transaction = store.begin().await?;
        store.lock_user(&mut transaction, user.id).await?;
        let links = store.links_of(&mut transaction, user.id).await?;
        let Some(link) = links.into_iter().find(|link| link.hash == *hash) else { return Ok(None) };
        store.delete_link(&mut transaction, user.id, hash).await?;
        let more = json!({ "issuer": link.account.issuer, "subject": link.account.subject });
        let kind = "link.removed";
        note(&self.core, &mut transaction, pool.id, kind, Some(user.id), by, more).await?;
        self.core.commit(transaction).await?;
        Ok(Some(link.account))
    }

    /// What is linked to a person.
    pub(super) async fn of(&self, user: Uuid) -> Result<Vec<LinkRow>, Problem> {
        Ok(self.core.store.links(user).await?)
    }

    async fn tell(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: &User,
        told: Told<'_>,
    ) -> Result<(), Problem> {
        let event = format!("identity/link/{}", self.core.entropy.uuid_v7(self.core.clock.now()));
        let (to, locale, said) = (&*user.email, user.locale, Said::Told(told));
        send(&self.core, connection, pool, Sending { event, to, locale, said, expires: None }).await
    }
}

impl Core {
    /// What an account is linked to, as of a moment ago. In an outage, as it was known last; what was never
    /// known stands for itself.
    pub(super) async fn link(&self, account: Account) -> Link {
        let read = async {
            Ok(match self.store.linked(&account_hash(&account)).await? {
                None => Some(Link::None),
                Some(to) if to.is_open => Some(Link::To(Account {
                    issuer: format!("{}/pools/{}", self.origin, to.slug).into(),
                    subject: to.user.to_string().into(),
                })),
                Some(_) => Some(Link::Shut),
            })
        };
        if let Ok(link) = self.links.get(account.clone(), read).await {
            return link.unwrap_or(Link::None);
        }
        // Nothing is known, and soon asked again: not by each request, which would wait for the outage.
        let unknown = std::future::ready(Ok(None));
        self.links.get(account, unknown).await.ok().flatten().unwrap_or(Link::None)
    }

    /// Forgets what an account was linked to.
    pub(super) async fn forget_link(&self, account: &Account) {
        self.links.forget(account).await;
    }
}
