//! Applications, registered by operators.

use std::time::Duration;

use uuid::Uuid;

use super::AdminError;
use crate::kernel::access::Scopes;
use crate::platform::crypto::Opaque;
use crate::platform::db::again;
use crate::slices::identity::Identity;
use crate::slices::identity::catalogue;
use crate::slices::identity::grants::registrable;
use crate::slices::identity::model::{Client, ClientKind, Grant};

/// More addresses than any application needs.
const MOST_URIS: usize = 20;

/// Applications read at a time.
const PAGE: u32 = 500;

/// An application to be registered.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Name shown to people.
    pub name: String,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// The ways that it may take.
    pub grants: Vec<Grant>,
    /// Where answers may go, exactly.
    pub redirect_uris: Vec<String>,
    /// Where a logout may lead, exactly.
    pub logout_uris: Vec<String>,
    /// The most that it may ask for, separated by spaces.
    pub scopes: String,
    /// Ours: no consent is asked.
    pub first_party: bool,
    /// Life of its access tokens, when not the pool's.
    pub access_ttl: Option<Duration>,
}

/// The scopes of a list, each of them one that exists.
pub(super) fn known_scopes(list: &str) -> Result<Scopes, AdminError> {
    let broken = AdminError::Rule("scopes are names separated by spaces, 50 at most");
    let scopes = Scopes::parse(list).ok_or(broken)?;
    if let Some(stranger) = scopes.iter().find(|name| catalogue::find(name).is_none()) {
        return Err(AdminError::Scope(stranger.into()));
    }
    Ok(scopes)
}

impl NewClient {
    fn check(&self) -> Result<Scopes, AdminError> {
        let has = |grant| self.grants.contains(&grant);
        let by_code = has(Grant::AuthorizationCode);
        let named = (1..=80).contains(&self.name.trim().chars().count());
        let few = self.redirect_uris.len() <= MOST_URIS && self.logout_uris.len() <= MOST_URIS;
        let lives = self.access_ttl.is_none_or(|it| (60..=3600).contains(&it.as_secs()));
        let confidential = self.kind == ClientKind::Confidential;
        for (is_right, rule) in [
            (named, "a name has 1 to 80 characters"),
            (few, "an application has at most 20 addresses of each sort"),
            (lives, "an access token lives 60 to 3600 seconds"),
            (!self.grants.is_empty(), "an application needs a grant"),
            (
                !has(Grant::Implicit) && !has(Grant::Password),
                "implicit and password are opened with `assurly identity legacy open`",
            ),
            (
                !has(Grant::ClientCredentials) || confidential,
                "client_credentials is for confidential applications",
            ),
            (!has(Grant::RefreshToken) || by_code, "refresh_token goes with authorization_code"),
            (!by_code || !self.redirect_uris.is_empty(), "authorization_code needs an address"),
        ] {
            if !is_right {
                return Err(AdminError::Rule(rule));
            }
        }
        for uri in self.redirect_uris.iter().chain(&self.logout_uris) {
            registrable(uri).map_err(|fault| AdminError::Uri(uri.as_str().into(), fault))?;
        }
        known_scopes(&self.scopes)
    }
}

fn boxed(texts: &[String]) -> Vec<Box<str>> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

impl Identity {
    /// Registers an application; with its secret, when it can keep one.
    ///
    /// # Errors
    /// There is no such pool, or a rule is broken.
    pub async fn add_client(
        &self,
        pool: &str,
        new: &NewClient,
    ) -> Result<(Client, Option<Opaque>), AdminError> {
        let scopes = new.check()?;
        let core = &self.core;
        let (pool, now) = (core.pool_to_change(pool).await?, core.clock.now());
        let confidential = new.kind == ClientKind::Confidential;
        let secret = confidential.then(|| Opaque::draw("cs_", &core.entropy));
        let client = Client {
            id: core.entropy.uuid_v7(now),
            pool_id: pool.id,
            name: new.name.trim().into(),
            kind: new.kind,
            secrets: [secret.as_ref().map(Opaque::hash), None],
            redirect_uris: boxed(&new.redirect_uris),
            logout_uris: boxed(&new.logout_uris),
            grants: new.grants.clone(),
            scopes,
            first_party: new.first_party,
            legacy_scopes: Scopes::default(),
            legacy_until: None,
            access_ttl: new.access_ttl,
            disabled_at: None,
        };
        let data = serde_json::json!({ "client": client.public_id(), "name": client.name });
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.insert_client(&mut transaction, &client, now).await?;
            core.done(transaction, &pool, "client.created", &data).await
        })
        .await?;
        Ok((client, secret))
    }

    /// Every application of a pool, the oldest first.
    ///
    /// # Errors
    /// There is no such pool, or the database does not answer.
    pub async fn pool_clients(&self, pool: &str) -> Result<Vec<Client>, AdminError> {
        let pool = self.core.pool_to_change(pool).await?;
        let mut clients: Vec<Client> = Vec::new();
        loop {
            let after = clients.last().map_or(Uuid::nil(), |client| client.id);
            let page = self.core.store.clients(pool.id, after, PAGE).await?;
            if page.is_empty() {
                return Ok(clients);
            }
            clients.extend(page);
        }
    }

    /// Serves an application no more, or again. Tokens that it has live until their end, an hour at
    /// most.
    ///
    /// # Errors
    /// There is no such pool or application.
    pub async fn enable_client(
        &self,
        pool: &str,
        id: &str,
        enabled: bool,
    ) -> Result<(), AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        let client = core.client_to_change(&pool, id).await?;
        let at = (!enabled).then(|| core.clock.now());
        let kind = if enabled { "client.enabled" } else { "client.disabled" };
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.set_client_disabled(&mut transaction, client.id, at).await?;
            core.done(transaction, &pool, kind, &serde_json::json!({ "client": id })).await
        })
        .await
    }

    /// Gives an application a new secret. The one before works until the next time, so that the
    /// application can be changed without a pause; `drop_old` ends it at once.
    ///
    /// # Errors
    /// There is no such pool or application, or it keeps no secret.
    pub async fn rotate_secret(
        &self,
        pool: &str,
        id: &str,
        drop_old: bool,
    ) -> Result<Opaque, AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        let client = core.client_to_change(&pool, id).await?;
        if client.kind == ClientKind::Public {
            return Err(AdminError::Rule("a public application keeps no secret"));
        }
        let secret = Opaque::draw("cs_", &core.entropy);
        let old = client.secrets[0].filter(|_| !drop_old);
        let data = serde_json::json!({ "client": id, "old_dropped": drop_old });
        again(|| async {
            let mut transaction = core.store.begin().await?;
            let secrets = [Some(secret.hash()), old];
            core.store.set_client_secrets(&mut transaction, client.id, secrets).await?;
            core.done(transaction, &pool, "client.secret", &data).await
        })
        .await?;
        Ok(secret)
    }
}
