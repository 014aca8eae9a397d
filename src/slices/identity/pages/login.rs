//! `/pools/{pool}/login`: an address and a password, or a passkey.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Frame, sheet};
use super::visit::{Answer, Stop, Visit, come_back, in_words, set};
use crate::kernel::access::Acr;
use crate::platform::db::Transaction;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::concluding::{Concluding, Missing, Origin, way_on};
use crate::slices::identity::knocking::Proof;
use crate::slices::identity::login::Login;
use crate::slices::identity::model::{Factor, Method, User};
use crate::slices::identity::progress::Progress;
use crate::slices::identity::sessions::Current;
use crate::slices::identity::staff;

/// The page.
#[derive(Template)]
#[template(path = "identity/login.html")]
pub(super) struct LoginPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    /// Name of the application that waits; empty when there is none.
    pub(super) client: String,
    pub(super) sign_up: bool,
    pub(super) passkeys: bool,
}

sheet!(LoginPage, "Connectez-vous", "Log in", form);

pub(super) async fn show(visit: Visit) -> Answer {
    if visit.query.value("login").is_empty() {
        if let Some(back) = staff::way_back(visit.query.value(staff::BACK)) {
            return to_the_back_office(&visit, back).await;
        }
        return match visit.current().await? {
            Some(_) => Ok(Redirect::to(&format!("{}/account", visit.pool.path())).into_response()),
            None => visit.begin(&Progress::default(), "login").await,
        };
    }
    let (login, progress) = visit.open_login().await?;
    if let Some(way) = is_done(&visit, &login, &progress).await? {
        return Ok(Redirect::to(&way).into_response());
    }
    let hint = login.demand.as_ref().and_then(|demand| demand.hint.as_deref()).unwrap_or_default();
    Ok(page(&visit, &login, Form::new([("email", hint)])))
}

/// Who is logged in strongly enough goes on; anybody else proves again who they are.
async fn to_the_back_office(visit: &Visit, back: &str) -> Answer {
    match visit.current().await? {
        Some(current) if current.session.acr() >= Acr::Mfa => {
            Ok(Redirect::to(back).into_response())
        }
        current => {
            let back = Some(back.into());
            let progress = Progress { again: current.is_some(), back, ..Progress::default() };
            visit.begin(&progress, "login").await
        }
    }
}

/// Where to go at once: the login is over, or the browser's session is enough for it.
async fn is_done(
    visit: &Visit,
    login: &Login,
    progress: &Progress,
) -> Result<Option<String>, Stop> {
    let Some(current) = visit.current().await? else { return Ok(None) };
    let way = || Some(way_on(&visit.pool, login, progress));
    if progress.session == Some(current.session.id) {
        return Ok(way());
    }
    let demand = login.demand.as_ref();
    let is_enough = !progress.again
        && demand.is_none_or(|demand| {
            !demand.again && demand.acr.is_none_or(|acr| current.session.acr() >= acr)
        });
    Ok(if is_enough { way() } else { None })
}

fn page(visit: &Visit, login: &Login, form: Form) -> Response {
    let frame = visit.frame(login);
    let client = login.demand.as_ref().map(|demand| demand.client_name.to_string());
    let page = LoginPage {
        frame: frame.clone(),
        form,
        client: client.unwrap_or_default(),
        sign_up: visit.pool.sign_up,
        passkeys: visit.rooms.passkeys.are_possible(),
    };
    visit.show(page, &frame)
}

pub(super) async fn submit(visit: Visit, mut form: Form) -> Answer {
    let (login, mut progress) = visit.sent_login(&form).await?;
    visit.admit()?;
    let frame = visit.frame(&login);
    let (name, password) = (form.value("email").to_owned(), form.raw("password").to_owned());
    if name.is_empty() {
        form.refuse(
            "email",
            frame.say("Indiquez votre adresse e-mail", "Enter your e-mail address"),
        );
    }
    if password.is_empty() {
        form.refuse("password", frame.say("Indiquez votre mot de passe", "Enter your password"));
    }
    if !form.is_sound() {
        return Ok(page(&visit, &login, form));
    }
    match visit.rooms.knocking.prove(&visit.pool, &name, &password, visit.from()).await? {
        Proof::Wrong => {
            let message = frame.say(
                "L’adresse e-mail ou le mot de passe ne correspond pas",
                "The e-mail address or the password does not match",
            );
            form.refuse_group("email", "email", &["email", "password"], message);
            Ok(page(&visit, &login, form))
        }
        Proof::Later(wait) => {
            form.refuse_group("email", "", &[], too_many(&frame, wait));
            let mut answer = page(&visit, &login, form);
            *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            come_back(&mut answer, wait);
            Ok(answer)
        }
        Proof::Right(user) => {
            progress.user = None;
            progress.prove(user.id, Method::Password);
            go_on(&visit, &login, progress, &user).await
        }
    }
}

fn too_many(frame: &Frame, wait: std::time::Duration) -> String {
    format!(
        "{} {} {}",
        frame.say("Trop d’essais\u{a0}: recommencez dans", "Too many tries: start again in"),
        in_words(frame, wait),
        frame.say("ou choisissez un nouveau mot de passe", "or choose a new password"),
    )
}

/// The next step of somebody who has just proven something.
pub(super) async fn go_on(visit: &Visit, login: &Login, progress: Progress, user: &User) -> Answer {
    let factors = visit.rooms.core.store.factors(user.id).await?;
    let next = match Concluding::missing(&visit.pool, login, &progress, &factors) {
        Missing::Nothing => {
            let old = visit.current().await?;
            let transaction = visit.rooms.core.store.begin().await?;
            return conclude(visit, (transaction, old), login, progress, user).await;
        }
        Missing::Factor => "mfa",
        Missing::SetUp => "setup",
    };
    if !progress.keep_alone(&visit.rooms.core, login).await? {
        return Ok(again(visit, login));
    }
    let to = format!("{}/{next}?login={}", visit.pool.path(), login.id.as_str());
    Ok(Redirect::to(&to).into_response())
}

/// Somebody was faster in the same login, this person most likely: the login's page knows where to go.
pub(super) fn again(visit: &Visit, login: &Login) -> Response {
    let to = format!("{}/login?login={}", visit.pool.path(), login.id.as_str());
    Redirect::to(&to).into_response()
}

/// Ends the login and sends the browser on, with its session. The session of before is read before the
/// transaction begins: one that waited for a second connection could wait for itself.
pub(super) async fn conclude(
    visit: &Visit,
    (transaction, old): (Transaction, Option<Current>),
    login: &Login,
    progress: Progress,
    user: &User,
) -> Answer {
    let device = visit.device();
    let origin = Origin {
        device: &device,
        known_as: visit.known_as(),
        old: old.as_ref().map(|current| &current.session),
    };
    let concluding = &visit.rooms.concluding;
    let concluded =
        concluding.conclude(transaction, &visit.pool, login, progress, user, &origin).await?;
    let Some(concluded) = concluded else { return Ok(again(visit, login)) };
    let mut answer = Redirect::to(&concluded.to).into_response();
    visit.admit_browser(&mut answer, &concluded);
    Ok(answer)
}

/// The person of a login that has proven at least one thing; else the way to its beginning.
pub(super) async fn half_proven(
    visit: &Visit,
    login: &Login,
    progress: &Progress,
) -> Result<(User, Vec<Factor>), Stop> {
    let store = &visit.rooms.core.store;
    let found = match progress.user {
        Some(user) => store.user(visit.pool.id, user).await?,
        None => None,
    };
    let is_proven = progress.session.is_none() && !progress.amr.is_empty();
    match found {
        Some((user, _)) if is_proven && user.is_open() => {
            let factors = store.factors(user.id).await?;
            Ok((user, factors))
        }
        _ => Err(Stop::with(again(visit, login))),
    }
}

/// Adds the cookie of forms without a login.
pub(super) fn with_cookie(
    mut answer: Response,
    cookie: Option<axum::http::HeaderValue>,
) -> Response {
    set(&mut answer, cookie);
    answer
}
