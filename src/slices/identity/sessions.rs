//! Browsers that are logged in: who they are, how a session begins and ends.
//!
//! The cookie is a secret of 256 bits; we keep its hash. A login always makes a new one, so a cookie
//! that was planted before opens nothing.

use std::sync::Arc;

use axum::http::HeaderMap;
use uuid::Uuid;

use super::core::Core;
use super::model::{Amr, Pool, Session, User};
use crate::kernel::problem::Problem;
use crate::platform::crypto::Opaque;
use crate::platform::db::Connection;
use crate::platform::web::cookies::Cookies;

/// Longest description of a browser that is kept.
const AGENT_SHOWN: usize = 200;

/// A session of this browser, with its person and the secret that its forms' word is made of.
pub(super) struct Current {
    pub(super) session: Session,
    pub(super) user: User,
    pub(super) cookie: String,
}

/// Where a login comes from, for the person to recognise it.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Address of the network.
    pub address: Box<str>,
    /// What the browser says of itself, cut short.
    pub user_agent: Box<str>,
}

impl Device {
    pub(super) fn new(address: &str, headers: &HeaderMap) -> Self {
        let agent = headers.get(axum::http::header::USER_AGENT);
        let agent = agent.and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self {
            address: address.chars().take(45).collect::<String>().into(),
            user_agent: agent.chars().take(AGENT_SHOWN).collect::<String>().into(),
        }
    }
}

/// Name of a pool's session cookie: one browser may be logged in to several pools.
pub(super) fn cookie_name(pool: &Pool) -> String {
    format!("session-{}", pool.slug)
}

/// Begins and reads sessions.
#[derive(Clone)]
pub(super) struct Sessions {
    core: Arc<Core>,
}

impl Sessions {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    fn cookies(&self) -> Cookies {
        Cookies::of(&self.core.origin)
    }

    /// Who is logged in to this pool with this browser.
    pub(super) async fn current(
        &self,
        pool: &Pool,
        headers: &HeaderMap,
    ) -> Result<Option<Current>, Problem> {
        let Some(cookie) = self.cookies().read(headers, &cookie_name(pool)) else {
            return Ok(None);
        };
        let now = self.core.clock.now();
        let session = self.core.store.session_by_token(&Opaque::hash_of(cookie)).await?;
        let Some(session) = session.filter(|session| session.is_live(pool, now)) else {
            return Ok(None);
        };
        let Some(user) = self.person(&session).await? else { return Ok(None) };
        if now >= session.last_seen_at + Session::SEEN_STEP {
            self.core.store.see_session(session.id, now).await?;
        }
        Ok(Some(Current { session, user, cookie: cookie.to_owned() }))
    }

    /// The session's person, unless the account is shut or the session is from before its last
    /// change of password.
    pub(super) async fn person(&self, session: &Session) -> Result<Option<User>, Problem> {
        let found = self.core.store.user(session.pool_id, session.user_id).await?;
        Ok(found.map(|(user, _)| user).filter(|user| {
            user.is_open() && user.not_before.is_none_or(|since| session.auth_time >= since)
        }))
    }

    /// Writes a new session inside the login's transaction; answers it with its cookie's secret.
    pub(super) async fn start(
        &self,
        connection: &mut Connection,
        pool: &Pool,
        user: Uuid,
        amr: Amr,
        device: &Device,
    ) -> Result<(Session, Opaque), Problem> {
        let now = self.core.clock.now();
        let secret = Opaque::draw("", &self.core.entropy);
        let session = Session {
            id: self.core.entropy.uuid_v7(now),
            pool_id: pool.id,
            user_id: user,
            auth_time: now,
            amr,
            created_at: now,
            last_seen_at: now,
            expires_at: now + pool.session_ttl,
            ended_at: None,
            address: device.address.clone(),
            user_agent: device.user_agent.clone(),
        };
        self.core.store.insert_session(connection, &session, &secret.hash()).await?;
        Ok((session, secret))
    }
}
