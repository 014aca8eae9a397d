//! Who knocks with a name and a password: one way in for the pages and for the password grant, with the
//! same counts, the same price and the same answer whether or not the name has an account.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::core::Core;
use super::facts::{By, note};
use super::hashing::Checked;
use super::issuing::{PasswordCheck, PasswordVerdict};
use super::model::{Email, Factor, FactorPolicy, Pool, User, email_hash};
use super::sessions::Device;
use super::throttle::{Admission, Counted, FREE, Throttle};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::Boxed;
use crate::platform::crypto::TokenHash;
use crate::platform::db::again;
use crate::platform::digest::sha256;

/// What was found out.
pub(super) enum Proof {
    /// This person, by password alone; their address may still be unconfirmed.
    Right(Box<User>),
    /// No such account, another password, or an account that is shut.
    Wrong,
    /// Too early: wait so long.
    Later(Duration),
}

/// Where a try comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct From<'a> {
    /// Address of the network.
    pub(super) address: Option<IpAddr>,
    /// The cookie that a browser got when somebody logged in with it.
    pub(super) device: Option<&'a str>,
}

/// Checks names and passwords.
#[derive(Clone)]
pub(super) struct Knocking {
    core: Arc<Core>,
    throttle: Throttle,
}

impl Knocking {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self { throttle: Throttle::new(Arc::clone(&core)), core }
    }

    /// Lets a network try, or says that it tries too much.
    pub(super) fn admit(&self, address: Option<IpAddr>) -> Result<(), Problem> {
        let Some(address) = address else { return Ok(()) };
        self.core.gate.admit(address).map_err(|wait| {
            metrics::counter!("identity_gate_closed_total").increment(1);
            Problem::new(Kind::TooMany).retry_after(wait)
        })
    }

    /// Whether this is the password of that name.
    pub(super) async fn prove(
        &self,
        pool: &Pool,
        name: &str,
        password: &str,
        from: From<'_>,
    ) -> Result<Proof, Problem> {
        // A place first: who cannot be served is not counted either.
        let place = self.core.hasher.place()?;
        let name = name_hash(name);
        let device = from.device.map(|cookie| device_hash(pool, &name, cookie));
        let known = match device {
            Some(device) => self.core.store.knows_device(&device).await?.then_some(device),
            None => None,
        };
        let counted = known.as_ref().map_or(Counted::Name(&name), Counted::Device);
        match self.throttle.count(pool, counted).await? {
            Admission::Later(wait) => return Ok(Proof::Later(wait)),
            Admission::Try(failures) if failures == FREE => self.locked(pool, &name, from).await?,
            Admission::Try(_) => {}
        }
        let found = self.core.store.user_by_name(pool.id, &name).await?;
        let (user, stored) = found.map_or((None, None), |(user, stored)| (Some(user), stored));
        let checked = place.check(password, stored.clone()).await?;
        let Some(user) = user.filter(|user| user.disabled_at.is_none()) else {
            return Ok(Proof::Wrong);
        };
        match checked {
            Checked::Wrong => return Ok(Proof::Wrong),
            Checked::Right => {}
            Checked::Old(new) => {
                let old = stored.unwrap_or_default();
                self.core.store.rehash_password(user.id, &old, &new).await?;
            }
        }
        self.throttle.forgive(pool, counted).await?;
        Ok(Proof::Right(Box::new(user)))
    }

    /// From here on each try has to wait: written down once in a row of failures, by the name's hash,
    /// which may be nobody's.
    async fn locked(&self, pool: &Pool, name: &TokenHash, from: From<'_>) -> Result<(), Problem> {
        metrics::counter!("identity_names_locked_total").increment(1);
        let address = from.address.map(|address| address.to_string()).unwrap_or_default();
        let by = By::visitor(&address);
        let more = json!({ "name": crate::platform::digest::hex(name) });
        again(|| async {
            let mut transaction = self.core.store.begin().await?;
            let (kind, more) = ("login.locked", more.clone());
            note(&self.core, &mut transaction, pool.id, kind, None, &by, more).await?;
            self.core.commit(transaction).await
        })
        .await
    }
}

/// The same for the password grant, which has no page to ask for anything else.
impl PasswordCheck for Knocking {
    fn check<'a>(
        &'a self,
        pool: &'a Pool,
        name: &'a str,
        password: &'a str,
        device: &'a Device,
    ) -> Boxed<'a, Result<PasswordVerdict, Problem>> {
        Box::pin(async move {
            let from = From { address: device.address.parse().ok(), device: None };
            if let Some(Err(wait)) = from.address.map(|address| self.core.gate.admit(address)) {
                return Ok(PasswordVerdict::Later(wait));
            }
            let user = match self.prove(pool, name, password, from).await? {
                Proof::Later(wait) => return Ok(PasswordVerdict::Later(wait)),
                Proof::Right(user) if user.is_open() => user,
                Proof::Right(_) | Proof::Wrong => return Ok(PasswordVerdict::Wrong),
            };
            let has_factor = match pool.second_factor {
                FactorPolicy::Off => false,
                FactorPolicy::Required => true,
                FactorPolicy::Optional => {
                    let factors = self.core.store.factors(user.id).await?;
                    factors.iter().any(Factor::is_confirmed)
                }
            };
            Ok(if has_factor {
                PasswordVerdict::SecondFactorNeeded
            } else {
                PasswordVerdict::Right(user)
            })
        })
    }
}

/// What a typed name is counted under: an address by its rule, anything else by its letters.
pub(super) fn name_hash(name: &str) -> TokenHash {
    match name.parse::<Email>() {
        Ok(email) => email_hash(&email),
        Err(_) => sha256(&[name.trim().to_lowercase().as_bytes()]),
    }
}

/// A browser's cookie, for one name in one pool.
pub(super) fn device_hash(pool: &Pool, name: &TokenHash, cookie: &str) -> TokenHash {
    sha256(&[b"browser", pool.id.as_bytes(), name, cookie.as_bytes()])
}
