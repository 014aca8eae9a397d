//! A login under way in one browser: what an application asked, frozen, and how far the person is.
//!
//! The authorization endpoint opens one and sends the browser to the pool's pages; the pages prove who
//! the person is, step by step, and send the browser back to `…/oauth2/authorize/continue`. Two secrets
//! are needed to go on, the cookie of the browser and the name in the address, so that a link to a login
//! under way opens nothing elsewhere.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::core::Core;
use super::model::Pool;
use super::store::LoginRow;
use crate::kernel::access::Acr;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::{Opaque, TokenHash};
use crate::platform::web::cookies::Cookies;

/// A login that takes longer begins again.
pub(super) const LOGIN_LIFE: Duration = Duration::from_secs(3600);

/// What an application asks of a login, besides who the person is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Demand {
    /// Name of the application, to be shown.
    pub(super) client_name: Box<str>,
    /// The least strength; the pool may ask for more.
    pub(super) acr: Option<Acr>,
    /// A session that exists is not enough: the person proves again who they are.
    pub(super) again: bool,
    /// An address to begin with.
    pub(super) hint: Option<Box<str>>,
    /// The language that the application asks for.
    pub(super) locale: Option<Box<str>>,
    /// Origin that the answer goes to: forms that lead there must be allowed to.
    pub(super) return_origin: Option<Box<str>>,
    /// The request as it was checked, in the words of the room that checked it.
    pub(super) request: Value,
}

/// Names a login in the address.
#[derive(Clone, Debug)]
pub(super) struct LoginId(String);

/// A login that begins: where to send the browser, and the cookie to give it.
pub(super) struct Begun {
    pub(super) id: String,
    pub(super) cookie: Option<HeaderValue>,
}

/// A login that was found.
pub(super) struct Login {
    pub(super) id: LoginId,
    pub(super) hash: TokenHash,
    pub(super) demand: Option<Demand>,
    /// The document of the pages.
    pub(super) progress: Value,
    /// For [`super::store::Store::advance_login`].
    pub(super) version: u32,
    /// The browser's secret, that the word of its forms is made of.
    pub(super) cookie: String,
}

impl LoginId {
    /// The name as it stands in an address.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Opens and finds logins.
#[derive(Clone)]
pub(super) struct Logins {
    core: Arc<Core>,
}

impl Logins {
    pub(super) const fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    fn cookies(&self) -> Cookies {
        Cookies::of(&self.core.origin)
    }

    /// Opens a login; `demand` is `None` when the person came by themselves.
    pub(super) async fn begin(
        &self,
        pool: &Pool,
        demand: Option<&Demand>,
        headers: &HeaderMap,
    ) -> Result<Begun, Problem> {
        self.begin_with(pool, demand, &Value::Object(serde_json::Map::new()), headers).await
    }

    /// The same, with the document that the pages begin with.
    pub(super) async fn begin_with(
        &self,
        pool: &Pool,
        demand: Option<&Demand>,
        progress: &Value,
        headers: &HeaderMap,
    ) -> Result<Begun, Problem> {
        let now = self.core.clock.now();
        let (secret, _) = self.browser(pool, headers);
        let id = Opaque::draw("", &self.core.entropy).expose().to_owned();
        let request = demand.map(serde_json::to_value).transpose();
        let request = request.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        let life = [now, now + LOGIN_LIFE];
        let hash = hash(&secret, &id);
        self.core.store.insert_login(&hash, pool.id, request.as_ref(), progress, life).await?;
        let name = cookie_name(pool);
        Ok(Begun { id, cookie: self.cookies().set(&name, &secret, Some(LOGIN_LIFE)) })
    }

    /// The secret of this browser's logins, and the header that sets it when it is new. One for all of
    /// them: two tabs do not end each other's.
    pub(super) fn browser(
        &self,
        pool: &Pool,
        headers: &HeaderMap,
    ) -> (String, Option<HeaderValue>) {
        let name = cookie_name(pool);
        if let Some(known) = self.cookies().read(headers, &name) {
            return (known.to_owned(), None);
        }
        let secret = Opaque::draw("", &self.core.entropy).expose().to_owned();
        let cookie = self.cookies().set(&name, &secret, Some(LOGIN_LIFE));
        (secret, cookie)
    }

    /// The login of this name in this browser, while its time lasts.
    pub(super) async fn find(
        &self,
        pool: &Pool,
        id: &str,
        headers: &HeaderMap,
    ) -> Result<Option<Login>, Problem> {
        let cookie = self.cookies().read(headers, &cookie_name(pool));
        let Some(cookie) = cookie.filter(|_| id.len() <= 64) else { return Ok(None) };
        let hash = hash(cookie, id);
        let row = self.core.store.login(&hash).await?;
        let now = self.core.clock.now();
        let row = row.filter(|row| row.pool_id == pool.id && now < row.expires_at());
        row.map(|row| login(&row, id, hash, cookie)).transpose()
    }
}

fn login(row: &LoginRow, id: &str, hash: TokenHash, cookie: &str) -> Result<Login, Problem> {
    let demand = row.request().map(Demand::deserialize).transpose();
    Ok(Login {
        id: LoginId(id.to_owned()),
        hash,
        demand: demand.map_err(|error| Problem::new(Kind::Bug).cause(error))?,
        progress: row.progress().clone(),
        version: row.version,
        cookie: cookie.to_owned(),
    })
}

/// Name of the cookie of logins under way.
pub(super) fn cookie_name(pool: &Pool) -> String {
    format!("login-{}", pool.slug)
}

fn hash(cookie: &str, id: &str) -> TokenHash {
    crate::platform::digest::sha256(&[b"login", cookie.as_bytes(), id.as_bytes()])
}
