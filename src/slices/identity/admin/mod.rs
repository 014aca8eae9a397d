//! What operators do: pools, applications, keys, locks. Each act is one transaction with its event in
//! the journal; a secret is handed out once and kept as its hash.

mod clients;
mod keys;
mod legacy;
mod pools;

pub use clients::NewClient;
pub use keys::KeyLine;
pub use legacy::Legacy;
pub use pools::NewPool;

use std::sync::Arc;

use super::core::{Core, Identity};
use super::grants::UriFault;
use super::journal::{self, Broken};
use super::model::{Client, ClientId, NotASlug, Pool};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::{Contended, DbError, Transaction};

/// Why an operator's act was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// No pool has this name.
    #[error("no pool is called `{0}`; `assurly identity pool list` shows them")]
    NoPool(Box<str>),
    /// No application of the pool has this identifier.
    #[error("the pool has no application `{0}`; `assurly identity client list` shows them")]
    NoClient(Box<str>),
    /// No key of the pool has this name.
    #[error("the pool has no living key `{0}`; `assurly identity key list` shows them")]
    NoKey(Box<str>),
    /// The name of a new pool is taken.
    #[error("a pool is already called `{0}`")]
    Taken(Box<str>),
    /// Not a name that a pool may have.
    #[error("a pool's name has {0}")]
    Slug(#[from] NotASlug),
    /// An address that cannot be registered.
    #[error("`{0}` cannot be registered: {1}")]
    Uri(Box<str>, UriFault),
    /// A scope that does not exist.
    #[error("no scope is called `{0}`")]
    Scope(Box<str>),
    /// A rule of applications or locks.
    #[error("{0}")]
    Rule(&'static str),
    /// A tool failed.
    #[error("{}", cause(.0))]
    Failed(Problem),
}

fn cause(problem: &Problem) -> &str {
    problem.cause.as_deref().or(problem.detail.as_deref()).unwrap_or("it failed")
}

impl From<Problem> for AdminError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl Contended for AdminError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Failed(problem) if problem.contended)
    }
}

impl From<DbError> for AdminError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl Core {
    async fn pool_to_change(&self, slug: &str) -> Result<Arc<Pool>, AdminError> {
        self.pool(slug).await.map_err(|problem| match problem.kind {
            Kind::NotFound => AdminError::NoPool(slug.into()),
            _ => problem.into(),
        })
    }

    /// As it is stored now, disabled or not.
    async fn client_to_change(&self, pool: &Pool, id: &str) -> Result<Client, AdminError> {
        let none = || AdminError::NoClient(id.into());
        let uuid = id.parse::<ClientId>().map_err(|_| none())?.uuid();
        self.store.client(pool.id, uuid).await?.ok_or_else(none)
    }

    /// Writes the event of an act and commits both.
    async fn done(
        &self,
        mut transaction: Transaction,
        pool: &Pool,
        kind: &str,
        data: &serde_json::Value,
    ) -> Result<(), AdminError> {
        let now = self.clock.now();
        journal::record(&self.store, &mut transaction, pool.id, now, kind, data).await?;
        transaction.commit().await.map_err(DbError::from)?;
        self.forget(pool).await;
        Ok(())
    }
}

impl Identity {
    /// Reads a pool's whole journal and checks every link; answers how many events there are.
    ///
    /// # Errors
    /// There is no such pool, or the database does not answer.
    pub async fn verify_journal(&self, pool: &str) -> Result<Result<u64, Broken>, AdminError> {
        let pool = self.core.pool_to_change(pool).await?;
        Ok(journal::verify(&self.core.store, pool.id).await?)
    }
}
