//! The seam towards our own user pools: whether an issuer is one of ours, and the keys that its tokens
//! are verified with. The authorizer asks, identity answers; neither knows the other.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::caller::Caller;
use super::key::VerifyingKey;
use super::refusal::Denied;
use crate::kernel::access::{Account, PoolKind};
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

/// What an account is linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// To nothing: it stands for itself.
    None,
    /// To this account of one of our pools, by the act of who owns both.
    To(Account),
    /// To an account that is shut: who comes by the other door is not let in either.
    Shut,
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

    /// What the account of a verified token, of one of our pools or of another issuer, is linked to.
    ///
    /// Asked once per request of a person. While it cannot be known, an account that was never linked as
    /// far as is remembered stands for itself: that is the narrower sight.
    fn link<'a>(&'a self, _account: Account) -> Boxed<'a, Link> {
        Box::pin(std::future::ready(Link::None))
    }
}

/// Who verifies tokens, for the one use-case that is shown a second one.
pub trait Verifier: Send + Sync + 'static {
    /// Who presents this token.
    ///
    /// # Errors
    /// It is no good, or cannot be verified now.
    fn verify<'a>(&'a self, token: &'a str) -> Boxed<'a, Result<Caller, Denied>>;
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
