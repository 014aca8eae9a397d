//! The verdict on a token, step by step: whose it is, who signed it, when it is good, what it is, and
//! whether it was taken back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::task::TaskTracker;

use super::claims::Claims;
use super::issuer::{External, Tools};
use super::keys;
use super::profile::{self, Reading};
use super::settings::AccessSettings;
use super::token::{Token, bad};
use crate::kernel::access::{PoolKind, Principal, PrincipalKind};
use crate::platform::access::{
    Boxed, Caller, Denied, Link, LocalIssuers, LocalPool, Revocations, TokenNames, Verifier,
};
use crate::platform::clock::Clock;
use crate::platform::http::Fetcher;

/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 30;
/// How far ahead a token may have been issued.
const ISSUED_AHEAD: i64 = 60;
/// The longest life of a token of our own pools.
const LOCAL_AGE: i64 = 3600;
/// When to ask again for a pool of ours that cannot be read.
const SOON: Duration = Duration::from_secs(5);

/// Verifies tokens. Cheap to clone.
#[derive(Clone)]
pub struct Authorizer(Arc<Inner>);

struct Inner {
    external: HashMap<Arc<str>, Arc<External>>,
    local: Arc<dyn LocalIssuers>,
    revocations: Revocations,
    tools: Arc<Tools>,
}

impl Authorizer {
    /// Takes the tokens of these issuers. Nothing is fetched before the first token.
    pub fn new(
        settings: &AccessSettings,
        local: Arc<dyn LocalIssuers>,
        revocations: Revocations,
        clock: Clock,
    ) -> Self {
        let external = settings.issuers.iter().cloned().map(External::new);
        let external = external.map(|issuer| (issuer.name.clone(), Arc::new(issuer))).collect();
        let tools = Tools { clock, fetcher: Fetcher::default(), tasks: TaskTracker::new() };
        Self(Arc::new(Inner { external, local, revocations, tools: Arc::new(tools) }))
    }

    /// Who presents this token.
    ///
    /// # Errors
    /// The token is no good, or its issuer's keys were never seen.
    pub async fn verify(&self, text: &str) -> Result<Caller, Denied> {
        let token = Token::read(text)?;
        // Whoever holds a key must prove it too: we do not ask for such proofs, so we do not take
        // tokens that are good with one only.
        if token.claims.at("cnf").is_some() {
            return Err(bad("a token bound to a key"));
        }
        let issuer = token.claims.name("iss")?;
        match self.0.local.owns(issuer) {
            Some(slug) => self.verify_local(slug, issuer, &token).await,
            None => self.verify_external(issuer, &token).await,
        }
    }

    async fn verify_external(&self, issuer: &str, token: &Token<'_>) -> Result<Caller, Denied> {
        let of = self.0.external.get(issuer).ok_or(bad("an unknown issuer"))?;
        if !of.settings.algs.contains(&token.algorithm) {
            return Err(bad("an algorithm that this issuer does not use"));
        }
        of.check(token, &self.0.tools).await?;
        let now = self.0.tools.clock.now();
        let longest = i64::try_from(of.settings.max_token_age_s).unwrap_or(i64::MAX);
        let dates = Dates::read(&token.claims, now, longest)?;
        let reading = profile::external(&of.settings, token.typ.as_deref(), &token.claims)?;
        let principal = principal(&of.name, of.settings.pool, &token.claims, reading, &dates)?;
        let principal = self.linked(principal).await?;
        // Of a pool that is not ours, nothing is ever told to us: there is nothing to be late with.
        Ok(Caller::known(principal, now, true))
    }

    async fn verify_local(
        &self,
        slug: &str,
        issuer: &str,
        token: &Token<'_>,
    ) -> Result<Caller, Denied> {
        let pool = self.0.local.pool(slug).await.map_err(|problem| Denied::KeysUnknown {
            retry_after: problem.retry_after.unwrap_or(SOON),
            cause: problem.cause.unwrap_or_default(),
        })?;
        let pool = pool.filter(|pool| *pool.issuer == *issuer).ok_or(bad("an unknown pool"))?;
        let key = keys::choose(&pool.keys, token)?.ok_or(bad("an unknown kid"))?;
        if !key.takes(token.algorithm) {
            return Err(bad("a key of another algorithm"));
        }
        keys::check(key, token)?;
        let now = self.0.tools.clock.now();
        let dates = Dates::read(&token.claims, now, LOCAL_AGE)?;
        let reading = profile::local(&pool.audience, token.typ.as_deref(), &token.claims)?;
        self.check_not_taken_back(&pool, &token.claims, &dates)?;
        let principal = principal(&pool.issuer, pool.kind, &token.claims, reading, &dates)?;
        let principal = self.linked(principal).await?;
        Ok(Caller::known(principal, now, self.0.revocations.are_known(now)))
    }

    /// The person behind an account that its owner linked to one of ours. Programs are linked to nobody.
    async fn linked(&self, mut principal: Principal) -> Result<Principal, Denied> {
        if principal.kind == PrincipalKind::User {
            principal.linked = match self.0.local.link(principal.person()).await {
                Link::None => None,
                Link::To(account) => Some(account),
                Link::Shut => return Err(bad("linked to an account that is shut")),
            };
        }
        Ok(principal)
    }

    fn check_not_taken_back(
        &self,
        pool: &LocalPool,
        claims: &Claims,
        dates: &Dates,
    ) -> Result<(), Denied> {
        let names = TokenNames {
            issuer: &pool.issuer,
            subject: claims.name("sub")?,
            session: claims.text("sid")?,
            token: Some(claims.name("jti")?),
            issued_at: dates.issued_at,
        };
        if self.0.revocations.is_revoked(&names) { Err(bad("taken back")) } else { Ok(()) }
    }
}

impl Verifier for Authorizer {
    fn verify<'a>(&'a self, token: &'a str) -> Boxed<'a, Result<Caller, Denied>> {
        Box::pin(self.verify(token))
    }
}

/// The dates of a token that is good now.
struct Dates {
    issued_at: Timestamp,
    expires: Timestamp,
    auth_time: Option<Timestamp>,
}

impl Dates {
    /// In whole seconds, as tokens count; no sum can overflow, whatever a token says.
    fn read(claims: &Claims, now: Timestamp, longest: i64) -> Result<Self, Denied> {
        let expires = claims.needed_date("exp")?;
        let issued_at = claims.needed_date("iat")?;
        let (not_before, auth_time) = (claims.date("nbf")?, claims.date("auth_time")?);
        let ahead = |date: Timestamp| date.as_second() - now.as_second();
        if ahead(expires) <= -LEEWAY {
            return Err(bad("expired"));
        }
        if not_before.is_some_and(|date| ahead(date) > LEEWAY) {
            return Err(bad("not good yet"));
        }
        if [Some(issued_at), auth_time].into_iter().flatten().any(|date| ahead(date) > ISSUED_AHEAD)
        {
            return Err(bad("issued in the future"));
        }
        let life = expires.as_second() - issued_at.as_second();
        if !(1..=longest).contains(&life) {
            return Err(bad("a life that is too long, or none"));
        }
        Ok(Self { issued_at, expires, auth_time })
    }
}

fn principal(
    issuer: &Arc<str>,
    pool: PoolKind,
    claims: &Claims,
    reading: Reading,
    dates: &Dates,
) -> Result<Principal, Denied> {
    Ok(Principal {
        issuer: issuer.clone(),
        pool,
        subject: claims.name("sub")?.into(),
        client: reading.client.into(),
        kind: reading.kind,
        scopes: reading.scopes,
        linked: None,
        groups: reading.groups,
        acr: reading.acr,
        auth_time: dates.auth_time,
        expires: dates.expires,
    })
}
