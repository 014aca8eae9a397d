//! The list of operations, as they were declared: what the document, the golden files and the matrix
//! of roles are made from.

use std::fmt;
use std::time::Duration;

use super::operation::{Cache, Operation, PublicOperation, Reach};
use crate::kernel::access::{Acr, PoolKind};

/// One operation and its address.
#[derive(Clone, Debug)]
pub struct Declared {
    /// HTTP method.
    pub method: &'static str,
    /// Address, with its parameters between braces.
    pub path: String,
    /// Stable name.
    pub id: &'static str,
    /// Who may.
    pub access: Access,
}

/// Who may do an operation.
#[derive(Clone, Debug)]
pub enum Access {
    /// Those who prove who they are.
    Secured {
        /// What their token must be good for.
        scope: &'static str,
        /// Where they must come from.
        pools: &'static [PoolKind],
        /// The weakest login that is enough.
        acr: Acr,
        /// The oldest one.
        max_age: Option<Duration>,
        /// Whether the answer may be kept.
        cache: Cache,
        /// By which listeners it is there.
        reach: Reach,
        /// How long it may take.
        timeout: Option<Duration>,
    },
    /// Anybody.
    Public {
        /// Why.
        reason: &'static str,
        /// Whether the answer may be kept.
        cache: Cache,
        /// How long it may take.
        timeout: Option<Duration>,
    },
}

impl Access {
    pub(super) const fn secured<O: Operation>() -> Self {
        let (scope, pools, acr) = (O::SCOPE, O::POOLS, O::MIN_ACR);
        let (max_age, cache, reach) = (O::MAX_AGE, O::CACHE, O::REACH);
        Self::Secured { scope, pools, acr, max_age, cache, reach, timeout: O::TIMEOUT }
    }

    pub(super) const fn public<O: PublicOperation>() -> Self {
        Self::Public { reason: O::REASON, cache: O::CACHE, timeout: O::TIMEOUT }
    }

    /// By which listeners it is there.
    pub const fn reach(&self) -> Reach {
        match self {
            Self::Secured { reach, .. } => *reach,
            Self::Public { .. } => Reach::Everywhere,
        }
    }

    /// Whether its answer may be kept.
    pub const fn cache(&self) -> Cache {
        match self {
            Self::Secured { cache, .. } | Self::Public { cache, .. } => *cache,
        }
    }

    /// How long it may take, when it says so.
    pub const fn timeout(&self) -> Option<Duration> {
        match self {
            Self::Secured { timeout, .. } | Self::Public { timeout, .. } => *timeout,
        }
    }

    /// Whether anybody may.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::Public { .. })
    }
}

/// One line of a golden file.
impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} | {} | ", self.method, self.path, self.id)?;
        match &self.access {
            Access::Public { reason, .. } => write!(f, "public: {reason}"),
            Access::Secured { scope, pools, acr, max_age, cache, reach, .. } => {
                let pools: Vec<_> = pools.iter().map(|pool| pool.code()).collect();
                let age = max_age.map_or("any".to_owned(), |age| format!("{} s", age.as_secs()));
                let (pools, cache) = (pools.join(" "), cache.header());
                let reach = if *reach == Reach::Private { " | private" } else { "" };
                write!(f, "{scope} | {pools} | acr {acr} | login {age} | {cache}{reach}")
            }
        }
    }
}
