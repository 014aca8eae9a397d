//! The end of a login: who has proven enough gets a new session, and goes back to where they came from.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::core::Core;
use super::ending::Ending;
use super::facts::{By, note};
use super::knocking::{device_hash, name_hash};
use super::letters::{Said, Sending, Told, send};
use super::login::Login;
use super::model::{Factor, FactorPolicy, Pool, Session, User};
use super::progress::{Progress, Then};
use super::sessions::{Device, Sessions};
use crate::kernel::access::Acr;
use crate::kernel::problem::Problem;
use crate::platform::crypto::Opaque;
use crate::platform::db::Transaction;

/// A browser that somebody logged in with is known again for so long.
pub(super) const DEVICE_LIFE: Duration = Duration::from_secs(180 * 24 * 3600);

/// What is still missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// A proof by a factor that the person has.
    Factor,
    /// A factor: the person has none and the pool, or the application, asks for one.
    SetUp,
    /// Nothing.
    Nothing,
}

/// A login that is over.
pub(super) struct Concluded {
    /// Secret of the session's cookie.
    pub(super) secret: Opaque,
    /// Secret of the cookie that the browser is known again by.
    pub(super) device: String,
    /// Where to go.
    pub(super) to: String,
}

/// Concludes logins.
#[derive(Clone)]
pub(super) struct Concluding {
    core: Arc<Core>,
    sessions: Sessions,
    ending: Ending,
}

impl Concluding {
    pub(super) fn new(core: Arc<Core>) -> Self {
        Self {
            sessions: Sessions::new(Arc::clone(&core)),
            ending: Ending::new(Arc::clone(&core)),
            core,
        }
    }

    /// What this login still needs.
    pub(super) fn missing(
        pool: &Pool,
        login: &Login,
        progress: &Progress,
        factors: &[Factor],
    ) -> Missing {
        if progress.methods().acr() >= Acr::Mfa {
            return Missing::Nothing;
        }
        let wanted = login.demand.as_ref().and_then(|demand| demand.acr);
        let is_asked = wanted.is_some_and(|acr| acr >= Acr::Mfa) || progress.back.is_some();
        let has_factor = factors.iter().any(Factor::is_confirmed);
        match pool.second_factor {
            FactorPolicy::Off if !is_asked => Missing::Nothing,
            _ if has_factor => Missing::Factor,
            FactorPolicy::Required => Missing::SetUp,
            _ if is_asked => Missing::SetUp,
            FactorPolicy::Off | FactorPolicy::Optional => Missing::Nothing,
        }
    }

    /// Writes the session in the caller's transaction, with everything else that a login means; `None`
    /// when somebody was faster. The last statements of the transaction.
    pub(super) async fn conclude(
        &self,
        mut transaction: Transaction,
        pool: &Pool,
        login: &Login,
        mut progress: Progress,
        user: &User,
        from: &Origin<'_>,
    ) -> Result<Option<Concluded>, Problem> {
        let (core, now) = (&self.core, self.core.clock.now());
        let amr = progress.methods();
        let (session, secret) =
            self.sessions.start(&mut transaction, pool, user.id, amr, from.device).await?;
        progress.session = Some(session.id);
        if !progress.keep(core, &mut transaction, login).await? {
            return Ok(None);
        }
        if let Some(old) = from.old {
            // The browser's session of before: this one takes its place.
            self.ending.replaced(&mut transaction, old).await?;
        }
        core.store.set_last_login(&mut transaction, user.id, now).await?;
        let device = self.meet(&mut transaction, pool, user, from).await?;
        if login.demand.is_none() {
            core.store.delete_login(&mut transaction, &login.hash).await?;
        }
        let by = By::session(&session, &from.device.address);
        let more = json!({ "amr": session.amr.to_string() });
        note(core, &mut transaction, pool.id, "login", Some(user.id), &by, more).await?;
        core.commit(transaction).await?;
        metrics::counter!("identity_logins_total", "acr" => session.acr().code()).increment(1);
        Ok(Some(Concluded { secret, device, to: way_on(pool, login, &progress) }))
    }

    /// Knows the browser from now on; tells its owner of a new one.
    async fn meet(
        &self,
        transaction: &mut Transaction,
        pool: &Pool,
        user: &User,
        from: &Origin<'_>,
    ) -> Result<String, Problem> {
        let (core, now) = (&self.core, self.core.clock.now());
        let cookie = from
            .known_as
            .map_or_else(|| Opaque::draw("", &core.entropy).expose().to_owned(), str::to_owned);
        let hash = device_hash(pool, &name_hash(&user.email), &cookie);
        if core.store.is_another_device(transaction, &hash, user.id).await? {
            let said = Said::Told(Told::NewDevice {
                agent: &super::agents::named(&from.device.user_agent, user.locale),
                address: &from.device.address,
            });
            let event = format!("identity/device/{}", core.entropy.uuid_v7(now));
            let (to, locale) = (&*user.email, user.locale);
            let sending = Sending { event, to, locale, said, expires: None };
            send(core, transaction, pool, sending).await?;
        }
        core.store.meet_device(transaction, &hash, user.id, now).await?;
        Ok(cookie)
    }
}

/// The browser that logs in.
pub(super) struct Origin<'a> {
    pub(super) device: &'a Device,
    /// The cookie that it is known again by, if it has one.
    pub(super) known_as: Option<&'a str>,
    /// Its session of before.
    pub(super) old: Option<&'a Session>,
}

/// Where a login leads that is over.
pub(super) fn way_on(pool: &Pool, login: &Login, progress: &Progress) -> String {
    let base = pool.path();
    if login.demand.is_some() {
        return format!("{base}/oauth2/authorize/continue?login={}", login.id.as_str());
    }
    if let Some(back) = &progress.back {
        return back.to_string();
    }
    match progress.then {
        None => format!("{base}/account"),
        Some(Then::Factors) => format!("{base}/account/factors"),
        Some(Then::Password) => format!("{base}/account/password"),
    }
}
