//! What somebody proves who they are with, besides a password.

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::access::codes;

/// A sort of second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactorKind {
    /// Codes of an application, which change every thirty seconds.
    Totp,
    /// A passkey.
    Passkey,
}

codes!(FactorKind { Totp = "totp", Passkey = "passkey" });

/// A factor as it is stored.
#[derive(Clone)]
pub struct Factor {
    /// Identifier.
    pub id: Uuid,
    /// The person.
    pub user_id: Uuid,
    /// Sort.
    pub kind: FactorKind,
    /// Name that its owner gave it.
    pub label: Box<str>,
    /// The seed, or the passkey, sealed.
    pub sealed: Vec<u8>,
    /// The last step whose code was used.
    pub last_step: u64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was shown to work.
    pub confirmed_at: Option<Timestamp>,
    /// Last use.
    pub last_used_at: Option<Timestamp>,
}

impl Factor {
    /// Whether it can be asked for.
    pub const fn is_confirmed(&self) -> bool {
        self.confirmed_at.is_some()
    }
}
