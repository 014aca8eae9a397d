//! What an account holds of its person, for that person alone (GDPR art. 15 and 20). No secret is in it: a password
//! is only said to be there, a second factor by its name.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::core::Identity;
use super::model::{Email, Pool, User, email_hash};
use crate::kernel::problem::Problem;

/// An account and what came of it.
#[derive(Serialize)]
pub struct HeldAccount {
    /// Identifier.
    id: Uuid,
    email: Box<str>,
    email_verified_at: Option<Timestamp>,
    given_name: Option<Box<str>>,
    family_name: Option<Box<str>>,
    /// Language of its messages.
    locale: &'static str,
    has_password: bool,
    disabled_at: Option<Timestamp>,
    groups: Vec<Box<str>>,
    second_factors: Vec<HeldFactor>,
    recovery_codes_left: i64,
    /// Browsers that are logged in.
    sessions: Vec<HeldSession>,
    /// Applications that they allowed.
    applications: Vec<HeldConsent>,
    /// Their accounts elsewhere.
    linked_accounts: Vec<HeldLink>,
}

#[derive(Serialize)]
struct HeldFactor {
    kind: &'static str,
    label: Box<str>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct HeldSession {
    created_at: Timestamp,
    last_seen_at: Timestamp,
    expires_at: Timestamp,
    /// How they proved who they are (RFC 8176).
    methods: String,
    /// Address of the network that it began from.
    address: Box<str>,
    /// What the browser said of itself.
    user_agent: Box<str>,
}

#[derive(Serialize)]
struct HeldConsent {
    application: Box<str>,
    scopes: String,
    granted_at: Timestamp,
}

#[derive(Serialize)]
struct HeldLink {
    issuer: Box<str>,
    subject: Box<str>,
    since: Timestamp,
}

impl Identity {
    /// What the account of this pool with this address holds; `None` when there is none.
    ///
    /// # Errors
    /// No such pool; the database does not answer.
    pub async fn held_at(&self, pool: &str, email: &str) -> Result<Option<HeldAccount>, Problem> {
        let pool = self.core.pool(pool).await?;
        let Ok(email) = email.parse::<Email>() else { return Ok(None) };
        let found = self.core.store.user_by_name(pool.id, &email_hash(&email)).await?;
        self.held(&pool, found.map(|(user, _)| user)).await
    }

    /// The same of who is logged in.
    ///
    /// # Errors
    /// As [`Self::held_at`].
    pub async fn held_by(&self, pool: &str, user: Uuid) -> Result<Option<HeldAccount>, Problem> {
        let pool = self.core.pool(pool).await?;
        let found = self.core.store.user(pool.id, user).await?;
        self.held(&pool, found.map(|(user, _)| user)).await
    }

    async fn held(&self, pool: &Pool, user: Option<User>) -> Result<Option<HeldAccount>, Problem> {
        let (store, now) = (&self.core.store, self.core.clock.now());
        let Some(user) = user else { return Ok(None) };
        let factors = store.factors(user.id).await?.into_iter().map(|one| HeldFactor {
            kind: one.kind.code(),
            label: one.label,
            created_at: one.created_at,
            last_used_at: one.last_used_at,
        });
        let sessions = store.sessions(user.id, now).await?.into_iter();
        let sessions = sessions.filter(|one| one.is_live(pool, now)).map(|one| HeldSession {
            created_at: one.created_at,
            last_seen_at: one.last_seen_at,
            expires_at: one.expires_at,
            methods: one.amr.to_string(),
            address: one.address,
            user_agent: one.user_agent,
        });
        let applications = store.consents(user.id).await?.into_iter().map(|one| HeldConsent {
            application: one.client_name,
            scopes: one.scopes.to_string(),
            granted_at: one.granted_at,
        });
        let links = store.links(user.id).await?.into_iter().map(|one| HeldLink {
            issuer: (&*one.account.issuer).into(),
            subject: (&*one.account.subject).into(),
            since: one.since,
        });
        Ok(Some(HeldAccount {
            groups: store.groups(user.id).await?,
            recovery_codes_left: store.recovery_left(user.id).await?,
            id: user.id,
            email: user.email,
            email_verified_at: user.email_verified_at,
            given_name: user.given_name,
            family_name: user.family_name,
            locale: user.locale.code(),
            has_password: user.has_password,
            disabled_at: user.disabled_at,
            second_factors: factors.collect(),
            sessions: sessions.collect(),
            applications: applications.collect(),
            linked_accounts: links.collect(),
        }))
    }
}
