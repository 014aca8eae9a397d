//! One request for a page of a pool: what is known of it, and how it is answered.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::Rooms;
use super::frame::Frame;
use super::notice;
use crate::kernel::locale::Locale;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::cookies::Cookies;
use crate::platform::web::csrf;
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::page::{CachePolicy, Page, PageError, Sheet};
use crate::platform::web::policy;
use crate::slices::identity::concluding::{Concluded, DEVICE_LIFE};
use crate::slices::identity::facts::By;
use crate::slices::identity::knocking;
use crate::slices::identity::login::{Demand, Login};
use crate::slices::identity::model::Pool;
use crate::slices::identity::progress::Progress;
use crate::slices::identity::sessions::{self, Current, Device};

/// The language that a person has chosen is remembered for so long.
const LANGUAGE_LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Parameters of an address that the way to the other language keeps.
const KEPT: [&str; 4] = ["login", "lien", "par", "facteur"];

/// Why a handler stops: an answer that is not what was asked for.
pub(super) struct Stop(Box<Response>);

/// What a handler answers.
pub(super) type Answer = Result<Response, Stop>;

impl Stop {
    pub(super) fn with(answer: impl IntoResponse) -> Self {
        Self(Box::new(answer.into_response()))
    }
}

impl<E: Into<Problem>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::with(PageError(error.into()))
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A request for a page of a pool.
pub(super) struct Visit {
    pub(super) rooms: Rooms,
    pub(super) pool: Arc<Pool>,
    pub(super) headers: HeaderMap,
    pub(super) address: Option<IpAddr>,
    pub(super) query: Form,
    path: String,
}

impl FromRequestParts<Rooms> for Visit {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, rooms: &Rooms) -> Result<Self, Stop> {
        let slug = Path::<String>::from_request_parts(parts, rooms).await;
        let Path(slug) = slug.map_err(|_| Problem::new(Kind::NotFound))?;
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        Ok(Self {
            pool: rooms.core.pool(&slug).await?,
            rooms: rooms.clone(),
            headers: parts.headers.clone(),
            address: parts.extensions.get::<ClientAddress>().map(|address| address.0),
            query: Form::new(pairs),
            path: parts.uri.path().to_owned(),
        })
    }
}

impl Visit {
    pub(super) fn cookies(&self) -> Cookies {
        Cookies::of(&self.rooms.core.origin)
    }

    /// Address of the network, for the journal.
    pub(super) fn shown_address(&self) -> String {
        self.address.map(|address| address.to_string()).unwrap_or_default()
    }

    pub(super) fn device(&self) -> Device {
        Device::new(&self.shown_address(), &self.headers)
    }

    /// The cookie that this browser is known again by.
    pub(super) fn known_as(&self) -> Option<&str> {
        self.cookies().read(&self.headers, &device_cookie(&self.pool))
    }

    /// Where a name and a password come from.
    pub(super) fn from(&self) -> knocking::From<'_> {
        knocking::From { address: self.address, device: self.known_as() }
    }

    pub(super) fn by(&self) -> By {
        By::visitor(&self.shown_address())
    }

    /// Stops who tries too much.
    pub(super) fn admit(&self) -> Result<(), Stop> {
        Ok(self.rooms.knocking.admit(self.address)?)
    }

    // ---- Logins under way ----

    /// The login that the address, or the form, names.
    pub(super) async fn login(&self, form: Option<&Form>) -> Result<Option<Login>, Stop> {
        let id = form.unwrap_or(&self.query).value("login");
        if id.is_empty() {
            return Ok(None);
        }
        Ok(self.rooms.logins.find(&self.pool, id, &self.headers).await?)
    }

    /// The login of this page; else the page that says that there is none any more.
    pub(super) async fn open_login(&self) -> Result<(Login, Progress), Stop> {
        let Some(login) = self.login(None).await? else { return Err(notice::expired(self)) };
        let progress = Progress::of(&login)?;
        Ok((login, progress))
    }

    /// The login of this form, which is one of ours.
    pub(super) async fn sent_login(&self, form: &Form) -> Result<(Login, Progress), Stop> {
        let Some(login) = self.login(Some(form)).await? else {
            return Err(notice::expired(self));
        };
        self.is_ours(form, &login.cookie)?;
        let progress = Progress::of(&login)?;
        Ok((login, progress))
    }

    /// Opens a login and sends the browser to its first page.
    pub(super) async fn begin(&self, progress: &Progress, page: &str) -> Answer {
        let document = serde_json::to_value(progress);
        let document = document.map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        let logins = &self.rooms.logins;
        let begun = logins.begin_with(&self.pool, None, &document, &self.headers).await?;
        let chosen = Locale::of_tag(self.query.value("lang"));
        let chosen = chosen.map_or_else(String::new, |locale| format!("&lang={locale}"));
        let to = format!("{}/{page}?login={}{chosen}", self.pool.path(), begun.id);
        let mut answer = Redirect::to(&to).into_response();
        set(&mut answer, begun.cookie);
        Ok(answer)
    }

    /// The secret that forms without a login are bound to, and the header that sets it when it is new.
    pub(super) fn browser(&self) -> (String, Option<HeaderValue>) {
        self.rooms.logins.browser(&self.pool, &self.headers)
    }

    // ---- Sessions ----

    pub(super) async fn current(&self) -> Result<Option<Current>, Stop> {
        Ok(self.rooms.sessions.current(&self.pool, &self.headers).await?)
    }

    /// Who is logged in; else the way to the login.
    pub(super) async fn person(&self) -> Result<Current, Stop> {
        match self.current().await? {
            Some(current) => Ok(current),
            None => Err(Stop::with(Redirect::to(&format!("{}/login", self.pool.path())))),
        }
    }

    /// The same for a form, which is one of ours.
    pub(super) async fn sender(&self, form: &Form) -> Result<Current, Stop> {
        let current = self.person().await?;
        self.is_ours(form, &current.cookie)?;
        Ok(current)
    }

    /// Refuses a form that does not come from our own page.
    pub(super) fn is_ours(&self, form: &Form, secret: &str) -> Result<(), Stop> {
        let sent = form.value(csrf::FIELD);
        if csrf::is_ours(&self.headers, &self.rooms.core.origin, secret, sent) {
            return Ok(());
        }
        metrics::counter!("identity_foreign_forms_total").increment(1);
        Err(notice::foreign(self))
    }

    // ---- Answers ----

    /// The language of the answer: what the person asks for here, else what the application asked for,
    /// else what the person chose before, else what the browser prefers.
    pub(super) fn locale(&self, demand: Option<&Demand>) -> Locale {
        let header = self.headers.get(header::ACCEPT_LANGUAGE);
        let asked = demand.and_then(|demand| demand.locale.as_deref());
        Locale::of_tag(self.query.value("lang"))
            .or_else(|| asked.and_then(Locale::preferred))
            .or_else(|| self.cookies().read(&self.headers, "lang").and_then(Locale::of_tag))
            .or_else(|| header.and_then(|list| list.to_str().ok()).and_then(Locale::preferred))
            .unwrap_or_default()
    }

    /// The frame of a page without a login and without a session.
    pub(super) fn bare_frame(&self) -> Frame {
        self.frame_of(None, "")
    }

    /// The frame of a page of this login.
    pub(super) fn frame(&self, login: &Login) -> Frame {
        let mut frame = self.frame_of(login.demand.as_ref(), &login.cookie);
        login.id.as_str().clone_into(&mut frame.login);
        frame.switch = self.switch(frame.locale, login.id.as_str());
        frame
    }

    /// The frame of a page of who is logged in.
    pub(super) fn own_frame(&self, current: &Current) -> Frame {
        let mut frame = self.frame_of(None, &current.cookie);
        let told = match self.query.value("fait") {
            "profil" => frame.say("C’est enregistré.", "Saved."),
            "mot-de-passe" => {
                frame.say("Votre mot de passe a changé.", "Your password has changed.")
            }
            "ajout" => frame.say("La preuve est ajoutée.", "The proof is added."),
            "retrait" => frame.say("C’est retiré.", "Removed."),
            "session" => frame.say("L’appareil est déconnecté.", "The device is logged out."),
            "autres" => frame
                .say("Les autres appareils sont déconnectés.", "The other devices are logged out."),
            "lien" => frame.say("Le lien est retiré.", "The link is removed."),
            _ => "",
        };
        frame.told = told.to_owned();
        frame
    }

    pub(super) fn frame_of(&self, demand: Option<&Demand>, secret: &str) -> Frame {
        let locale = self.locale(demand);
        let origin = demand.and_then(|demand| demand.return_origin.as_deref());
        Frame {
            area: self.pool.name(locale).to_owned(),
            accent: self.pool.accent.to_string(),
            base: self.pool.path(),
            locale,
            word: csrf::word(secret),
            switch: self.switch(locale, ""),
            return_origin: origin.unwrap_or_default().to_owned(),
            ..Frame::default()
        }
    }

    /// This page in the other language.
    fn switch(&self, locale: Locale, login: &str) -> String {
        let other = if locale == Locale::Fr { "en" } else { "fr" };
        let kept = KEPT.iter().map(|name| (*name, self.query.value(name)));
        let mut pairs: Vec<(&str, &str)> = kept.filter(|(_, value)| !value.is_empty()).collect();
        if !login.is_empty() && !pairs.iter().any(|(name, _)| *name == "login") {
            pairs.push(("login", login));
        }
        pairs.push(("lang", other));
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        format!("{}?{query}", self.path)
    }

    /// A page: kept by nobody, whose forms lead where the login does.
    pub(super) fn show<T: Template + Sheet>(&self, page: T, frame: &Frame) -> Response {
        self.envelope(Page::new(page), frame)
    }

    /// The same with another status.
    pub(super) fn show_as<T: Template + Sheet>(
        &self,
        status: StatusCode,
        page: T,
        frame: &Frame,
    ) -> Response {
        self.envelope(Page::new(page).status(status), frame)
    }

    fn envelope<T: Template + Sheet>(&self, page: Page<T>, frame: &Frame) -> Response {
        let mut answer = page.cache(CachePolicy::Never).into_response();
        let policy = policy::with_forms_to(&frame.return_origin);
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        if let Some(chosen) = Locale::of_tag(self.query.value("lang")) {
            set(&mut answer, self.cookies().set("lang", chosen.code(), Some(LANGUAGE_LIFE)));
        }
        answer
    }

    /// Gives the browser the cookies of a login that is over.
    pub(super) fn admit_browser(&self, answer: &mut Response, concluded: &Concluded) {
        let (cookies, pool) = (self.cookies(), &self.pool);
        let session = cookies.set(&sessions::cookie_name(pool), concluded.secret.expose(), None);
        set(answer, session);
        set(answer, cookies.set(&device_cookie(pool), &concluded.device, Some(DEVICE_LIFE)));
    }
}

/// Adds a cookie to an answer.
pub(super) fn set(answer: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A form that is refused because it comes too early: when to come back.
pub(super) fn come_back(answer: &mut Response, wait: Duration) {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
}

/// How long to wait, in words.
pub(super) fn in_words(frame: &Frame, wait: Duration) -> String {
    let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
    let (count, one, many) = if seconds < 60 {
        (seconds, frame.say("seconde", "second"), frame.say("secondes", "seconds"))
    } else {
        (seconds.div_ceil(60), frame.say("minute", "minute"), frame.say("minutes", "minutes"))
    };
    format!("{count}\u{a0}{}", if count > 1 { many } else { one })
}

fn device_cookie(pool: &Pool) -> String {
    format!("device-{}", pool.slug)
}
