//! Our pools, as the authorizer asks for them: whether an issuer is one of ours, and the public halves
//! of its keys. Nothing is read before it is asked for, and what was read is kept through an outage.

use std::sync::Arc;

use super::core::Core;
use super::model::Slug;
use crate::kernel::access::Account;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::{Boxed, Link, LocalIssuers, LocalPool};

/// Our pools.
pub(super) struct Issuers {
    core: Arc<Core>,
}

impl Issuers {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    async fn find(&self, slug: &str) -> Result<Option<LocalPool>, Problem> {
        let pool = match self.core.pool(slug).await {
            Ok(pool) => pool,
            Err(problem) if problem.kind == Kind::NotFound => return Ok(None),
            Err(problem) => return Err(problem),
        };
        let keys = self.core.keys(&pool).await?;
        let published = keys.published(self.core.clock.now());
        Ok(Some(LocalPool {
            issuer: pool.issuer(&self.core.origin).into(),
            kind: pool.kind,
            audience: self.core.api().into(),
            keys: published.map(|key| key.verifying.clone()).collect(),
        }))
    }
}

impl LocalIssuers for Issuers {
    fn owns<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        let slug = issuer.strip_prefix(&*self.core.origin)?.strip_prefix("/pools/")?;
        slug.parse::<Slug>().is_ok().then_some(slug)
    }

    fn pool<'a>(&'a self, slug: &'a str) -> Boxed<'a, Result<Option<LocalPool>, Problem>> {
        Box::pin(self.find(slug))
    }

    fn link<'a>(&'a self, account: Account) -> Boxed<'a, Link> {
        Box::pin(self.core.link(account))
    }
}
