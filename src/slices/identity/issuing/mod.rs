//! Granting: what the rules of `grants` decide is done here, each act in one transaction. Codes and
//! refresh tokens are spent behind a row's lock, so that however many come at once, one of them wins.
//!
//! What must be read for an answer is read before its transaction begins: a transaction that waited for
//! a second connection could wait for itself.

mod authorize;
mod consent;
mod endings;
mod exchange;
mod legacy;
mod lookup;
mod refreshing;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::core::Core;
use super::grants::{OAuthError, Setting, TokenRequest};
use super::keys::PoolKeys;
use super::keys::schedule::LONGEST_TOKEN;
use super::model::{Client, ErrorCode, Pool, User};
use super::sessions::Device;
use super::tokens::Mint;
use crate::kernel::access::Scopes;
use crate::kernel::problem::Problem;
use crate::platform::crypto::Opaque;
use crate::platform::db::{Contended, DbError, again};

pub(super) use authorize::{Unanswered, Unasked};
pub use legacy::{PasswordCheck, PasswordVerdict};

/// Grants tokens. Cheap to clone.
#[derive(Clone)]
pub(super) struct Grants {
    core: Arc<Core>,
    passwords: Option<Arc<dyn PasswordCheck>>,
}

/// Why no token is given.
#[derive(Debug)]
pub(super) enum TokenError {
    /// The request is refused.
    Refused(OAuthError),
    /// Too many wrong passwords: not before so long.
    Later(Duration),
    /// A tool failed.
    Failed(Problem),
}

impl From<OAuthError> for TokenError {
    fn from(error: OAuthError) -> Self {
        Self::Refused(error)
    }
}

impl From<Problem> for TokenError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<DbError> for TokenError {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl Contended for TokenError {
    fn is_contended(&self) -> bool {
        matches!(self, Self::Failed(problem) if problem.contended)
    }
}

/// The answer of the token endpoint (RFC 6749 §5.1).
#[derive(Serialize)]
pub(super) struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    scope: String,
}

/// What every signature of one answer needs.
struct Desk {
    issuer: String,
    api: String,
    keys: Arc<PoolKeys>,
    now: Timestamp,
}

impl Desk {
    fn mint<'a>(&'a self, pool: &'a Pool, client: &'a Client) -> Mint<'a> {
        let life = client.access_ttl.unwrap_or(pool.access_ttl).min(LONGEST_TOKEN);
        let Self { issuer, api, keys, now } = self;
        Mint { client, issuer, api, keys, now: *now, life }
    }
}

impl Grants {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core, passwords: None }
    }

    pub(super) fn with_passwords(mut self, check: Arc<dyn PasswordCheck>) -> Self {
        self.passwords = Some(check);
        self
    }

    async fn desk(&self, pool: &Pool) -> Result<Desk, Problem> {
        Ok(Desk {
            issuer: pool.issuer(&self.core.origin),
            api: self.core.api(),
            keys: self.core.keys(pool).await?,
            now: self.core.clock.now(),
        })
    }

    /// What requests of this pool are held against.
    pub(super) fn setting<'a>(&self, pool: &'a Pool, api: &'a str) -> Setting<'a> {
        Setting { pool, api, now: self.core.clock.now() }
    }

    /// A new identifier.
    fn id(&self) -> Uuid {
        self.core.entropy.uuid_v7(self.core.clock.now())
    }

    /// The person, unless the account is shut or has voided what was proven at `auth_time`; with their
    /// groups.
    async fn person(
        &self,
        pool: &Pool,
        user: Uuid,
        auth_time: Timestamp,
    ) -> Result<Option<(User, Vec<Box<str>>)>, DbError> {
        let found = self.core.store.user(pool.id, user).await?.map(|(user, _)| user);
        let is_good = |user: &User| user.not_before.is_none_or(|since| auth_time >= since);
        let Some(user) = found.filter(|user| user.is_open() && is_good(user)) else {
            return Ok(None);
        };
        let groups = self.core.store.groups(user.id).await?;
        Ok(Some((user, groups)))
    }

    /// Answers a token request of this application. An act that met others each time is refused, never
    /// done twice.
    pub(super) async fn token(
        &self,
        pool: &Pool,
        client: &Client,
        request: &TokenRequest<'_>,
        device: &Device,
    ) -> Result<TokenAnswer, TokenError> {
        match again(|| self.token_once(pool, client, request, device)).await {
            Err(error) if error.is_contended() => Err(OAuthError::grant().into()),
            answer => answer,
        }
    }

    async fn token_once(
        &self,
        pool: &Pool,
        client: &Client,
        request: &TokenRequest<'_>,
        device: &Device,
    ) -> Result<TokenAnswer, TokenError> {
        let (grant, answer) = match request {
            TokenRequest::Code { code, redirect_uri, verifier } => {
                let answer = self.exchange(pool, client, code, [redirect_uri, verifier]).await;
                ("authorization_code", answer)
            }
            TokenRequest::Refresh { token, scopes } => {
                ("refresh_token", self.refresh(pool, client, token, scopes.as_ref()).await)
            }
            TokenRequest::ClientCredentials { scopes } => {
                ("client_credentials", self.program(pool, client, scopes).await)
            }
            TokenRequest::Password { username, password, scopes } => {
                let who = [*username, *password];
                ("password", self.password(pool, client, who, scopes, device).await)
            }
        };
        if answer.is_ok() {
            metrics::counter!("oauth_grants_total", "grant" => grant).increment(1);
        }
        answer
    }

    /// The application on its own behalf.
    async fn program(
        &self,
        pool: &Pool,
        client: &Client,
        scopes: &Scopes,
    ) -> Result<TokenAnswer, TokenError> {
        // As it is stored now: what is remembered of it is no reason for a token, in an outage less than ever.
        let stored = self.core.store.client(pool.id, client.id).await?;
        if stored.is_none_or(|stored| stored.disabled_at.is_some()) {
            return Err(OAuthError::new(ErrorCode::InvalidClient, "no such application").into());
        }
        let desk = self.desk(pool).await?;
        let mint = desk.mint(pool, client);
        let access_token = mint.program(self.id(), scopes)?;
        Ok(TokenAnswer::new(&mint, access_token, scopes))
    }
}

impl TokenAnswer {
    fn new(mint: &Mint<'_>, access_token: String, scopes: &Scopes) -> Self {
        Self {
            access_token,
            token_type: "Bearer",
            expires_in: mint.life.as_secs(),
            refresh_token: None,
            id_token: None,
            scope: scopes.to_string(),
        }
    }

    fn refresh(mut self, token: Option<&Opaque>) -> Self {
        self.refresh_token = token.map(|token| token.expose().to_owned());
        self
    }
}
