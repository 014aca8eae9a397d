//! API keys: `ask_`, a public prefix that lists show, and a secret of which we keep the hash. A key may
//! have two live secrets, so that its owner changes without an interruption.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::meter::Meter;
use super::network::Networks;
use super::plan::Plan;
use crate::platform::crypto::{Opaque, TokenHash, equal};

/// What every key begins with, so that a leaked one is recognised by scanners.
pub const KEY_PREFIX: &str = "ask_";

/// Characters of the public part after that.
const PUBLIC: usize = 8;

/// Characters of the secret: 256 bits.
const SECRET: usize = 43;

/// An application of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The issuer of its tokens.
    pub issuer: Box<str>,
    /// Its name there.
    pub client: Box<str>,
}

/// A key that is not revoked.
pub struct KnownKey {
    /// Its identifier.
    pub id: Uuid,
    /// What people call it.
    pub name: Box<str>,
    /// Whose it is; a token that comes with the key must be this application's.
    pub owner: Option<Owner>,
    /// Where it may come from; anywhere when empty.
    pub networks: Networks,
    /// What its calls are held to.
    pub plan: Arc<Plan>,
    /// Its count.
    pub meter: Arc<Meter>,
}

/// One live secret of a key.
pub struct Secret {
    /// Of what was handed out.
    pub hash: TokenHash,
    /// Its end, if it has one.
    pub expires: Option<Timestamp>,
    /// The key that it opens.
    pub key: Arc<KnownKey>,
}

/// Why a presented key is no good: for the log, never for who presents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Not of the form of a key.
    Malformed,
    /// No such key, or one that was revoked.
    Unknown,
    /// The prefix exists, the secret is another.
    WrongSecret,
    /// Its time is over.
    Expired,
    /// It may not come from there.
    Network,
    /// It came with a token of another application.
    OtherOwner,
}

impl Unfit {
    /// For the log and the list of refusals.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown or revoked",
            Self::WrongSecret => "wrong secret",
            Self::Expired => "expired",
            Self::Network => "not from this network",
            Self::OtherOwner => "token of another application",
        }
    }
}

/// The public part of a text of the form of a key.
pub fn prefix_of(presented: &str) -> Option<&str> {
    let rest = presented.strip_prefix(KEY_PREFIX)?;
    let (public, secret) = rest.split_once('_')?;
    let is_public = public.len() == PUBLIC && public.bytes().all(|b| b.is_ascii_hexdigit());
    let is_secret = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (is_public && secret.len() == SECRET && secret.bytes().all(is_secret)).then_some(public)
}

impl Secret {
    /// Whether what was presented opens the key, now and from there.
    pub(super) fn judge(
        &self,
        presented: &str,
        now: Timestamp,
        from: IpAddr,
    ) -> Result<Arc<KnownKey>, Unfit> {
        if !equal(&Opaque::hash_of(presented), &self.hash) {
            Err(Unfit::WrongSecret)
        } else if self.expires.is_some_and(|end| end <= now) {
            Err(Unfit::Expired)
        } else if !self.key.networks.is_empty() && !self.key.networks.hold(from) {
            Err(Unfit::Network)
        } else {
            Ok(Arc::clone(&self.key))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_part_is_read_of_whole_keys_only() {
        let key = format!("ask_0a1b2c3d_{}", "A".repeat(43));
        assert_eq!(prefix_of(&key), Some("0a1b2c3d"));
        for wrong in ["", "ask_", "ask_0a1b2c3d_", "ask_0a1b2c3d", &key[1..], &key[..55]] {
            assert_eq!(prefix_of(wrong), None, "{wrong}");
        }
        assert_eq!(prefix_of(&key.replace('A', "é")), None);
    }
}
