//! An account for somebody who proved their address elsewhere in the house: no password is asked, and
//! they log in by a link or a passkey later.

use serde_json::json;

use super::core::Identity;
use super::facts::{By, note};
use super::model::email_hash;
use super::store::NewUser;
use crate::kernel::email::Email;
use crate::kernel::locale::Locale;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::access::Party;
use crate::platform::db::Connection;

impl Identity {
    /// The party of the account with this address, made if there is none, in the caller's transaction.
    /// Only for an address that was just proven.
    ///
    /// # Errors
    /// No such pool; no address; the database does not answer.
    pub async fn enrol(
        &self,
        connection: &mut Connection,
        pool: &str,
        email: &str,
    ) -> Result<Party, Problem> {
        let (core, pool) = (&self.core, self.core.pool(pool).await?);
        let email: Email = email.parse().map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        let now = core.clock.now();
        let issuer = pool.issuer(&core.origin);
        let party = |id: uuid::Uuid| Party::named(&issuer, &id.to_string());
        let known = core.store.user_by_name_in(connection, pool.id, &email_hash(&email)).await?;
        if let Some((user, _)) = known {
            core.store.set_verified(connection, user.id, now).await?;
            return Ok(party(user.id));
        }
        let id = core.entropy.uuid_v7(now);
        let user = NewUser {
            id,
            pool_id: pool.id,
            name_hash: email_hash(&email),
            email: email.as_str(),
            email_verified_at: Some(now),
            given_name: None,
            family_name: None,
            locale: Locale::Fr,
            password: None,
        };
        core.store.insert_user(connection, &user, now).await?;
        let more = json!({ "by": "dossier" });
        note(core, connection, pool.id, "user.created", Some(id), &By::operator(), more).await?;
        Ok(party(id))
    }
}
