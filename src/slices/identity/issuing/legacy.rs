//! The password grant: a person's password handed to a program (RFC 6749 §4.3). Behind two locks, never
//! with a refresh token, and with the weakest `acr`: what matters asks for more.

use std::sync::Arc;
use std::time::Duration;

use super::{Grants, TokenAnswer, TokenError};
use crate::kernel::access::{Acr, Scopes};
use crate::kernel::problem::Problem;
use crate::platform::access::Boxed;
use crate::slices::identity::grants::OAuthError;
use crate::slices::identity::model::{Amr, Client, Method, Pool, User};
use crate::slices::identity::sessions::Device;
use crate::slices::identity::tokens::Proof;

/// What became of a name and a password.
#[derive(Clone, Debug)]
pub enum PasswordVerdict {
    /// They are this person's.
    Right(Box<User>),
    /// They are nobody's.
    Wrong,
    /// They are right, and this person has a second factor.
    SecondFactorNeeded,
    /// Too many were wrong: not before so long.
    Later(Duration),
}

/// Checks a name and a password, with the throttles of the login page and in the same time for names
/// that nobody has.
pub trait PasswordCheck: Send + Sync + 'static {
    /// The verdict.
    fn check<'a>(
        &'a self,
        pool: &'a Pool,
        name: &'a str,
        password: &'a str,
        device: &'a Device,
    ) -> Boxed<'a, Result<PasswordVerdict, Problem>>;
}

impl Grants {
    /// A token for a name and a password.
    pub(super) async fn password(
        &self,
        pool: &Pool,
        client: &Client,
        [name, password]: [&str; 2],
        scopes: &Scopes,
        device: &Device,
    ) -> Result<TokenAnswer, TokenError> {
        let check = self.passwords.as_ref().map(Arc::clone).ok_or(OAuthError::grant())?;
        let user = match check.check(pool, name, password, device).await? {
            PasswordVerdict::Right(user) => user,
            // In the same words: that a password is right is not told to who cannot go on.
            PasswordVerdict::Wrong | PasswordVerdict::SecondFactorNeeded => {
                return Err(OAuthError::grant().into());
            }
            PasswordVerdict::Later(delay) => return Err(TokenError::Later(delay)),
        };
        let groups = self.core.store.groups(user.id).await?;
        let desk = self.desk(pool).await?;
        let mint = desk.mint(pool, client);
        let mut amr = Amr::default();
        amr.add(Method::Password);
        let proof = Proof { session: None, auth_time: desk.now, amr, acr: Acr::Legacy };
        let access = mint.access(self.id(), user.id, groups, &proof, scopes)?;
        metrics::counter!("legacy_grant_total", "grant" => "password").increment(1);
        Ok(TokenAnswer::new(&mint, access, scopes))
    }
}
