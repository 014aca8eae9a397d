//! Sessions of our staff, as the back office asks for them: the hosted session of one pool, by its
//! cookie. The back office knows neither the pool nor the cookie.

use std::sync::Arc;

use axum::http::HeaderMap;

use super::core::{Core, Identity};
use super::sessions::Sessions;
use crate::kernel::problem::Problem;
use crate::platform::access::Boxed;
use crate::platform::backoffice::{ROOT, StaffSession, StaffSessions};
use crate::platform::web::csrf;

/// The pool whose people are let into the back office.
const POOL: &str = "gestion";

/// The parameter of the login's address that says where to come back to.
pub(super) const BACK: &str = "vers";

/// The door of sessions.
struct Door {
    core: Arc<Core>,
    sessions: Sessions,
}

impl Identity {
    /// Who of our staff is logged in, for the back office.
    pub fn staff(&self) -> Arc<dyn StaffSessions> {
        let sessions = Sessions::new(Arc::clone(&self.core));
        Arc::new(Door { core: Arc::clone(&self.core), sessions })
    }
}

impl Door {
    async fn find(&self, headers: &HeaderMap) -> Result<Option<StaffSession>, Problem> {
        let pool = self.core.pool(POOL).await?;
        let Some(current) = self.sessions.current(&pool, headers).await? else { return Ok(None) };
        let user = &current.user;
        Ok(Some(StaffSession {
            issuer: pool.issuer(&self.core.origin),
            subject: user.id.to_string(),
            name: user.display_name(),
            groups: self.core.store.groups(user.id).await?,
            acr: current.session.acr(),
            auth_time: current.session.auth_time,
            now: self.core.clock.now(),
            word: csrf::word(&current.cookie),
        }))
    }
}

impl StaffSessions for Door {
    fn current<'a>(
        &'a self,
        headers: &'a HeaderMap,
    ) -> Boxed<'a, Result<Option<StaffSession>, Problem>> {
        Box::pin(self.find(headers))
    }

    fn login(&self, back: &str) -> String {
        let query = serde_urlencoded::to_string([(BACK, back)]).unwrap_or_default();
        format!("/pools/{POOL}/login?{query}")
    }

    fn logout(&self) -> String {
        format!("/pools/{POOL}/account/logout")
    }

    fn account(&self) -> String {
        format!("/pools/{POOL}/account")
    }

    fn origin(&self) -> &str {
        &self.core.origin
    }
}

/// A page of the back office to come back to: one of our own addresses and nothing that a browser
/// could read as another host's.
pub(super) fn way_back(asked: &str) -> Option<&str> {
    let rest = asked.strip_prefix(ROOT)?;
    let is_below = rest.is_empty() || rest.starts_with(['/', '?']);
    let is_plain = rest.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (is_below && is_plain && !rest.contains("//")).then_some(asked)
}

#[cfg(test)]
mod tests {
    use super::way_back;

    #[test]
    fn a_login_leads_back_into_the_house_and_nowhere_else() {
        for right in ["/gestion", "/gestion/segments", "/gestion?x=1", "/gestion/a?b=%2F"] {
            assert_eq!(way_back(right), Some(right));
        }
        for wrong in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/gestion",
            "/gestion.evil.example",
            "/gestion//evil.example",
            "/gestion/\\evil.example",
            "/gestion/a b",
            "/gestion/\r\nLocation:x",
        ] {
            assert_eq!(way_back(wrong), None, "{wrong}");
        }
    }
}
