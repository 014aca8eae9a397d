//! The seam towards our own user pools: whether an issuer is one of ours, and the keys that its tokens
//! are verified with. The authorizer asks, identity answers; neither knows the other.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::key::VerifyingKey;
use crate::kernel::access::PoolKind;
use crate::kernel::problem::Problem;

/// A future behind a trait object.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One of our own pools, as the authorizer needs it.
#[derive(Clone, Debug)]
pub struct LocalPool {
    /// Its issuer, exactly as its tokens name it.
    pub issuer: Arc<str>,
    /// What its people are to us.
    pub kind: PoolKind,
    /// The audience that its tokens must name: our API.
    pub audience: Arc<str>,
    /// The public halves of its keys, those about to sign and those that have just stopped included.
    pub keys: Arc<[VerifyingKey]>,
}

/// Our own pools. There may be thousands: nothing is loaded before it is asked for.
///
/// Asked once per request with a local token: an implementation keeps what it has read for a while,
/// and keeps answering from it while the database is away.
pub trait LocalIssuers: Send + Sync + 'static {
    /// The pool's short name, when the issuer is formed like one of ours. No I/O.
    fn owns<'a>(&self, issuer: &'a str) -> Option<&'a str>;

    /// The pool of this name; `None` when there is none.
    ///
    /// The name comes from a token that nobody has verified yet: an implementation bounds what
    /// strangers can make it look up and remember, names that do not exist included.
    ///
    /// # Errors
    /// It cannot be read now, and was never read before.
    fn pool<'a>(&'a self, slug: &'a str) -> Boxed<'a, Result<Option<LocalPool>, Problem>>;
}

/// No pool of our own.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLocalIssuers;

impl LocalIssuers for NoLocalIssuers {
    fn owns<'a>(&self, _issuer: &'a str) -> Option<&'a str> {
        None
    }

    fn pool<'a>(&'a self, _slug: &'a str) -> Boxed<'a, Result<Option<LocalPool>, Problem>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
