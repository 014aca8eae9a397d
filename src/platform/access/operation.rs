//! What an operation of the API says of itself. One type without a value per operation: the same
//! declaration guards the handler, writes the OpenAPI document and feeds the inventory.

use std::time::Duration;

use super::actor::Actor;
use crate::kernel::access::{Acr, PoolKind};

/// An operation for callers who prove who they are.
pub trait Operation: Send + Sync + 'static {
    /// Stable name, the `operationId` of the document: `quotes.list`.
    const ID: &'static str;
    /// The scope that the token must carry.
    const SCOPE: &'static str;
    /// The pools whose people and programs may ask.
    const POOLS: &'static [PoolKind];
    /// The weakest login that is enough.
    const MIN_ACR: Acr = Acr::Pwd;
    /// The oldest login that is enough.
    const MAX_AGE: Option<Duration> = None;
    /// By which listeners it is there.
    const REACH: Reach = Reach::Everywhere;
    /// Whether an answer may be kept.
    const CACHE: Cache = Cache::NoStore;
    /// How long it may take; as long as every request when left out.
    const TIMEOUT: Option<Duration> = None;
    /// Whom the handler sees: made from the verified caller, and from nothing that the request claims.
    type Actor: Actor;
}

/// An operation for anybody. A token that is presented is verified all the same.
pub trait PublicOperation: Send + Sync + 'static {
    /// Stable name, the `operationId` of the document.
    const ID: &'static str;
    /// Why nobody has to say who they are: one sentence, kept in the list of public operations.
    const REASON: &'static str;
    /// Whether an answer may be kept.
    const CACHE: Cache = Cache::NoStore;
    /// How long it may take; as long as every request when left out.
    const TIMEOUT: Option<Duration> = None;
}

/// By which listeners an operation is there. By the others it does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// By all of them.
    Everywhere,
    /// By that of our own networks alone.
    Private,
}

/// Whether the answer of an operation may be kept, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// By nobody.
    NoStore,
    /// By the caller's own program, which asks each time whether it is still right (`ETag`, 304).
    Revalidate,
    /// By the caller's own program, for so many seconds.
    Private(u32),
}

impl Cache {
    /// The header `Cache-Control`.
    pub fn header(self) -> String {
        match self {
            Self::NoStore => "no-store".to_owned(),
            Self::Revalidate => "private, no-cache".to_owned(),
            Self::Private(seconds) => format!("private, max-age={seconds}"),
        }
    }
}
