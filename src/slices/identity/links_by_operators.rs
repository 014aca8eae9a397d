//! What operators see and undo of the links of an account. They make none: only who has logged in to both
//! accounts does.

use super::core::Identity;
use super::facts::By;
use super::linking::Linking;
use super::model::{Email, User, email_hash};
use super::users::UserError;
use crate::platform::digest::hex;

/// A link as operators see it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Linked {
    /// Its name.
    pub id: String,
    /// Issuer of the other account.
    pub issuer: String,
    /// Subject of the other account.
    pub subject: String,
    /// Since when.
    pub since: String,
}

impl Identity {
    /// What is linked to an account.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn links(&self, pool: &str, email: &str) -> Result<Vec<Linked>, UserError> {
        let user = self.named(pool, email).await?;
        let links = Linking::new(self.core.clone()).of(user.id).await?;
        let shown = links.into_iter().map(|link| Linked {
            id: hex(&link.hash),
            issuer: link.account.issuer.to_string(),
            subject: link.account.subject.to_string(),
            since: link.since.to_string(),
        });
        Ok(shown.collect())
    }

    /// Removes a link of an account; `false` when it has none of this name.
    ///
    /// # Errors
    /// [`UserError`].
    pub async fn remove_link(&self, pool: &str, email: &str, id: &str) -> Result<bool, UserError> {
        let user = self.named(pool, email).await?;
        let pool = self.core.pool(pool).await?;
        let linking = Linking::new(self.core.clone());
        let found = linking.of(user.id).await?.into_iter().find(|link| hex(&link.hash) == id);
        match found {
            Some(link) => Ok(linking.unlink(&pool, &user, &link.hash, &By::operator()).await?),
            None => Ok(false),
        }
    }

    async fn named(&self, pool: &str, email: &str) -> Result<User, UserError> {
        let pool = self.core.pool(pool).await?;
        let email: Email = email.parse()?;
        let found = self.core.store.user_by_name(pool.id, &email_hash(&email)).await?;
        Ok(found.ok_or(UserError::Unknown)?.0)
    }
}
