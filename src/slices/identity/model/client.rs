//! An application that asks for tokens of one pool.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::kernel::access::{Scopes, codes};
use crate::kernel::id::{Id, Sort};
use crate::platform::crypto::TokenHash;

/// Names the identifiers of applications.
pub struct App;

impl Sort for App {
    const PREFIX: &'static str = "app";
}

/// `client_id`: `app_…`.
pub type ClientId = Id<App>;

/// Whether an application can keep a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientKind {
    /// It cannot: mobile and browser applications.
    Public,
    /// It can: servers.
    Confidential,
}

codes!(ClientKind { Public = "public", Confidential = "confidential" });

/// A way to obtain tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grant {
    /// By a code that the browser brings (RFC 6749 §4.1), with PKCE.
    AuthorizationCode,
    /// By a refresh token.
    RefreshToken,
    /// On the application's own behalf.
    ClientCredentials,
    /// In the address's fragment: opened by two locks only.
    Implicit,
    /// By the password itself: opened by two locks only.
    Password,
}

codes!(Grant {
    AuthorizationCode = "authorization_code",
    RefreshToken = "refresh_token",
    ClientCredentials = "client_credentials",
    Implicit = "implicit",
    Password = "password",
});

/// An application as it is stored.
#[derive(Clone, Debug)]
pub struct Client {
    /// Identifier.
    pub id: Uuid,
    /// The pool whose people it serves.
    pub pool_id: Uuid,
    /// Name shown to people.
    pub name: Box<str>,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// Hashes of its secrets: two while one is being replaced.
    pub secrets: [Option<TokenHash>; 2],
    /// Where answers may go, exactly.
    pub redirect_uris: Vec<Box<str>>,
    /// Where a logout may lead, exactly.
    pub logout_uris: Vec<Box<str>>,
    /// The ways that it may take.
    pub grants: Vec<Grant>,
    /// The most that it may ask for.
    pub scopes: Scopes,
    /// Ours: no consent is asked.
    pub first_party: bool,
    /// The most that implicit and password grants give.
    pub legacy_scopes: Scopes,
    /// Until when it may take implicit and password grants: the other lock.
    pub legacy_until: Option<Timestamp>,
    /// Life of its access tokens, when not the pool's.
    pub access_ttl: Option<Duration>,
    /// Since when it is not served any more.
    pub disabled_at: Option<Timestamp>,
}

impl Client {
    /// `client_id` as it is written outside.
    pub fn public_id(&self) -> String {
        ClientId::from_uuid(self.id).to_string()
    }

    /// Whether it may take this way now. Implicit and password also need the pool's lock.
    pub fn may(&self, grant: Grant, now: Timestamp) -> bool {
        let is_open = match grant {
            Grant::Implicit | Grant::Password => self.legacy_until.is_some_and(|until| now < until),
            Grant::AuthorizationCode | Grant::RefreshToken | Grant::ClientCredentials => true,
        };
        is_open && self.disabled_at.is_none() && self.grants.contains(&grant)
    }
}
