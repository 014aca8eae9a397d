//! How far a person is in a login under way: the document that the pages keep in its row.
//!
//! Every step is a compare-and-swap on the row's version: of two steps at once, one counts. Secrets in
//! it are hashed or sealed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::core::Core;
use super::login::Login;
use super::model::{Amr, Method};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::Connection;

/// What is proven, and what is waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    /// Who it is, as far as `amr` proves.
    pub(super) user: Option<Uuid>,
    /// By which methods.
    pub(super) amr: String,
    /// A session is not enough: the person proves again who they are.
    pub(super) again: bool,
    /// Page of the account to go to at the end.
    pub(super) then: Option<Then>,
    /// Page of the back office to go to at the end: who goes there proves twice who they are.
    pub(super) back: Option<Box<str>>,
    /// An account that waits for its address to be confirmed.
    pub(super) pending: Option<Pending>,
    /// A factor that is being set up.
    pub(super) factor: Option<Uuid>,
    /// What a passkey was asked, sealed.
    pub(super) passkey: Option<String>,
    /// The session that was begun: the login is over.
    pub(super) session: Option<Uuid>,
}

/// A page of the account that asks for a fresh login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Then {
    /// Second factors.
    Factors,
    /// Another password.
    Password,
}

/// An account that waits for its address to be confirmed: everything that was typed in this browser, so
/// that nobody else's answers are confirmed with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// The account; `None` when the address has one already, which nobody is told here.
    pub(super) user: Option<Uuid>,
    pub(super) email: Box<str>,
    pub(super) given_name: Box<str>,
    pub(super) family_name: Box<str>,
    /// PHC string of the password.
    pub(super) password: String,
    /// The link that was sent with the code.
    pub(super) ticket: Uuid,
    /// Hash of the code, the browser and the login.
    pub(super) code: String,
    /// Codes typed so far.
    pub(super) tries: u32,
    /// End of the code's life, microseconds since 1970.
    pub(super) until: i64,
}

impl Progress {
    pub(super) fn of(login: &Login) -> Result<Self, Problem> {
        let read = Self::deserialize(&login.progress);
        read.map_err(|error| Problem::new(Kind::Bug).cause(error))
    }

    pub(super) fn methods(&self) -> Amr {
        Amr::parse(&self.amr)
    }

    pub(super) fn prove(&mut self, user: Uuid, method: Method) {
        let mut amr = if self.user == Some(user) { self.methods() } else { Amr::default() };
        amr.add(method);
        self.user = Some(user);
        self.amr = amr.to_string();
    }

    /// Writes the step inside the caller's transaction; `false` when somebody was faster.
    pub(super) async fn keep(
        &self,
        core: &Core,
        connection: &mut Connection,
        login: &Login,
    ) -> Result<bool, Problem> {
        let document = serde_json::to_value(self);
        let document = document.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        Ok(core.store.advance_login(connection, &login.hash, login.version, &document).await?)
    }

    /// The same in a transaction of its own.
    pub(super) async fn keep_alone(&self, core: &Core, login: &Login) -> Result<bool, Problem> {
        let mut transaction = core.store.begin().await?;
        let kept = self.keep(core, &mut transaction, login).await?;
        core.commit(transaction).await?;
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_login_has_proven_nothing_and_another_person_starts_anew() {
        let mut progress: Progress =
            serde_json::from_value(serde_json::json!({})).expect("an empty document");
        assert_eq!(progress, Progress::default());
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        progress.prove(one, Method::Password);
        progress.prove(one, Method::Otp);
        assert_eq!(progress.amr, "pwd otp");
        progress.prove(other, Method::Password);
        assert_eq!((progress.user, progress.amr.as_str()), (Some(other), "pwd"));
    }
}
