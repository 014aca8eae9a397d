//! Who a browser is logged in as, for the pages of other slices.

use axum::http::HeaderMap;
use uuid::Uuid;

use super::core::Identity;
use super::sessions::Sessions;
use crate::kernel::email::Email;
use crate::kernel::problem::Problem;
use crate::platform::access::Party;
use crate::platform::web::csrf;

/// Somebody who is logged in with this browser.
pub struct Visitor {
    /// Their account.
    pub user: Uuid,
    /// Whose things they see.
    pub party: Party,
    /// The address of their account, once they have proven it.
    pub address: Option<Email>,
    /// The word of the forms of this session.
    pub word: String,
    /// The session's secret, to check that word against.
    pub cookie: String,
}

impl Identity {
    /// Who is logged in to this pool with this browser.
    ///
    /// # Errors
    /// No such pool; the database does not answer.
    pub async fn visitor(
        &self,
        pool: &str,
        headers: &HeaderMap,
    ) -> Result<Option<Visitor>, Problem> {
        let pool = self.core.pool(pool).await?;
        let sessions = Sessions::new(std::sync::Arc::clone(&self.core));
        let current = sessions.current(&pool, headers).await?;
        Ok(current.map(|current| Visitor {
            user: current.user.id,
            party: Party::named(&pool.issuer(&self.core.origin), &current.user.id.to_string()),
            address: current
                .user
                .email_verified_at
                .and_then(|_| current.user.email.parse::<Email>().ok()),
            word: csrf::word(&current.cookie),
            cookie: current.cookie,
        }))
    }
}
