//! What operators do with API keys. Each act is one transaction with its
//! event; a secret is handed out once and kept as its hash.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::error::AdmissionError;
use super::service::Admissions;
use super::store::{NewKeyRow, NewSecretRow, SecretRow, commit};
use crate::kernel::id::{Id, Sort};
use crate::platform::admission::{KEY_PREFIX, Networks};
use crate::platform::clock::date_in_paris;
use crate::platform::crypto::Opaque;
use crate::platform::db::Connection;

/// Names the identifiers of keys.
pub struct Key;

impl Sort for Key {
    const PREFIX: &'static str = "key";
}

/// Identifier of a key, `key_…`.
pub type KeyId = Id<Key>;

/// Live secrets of a key at most.
const SECRETS: usize = 2;

/// An application, by the issuer of its tokens and its name there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyOwner {
    /// The issuer of its tokens.
    pub issuer: String,
    /// Its name there.
    pub client: String,
}

/// A key to be made.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// Its plan.
    pub plan: String,
    /// Whose it is.
    pub owner: Option<KeyOwner>,
    /// Networks that it may come from.
    pub networks: Vec<String>,
    /// Its secret's end.
    pub expires: Option<Timestamp>,
}

/// A secret that was made: shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewSecret {
    /// The key.
    #[schema(example = "key_0190b4c0d5e27f3a8c1d2e3f4a5b6c7d")]
    pub id: String,
    /// The public part of the secret, by which lists name it.
    pub prefix: String,
    /// What goes into `X-Api-Key`. It is kept nowhere and never shown again.
    pub secret: String,
    /// Its end, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl Admissions {
    /// Makes a key with its first secret.
    ///
    /// # Errors
    /// No such plan, a value that cannot be taken, too many keys, or the database does not answer.
    pub async fn create_key(
        &self,
        author: &str,
        new: &NewKey,
    ) -> Result<NewSecret, AdmissionError> {
        let networks = checked(new)?;
        let now = self.0.clock.now();
        check_end(new.expires, now)?;
        let mut transaction = self.0.store.begin().await?;
        self.0.store.change(&mut transaction).await?;
        self.plan_exists(&mut transaction, &new.plan).await?;
        let keys = self.0.store.count_keys(&mut transaction).await?;
        if keys >= i64::from(self.0.settings.keys_max) {
            return Err(AdmissionError::TooMany);
        }
        let id = KeyId::from_uuid(self.0.entropy.uuid_v7(now));
        let owner = new.owner.as_ref().map(|it| (it.issuer.as_str(), it.client.as_str()));
        let (name, plan) = (new.name.trim(), new.plan.as_str());
        let row = NewKeyRow { id: id.uuid(), name, plan, owner, networks: &networks, now };
        self.0.store.insert_key(&mut transaction, &row).await?;
        let secret = self.new_secret(&mut transaction, id, new.expires).await?;
        let detail = json!({"name": name, "plan": plan, "owner": new.owner, "networks": networks,
            "prefix": secret.prefix, "expires": secret.expires});
        self.note(&mut transaction, author, ("key.create", &secret.id), &detail).await?;
        commit(transaction).await?;
        Ok(secret)
    }

    /// Gives a key a second secret; the first one lives on, until `old_ends` when that is given.
    ///
    /// # Errors
    /// No such key, two live secrets already, or the database does not answer.
    pub async fn rotate_key(
        &self,
        author: &str,
        id: KeyId,
        expires: Option<Timestamp>,
        old_ends: Option<Timestamp>,
    ) -> Result<NewSecret, AdmissionError> {
        let now = self.0.clock.now();
        check_end(expires, now)?;
        check_end(old_ends, now)?;
        let mut transaction = self.0.store.begin().await?;
        self.0.store.change(&mut transaction).await?;
        self.living(id).await?;
        let secrets = self.0.store.secrets(&mut transaction, id.uuid()).await?;
        let live: Vec<_> = secrets.iter().filter(|row| state(row, now) == "live").collect();
        if live.len() >= SECRETS {
            return Err(AdmissionError::TwoSecrets);
        }
        if let (Some(end), Some(old)) = (old_ends, live.first()) {
            let store = &self.0.store;
            store.expire_secret(&mut transaction, id.uuid(), &old.prefix, end).await?;
        }
        let secret = self.new_secret(&mut transaction, id, expires).await?;
        let detail = json!({"prefix": secret.prefix, "expires": secret.expires,
            "old_ends": old_ends.map(|at| at.to_string())});
        self.note(&mut transaction, author, ("key.rotate", &secret.id), &detail).await?;
        commit(transaction).await?;
        Ok(secret)
    }

    /// Ends a key, or one secret of it.
    ///
    /// # Errors
    /// No such key or live secret, or the database does not answer.
    pub async fn revoke_key(
        &self,
        author: &str,
        id: KeyId,
        prefix: Option<&str>,
    ) -> Result<(), AdmissionError> {
        let now = self.0.clock.now();
        let mut transaction = self.0.store.begin().await?;
        self.0.store.change(&mut transaction).await?;
        self.living(id).await?;
        let store = &self.0.store;
        match prefix {
            Some(prefix) => {
                if !store.revoke_secret(&mut transaction, id.uuid(), prefix, now).await? {
                    return Err(AdmissionError::NoSecret(prefix.into()));
                }
            }
            None => drop(store.revoke_key(&mut transaction, id.uuid(), now).await?),
        }
        let detail = json!({"prefix": prefix});
        self.note(&mut transaction, author, ("key.revoke", &id.to_string()), &detail).await?;
        Ok(commit(transaction).await?)
    }

    /// Puts a key on another plan, or lets it come from other networks.
    ///
    /// # Errors
    /// No such key or plan, a text that is no network, or the database does not answer.
    pub async fn change_key(
        &self,
        author: &str,
        id: KeyId,
        plan: Option<&str>,
        networks: Option<&[String]>,
    ) -> Result<(), AdmissionError> {
        let networks = networks.map(parsed).transpose()?;
        let mut transaction = self.0.store.begin().await?;
        self.0.store.change(&mut transaction).await?;
        self.living(id).await?;
        if let Some(plan) = plan {
            self.plan_exists(&mut transaction, plan).await?;
            self.0.store.set_plan(&mut transaction, id.uuid(), plan).await?;
        }
        if let Some(networks) = &networks {
            self.0.store.set_networks(&mut transaction, id.uuid(), networks).await?;
        }
        let detail = json!({"plan": plan, "networks": networks});
        self.note(&mut transaction, author, ("key.change", &id.to_string()), &detail).await?;
        Ok(commit(transaction).await?)
    }

    async fn new_secret(
        &self,
        on: &mut Connection,
        id: KeyId,
        expires: Option<Timestamp>,
    ) -> Result<NewSecret, AdmissionError> {
        let prefix = self.0.entropy.hex::<4>();
        let secret = Opaque::draw(&format!("{KEY_PREFIX}{prefix}_"), &self.0.entropy);
        let (hash, now) = (secret.hash(), self.0.clock.now());
        let row = NewSecretRow { key: id.uuid(), prefix: &prefix, hash: &hash, now, expires };
        self.0.store.insert_secret(on, &row).await?;
        let (id, expires) = (id.to_string(), expires.map(|at| at.to_string()));
        Ok(NewSecret { id, prefix, secret: secret.expose().to_owned(), expires })
    }

    async fn plan_exists(&self, on: &mut Connection, plan: &str) -> Result<(), AdmissionError> {
        let (_, rules) = self.stored_rules(on).await?;
        let known = rules.plans.contains_key(plan);
        if known { Ok(()) } else { Err(AdmissionError::NoPlan(plan.into())) }
    }

    /// The key exists and is not revoked. Changes come one after the other, so it stays so.
    async fn living(&self, id: KeyId) -> Result<(), AdmissionError> {
        let row = self.0.store.find_key(id.uuid()).await?;
        match row.filter(|row| row.revoked_at.is_none()) {
            Some(_) => Ok(()),
            None => Err(AdmissionError::NoKey(id.to_string().into())),
        }
    }
}

fn checked(new: &NewKey) -> Result<Vec<String>, AdmissionError> {
    let is_text = |text: &str, most: usize| {
        (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    };
    if !is_text(new.name.trim(), 80) {
        return Err(AdmissionError::Value("a key's name has 1 to 80 characters".into()));
    }
    let owner = new.owner.as_ref();
    if !owner.is_none_or(|it| is_text(&it.issuer, 255) && is_text(&it.client, 120)) {
        return Err(AdmissionError::Value("the owner is an issuer and an application".into()));
    }
    parsed(&new.networks)
}

fn parsed<T: AsRef<str>>(networks: &[T]) -> Result<Vec<String>, AdmissionError> {
    if networks.len() > 50 {
        return Err(AdmissionError::Value("a key has at most 50 networks".into()));
    }
    let networks = Networks::parse(networks);
    networks.map(|it| it.texts()).map_err(|error| AdmissionError::Value(error.to_string()))
}

fn check_end(end: Option<Timestamp>, now: Timestamp) -> Result<(), AdmissionError> {
    match end {
        Some(end) if end <= now => {
            let today = date_in_paris(now);
            Err(AdmissionError::Value(format!("an end that is over: today is {today}")))
        }
        _ => Ok(()),
    }
}

pub(super) fn state(row: &SecretRow, now: Timestamp) -> &'static str {
    if row.revoked_at.is_some() {
        "revoked"
    } else if row.expires_at.is_some_and(|end| end.0 <= now) {
        "expired"
    } else {
        "live"
    }
}
