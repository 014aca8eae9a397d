//! Passkeys (WebAuthn): a key that stays in its owner's device and is opened by a finger or a PIN, which
//! is always asked. What a browser was asked stays here, sealed, until it answers.
//!
//! The party that they are bound to is the host of our origin. An origin without a name (an address in
//! digits) has none: the pages then offer no passkey.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::TokenHash;
use crate::platform::db::Connection;
use crate::platform::digest::sha256;
use crate::slices::identity::core::Core;
use crate::slices::identity::model::{Factor, FactorKind, User};

/// What a browser is asked, and what we keep of it meanwhile.
pub(in super::super) struct Asked {
    /// For the page's script: JSON.
    pub(in super::super) options: String,
    /// For [`super::super::progress::Progress::passkey`].
    pub(in super::super) state: String,
}

#[derive(Serialize, Deserialize)]
enum State {
    Registration(PasskeyRegistration),
    OneOf(PasskeyAuthentication),
    Any(DiscoverableAuthentication),
}

/// Registers passkeys and checks them.
#[derive(Clone)]
pub(in super::super) struct Passkeys {
    core: Arc<Core>,
}

/// The party that passkeys are bound to; `None` when the origin has no name.
pub(in super::super) fn relying_party(origin: &str) -> Option<Webauthn> {
    let url: Url = origin.parse().ok()?;
    let host = url.domain()?.to_owned();
    WebauthnBuilder::new(&host, &url).ok()?.build().ok()
}

impl Passkeys {
    pub(in super::super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Whether this service can have any.
    pub(in super::super) fn are_possible(&self) -> bool {
        self.core.relying_party.is_some() && self.core.keyring.is_usable()
    }

    fn party(&self) -> Result<&Webauthn, Problem> {
        self.core.relying_party.as_ref().ok_or_else(|| Problem::new(Kind::NotFound))
    }

    /// Asks the browser for a new passkey. `login` is where the answer is waited for.
    pub(in super::super) fn ask_new(
        &self,
        login: &TokenHash,
        user: &User,
        known: &[Factor],
        brand: &str,
    ) -> Result<Asked, Problem> {
        let known = self.open_all(known)?;
        let known = known.iter().map(|(_, key)| key.cred_id().clone()).collect();
        let name = user.display_name();
        let (options, state) = self
            .party()?
            .start_passkey_registration(user.id, &user.email, &name, Some(known))
            .map_err(bug)?;
        let mut options = serde_json::to_value(options).map_err(bug)?;
        let public = &mut options["publicKey"];
        public["rp"]["name"] = json!(brand);
        // Kept in the device where it can be, so that it also works without a name typed first.
        public["authenticatorSelection"]["residentKey"] = json!("preferred");
        self.asked(login, &options, &State::Registration(state))
    }

    /// The new passkey of the browser's answer, not written yet; `None` when it does not fit.
    pub(in super::super) fn read_new(
        &self,
        login: &TokenHash,
        state: &str,
        answer: &str,
    ) -> Result<Option<Passkey>, Problem> {
        let Ok(State::Registration(state)) = self.open_state(login, state) else { return Ok(None) };
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else {
            return Ok(None);
        };
        let made = self.party()?.finish_passkey_registration(&answer, &state);
        Ok(made.map_err(|error| refused(&error)).ok())
    }

    /// Writes a new passkey in the caller's transaction; `false` when somebody has it already.
    pub(in super::super) async fn insert(
        &self,
        connection: &mut Connection,
        user: Uuid,
        label: &str,
        key: &Passkey,
    ) -> Result<bool, Problem> {
        let now = self.core.clock.now();
        let id = self.core.entropy.uuid_v7(now);
        let factor = Factor {
            id,
            user_id: user,
            kind: FactorKind::Passkey,
            label: label.chars().take(80).collect::<String>().into(),
            sealed: self.seal(id, key)?,
            last_step: 0,
            created_at: now,
            confirmed_at: Some(now),
            last_used_at: None,
        };
        let credential = credential_hash(key.cred_id().as_ref());
        match self.core.store.insert_factor(connection, &factor, Some(&credential)).await {
            Err(error) if error.is_duplicate() => Ok(false),
            done => done.map(|()| true).map_err(Problem::from),
        }
    }

    /// Asks the browser for one of this person's passkeys.
    pub(in super::super) fn ask_one_of(
        &self,
        login: &TokenHash,
        factors: &[Factor],
    ) -> Result<Asked, Problem> {
        let keys: Vec<Passkey> = self.open_all(factors)?.into_iter().map(|(_, key)| key).collect();
        let (options, state) = self.party()?.start_passkey_authentication(&keys).map_err(bug)?;
        self.asked(login, &serde_json::to_value(options).map_err(bug)?, &State::OneOf(state))
    }

    /// Asks the browser for any passkey that it has for us: it also says whose it is.
    pub(in super::super) fn ask_any(&self, login: &TokenHash) -> Result<Asked, Problem> {
        let (options, state) = self.party()?.start_discoverable_authentication().map_err(bug)?;
        let mut options = serde_json::to_value(options).map_err(bug)?;
        // A button asks, not the field of the name.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        self.asked(login, &options, &State::Any(state))
    }

    /// Whose passkey the answer claims to be of, before anything is checked.
    pub(in super::super) fn claimed_by(&self, answer: &str) -> Option<Uuid> {
        let answer: PublicKeyCredential = serde_json::from_str(answer).ok()?;
        let party = self.core.relying_party.as_ref()?;
        party.identify_discoverable_authentication(&answer).ok().map(|(user, _)| user)
    }

    /// Checks an answer against a person's factors and keeps what its use has changed, in the caller's
    /// transaction.
    pub(in super::super) async fn take(
        &self,
        connection: &mut Connection,
        login: &TokenHash,
        state: &str,
        factors: &[Factor],
        answer: &str,
    ) -> Result<bool, Problem> {
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else {
            return Ok(false);
        };
        let keys = self.open_all(factors)?;
        let used = keys.iter().find(|(_, key)| key.cred_id().as_ref() as &[u8] == answer.raw_id);
        let Some((factor, key)) = used else { return Ok(false) };
        let checked = match self.open_state(login, state) {
            Ok(State::OneOf(state)) => self.party()?.finish_passkey_authentication(&answer, &state),
            Ok(State::Any(state)) => {
                self.party()?.finish_discoverable_authentication_v2(&answer, state, key)
            }
            Ok(State::Registration(_)) | Err(_) => return Ok(false),
        };
        let result = match checked {
            Ok(result) if result.user_verified() => result,
            Ok(_) => return Ok(false),
            Err(error) => {
                refused(&error);
                return Ok(false);
            }
        };
        let mut key = key.clone();
        key.update_credential(&result);
        let sealed = self.seal(factor.id, &key)?;
        let now = self.core.clock.now();
        self.core.store.use_passkey(connection, factor.id, &sealed, now).await?;
        Ok(true)
    }

    fn asked(&self, login: &TokenHash, options: &Value, state: &State) -> Result<Asked, Problem> {
        let clear = serde_json::to_vec(state).map_err(bug)?;
        let place: [&[u8]; 2] = [b"login-passkey", login];
        let sealed = self.core.keyring.seal(&place, &clear, &self.core.entropy)?;
        Ok(Asked { options: options.to_string(), state: URL_SAFE_NO_PAD.encode(sealed) })
    }

    fn open_state(&self, login: &TokenHash, state: &str) -> Result<State, Problem> {
        let sealed = URL_SAFE_NO_PAD.decode(state).map_err(bug)?;
        let place: [&[u8]; 2] = [b"login-passkey", login];
        let clear = self.core.keyring.open(&place, &sealed)?;
        serde_json::from_slice(&clear).map_err(bug)
    }

    fn seal(&self, id: Uuid, key: &Passkey) -> Result<Vec<u8>, Problem> {
        let clear = serde_json::to_vec(key).map_err(bug)?;
        let place: [&[u8]; 2] = [b"factor", id.as_bytes()];
        Ok(self.core.keyring.seal(&place, &clear, &self.core.entropy)?)
    }

    fn open_all<'a>(&self, factors: &'a [Factor]) -> Result<Vec<(&'a Factor, Passkey)>, Problem> {
        let passkeys = factors.iter().filter(|f| f.kind == FactorKind::Passkey && f.is_confirmed());
        passkeys
            .map(|factor| {
                let place: [&[u8]; 2] = [b"factor", factor.id.as_bytes()];
                let clear = self.core.keyring.open(&place, &factor.sealed)?;
                Ok((factor, serde_json::from_slice(&clear).map_err(bug)?))
            })
            .collect()
    }
}

fn credential_hash(id: &[u8]) -> TokenHash {
    sha256(&[b"credential", id])
}

/// Somebody's passkey did not fit: nothing of ours is broken.
fn refused(error: &WebauthnError) {
    tracing::info!(%error, "a passkey was refused");
}

fn bug(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::new(Kind::Bug).cause(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_an_origin_with_a_name() {
        assert!(relying_party("https://assurly.example").is_some());
        assert!(relying_party("http://localhost:8080").is_some());
        assert!(relying_party("http://127.0.0.1:8080").is_none());
        assert!(relying_party("").is_none());
    }
}
