//! An application of codes is set up: at the first login of a pool that asks for a second proof
//! (`/pools/{pool}/setup`), or by who is logged in (`/account/factors/application`). Then the recovery
//! codes are shown, once.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use uuid::Uuid;

use super::factors::fresh;
use super::frame::{Frame, sheet};
use super::login::{again, conclude, half_proven};
use super::mfa::has;
use super::qr::{Qr, picture};
use super::visit::{Answer, Stop, Visit};
use crate::kernel::problem::Problem;
use crate::platform::db::Connection;
use crate::platform::web::form::Form;
use crate::platform::web::page::{Sheet as _, brand};
use crate::slices::identity::concluding::{Concluding, Missing};
use crate::slices::identity::factors::shown;
use crate::slices::identity::facts::{By, note};
use crate::slices::identity::letters::{Said, Sending, Told, send};
use crate::slices::identity::login::Login;
use crate::slices::identity::model::{Factor, FactorKind, Method, User};

/// The picture to scan, and the first code.
#[derive(Template)]
#[template(path = "identity/setup.html")]
pub(super) struct SetupPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) action: String,
    /// The factor; empty when the login knows it.
    pub(super) factor: String,
    pub(super) qr: Qr,
    pub(super) secret: String,
    /// At the first login.
    pub(super) first: bool,
    pub(super) passkeys: bool,
    /// Where a passkey is made instead.
    pub(super) other: String,
}

sheet!(SetupPage, "Ajoutez une application de codes", "Add a code application", form);

/// The recovery codes.
#[derive(Template)]
#[template(path = "identity/codes.html")]
pub(super) struct CodesPage {
    pub(super) frame: Frame,
    pub(super) codes: Vec<String>,
    /// Where to go afterwards.
    pub(super) way: String,
}

sheet!(CodesPage, "Gardez ces codes de secours", "Keep these recovery codes");

// ---- At the first login ----

pub(super) async fn show(visit: Visit) -> Answer {
    let (login, mut progress) = visit.open_login().await?;
    let (user, factors) = half_proven(&visit, &login, &progress).await?;
    if Concluding::missing(&visit.pool, &login, &progress, &factors) != Missing::SetUp {
        return Ok(again(&visit, &login));
    }
    if let Some(factor) = waiting(&factors, progress.factor) {
        return page(&visit, &visit.frame(&login), &user, factor, Form::default());
    }
    let core = &visit.rooms.core;
    let mut transaction = core.store.begin().await?;
    progress.factor = Some(visit.rooms.totps.begin(&mut transaction, user.id).await?);
    if progress.keep(core, &mut transaction, &login).await? {
        core.commit(transaction).await?;
    }
    // Read again: the version of the login has changed, whoever changed it.
    let frame = visit.frame(&login);
    Ok(Redirect::to(&frame.to("setup")).into_response())
}

/// The factor that waits for its first code.
fn waiting(factors: &[Factor], id: Option<Uuid>) -> Option<&Factor> {
    let is_it = |factor: &&Factor| {
        Some(factor.id) == id && !factor.is_confirmed() && factor.kind == FactorKind::Totp
    };
    factors.iter().find(is_it)
}

fn page(visit: &Visit, frame: &Frame, user: &User, factor: &Factor, form: Form) -> Answer {
    let seed = visit.rooms.totps.seed(&visit.pool, user, factor, brand())?;
    let first = !frame.login.is_empty();
    let page = SetupPage {
        frame: frame.clone(),
        form,
        action: format!(
            "{}/{}",
            frame.base,
            if first { "setup" } else { "account/factors/application" }
        ),
        factor: if first { String::new() } else { factor.id.to_string() },
        qr: picture(&seed.address)?,
        secret: seed.groups,
        first,
        passkeys: first && visit.rooms.passkeys.are_possible(),
        other: frame.to("passkey"),
    };
    Ok(visit.show(page, frame))
}

pub(super) async fn submit(visit: Visit, mut form: Form) -> Answer {
    let (login, mut progress) = visit.sent_login(&form).await?;
    let (user, factors) = half_proven(&visit, &login, &progress).await?;
    visit.admit()?;
    let Some(factor) = waiting(&factors, progress.factor) else {
        return Ok(again(&visit, &login));
    };
    let core = &visit.rooms.core;
    let (codes, hashes) = visit.rooms.recovery.draw(user.id).await?;
    let old = visit.current().await?;
    let mut transaction = core.store.begin().await?;
    if !visit.rooms.totps.confirm(&mut transaction, factor, &typed(&form)).await? {
        refuse(&visit.frame(&login), &mut form);
        return page(&visit, &visit.frame(&login), &user, factor, form);
    }
    let now = core.clock.now();
    core.store.replace_recovery(&mut transaction, user.id, &hashes, now).await?;
    let by = By::person(user.id, Some(progress.methods().acr()), &visit.shown_address());
    added(&visit, &mut transaction, &user, FactorKind::Totp, &by).await?;
    progress.prove(user.id, Method::Otp);
    progress.factor = None;
    let done = conclude(&visit, (transaction, old), &login, progress, &user).await?;
    Ok(codes_after(&visit, &login, &codes, done))
}

/// The codes, on the way that the login has taken.
pub(super) fn codes_after(
    visit: &Visit,
    login: &Login,
    codes: &[String],
    done: Response,
) -> Response {
    let way = done.headers().get(axum::http::header::LOCATION);
    let way = way.and_then(|way| way.to_str().ok()).unwrap_or_default().to_owned();
    if !done.headers().contains_key(axum::http::header::SET_COOKIE) {
        // Somebody was faster: these codes are nobody's.
        return done;
    }
    let mut frame = visit.frame(login);
    frame.login.clear();
    let mut answer = codes_page(visit, &frame, codes, way);
    for cookie in done.headers().get_all(axum::http::header::SET_COOKIE) {
        answer.headers_mut().append(axum::http::header::SET_COOKIE, cookie.clone());
    }
    answer
}

pub(super) fn codes_page(visit: &Visit, frame: &Frame, codes: &[String], way: String) -> Response {
    let codes = codes.iter().map(|code| shown(code)).collect();
    visit.show(CodesPage { frame: frame.clone(), codes, way }, frame)
}

fn typed(form: &Form) -> String {
    form.value("code").chars().filter(|c| !c.is_whitespace()).collect()
}

fn refuse(frame: &Frame, form: &mut Form) {
    let message = if form.value("code").is_empty() {
        frame.say(
            "Saisissez le code affiché par l’application",
            "Enter the code that the application shows",
        )
    } else {
        frame.say(
            "Ce code ne correspond pas\u{a0}: vérifiez l’heure du téléphone, attendez le code suivant et recommencez",
            "This code does not match: check the phone’s time, wait for the next code and try again",
        )
    };
    form.refuse("code", message);
}

/// Writes down that a factor was added, and tells its owner.
pub(super) async fn added(
    visit: &Visit,
    connection: &mut Connection,
    user: &User,
    kind: FactorKind,
    by: &By,
) -> Result<(), Problem> {
    let core = &visit.rooms.core;
    let sending = Sending {
        event: format!("identity/factor/{}", core.entropy.uuid_v7(core.clock.now())),
        to: &user.email,
        locale: user.locale,
        said: Said::Told(Told::FactorAdded),
        expires: None,
    };
    send(core, connection, &visit.pool, sending).await?;
    let more = json!({ "kind": kind });
    note(core, connection, visit.pool.id, "factor.added", Some(user.id), by, more).await
}

// ---- By who is logged in ----

pub(super) async fn show_mine(visit: Visit) -> Answer {
    let current = visit.person().await?;
    fresh(&visit, &current).await?;
    let factors = visit.rooms.core.store.factors(current.user.id).await?;
    match waiting(&factors, visit.query.value("facteur").parse().ok()) {
        Some(factor) => {
            page(&visit, &visit.own_frame(&current), &current.user, factor, Form::default())
        }
        None => Err(Stop::with(Redirect::to(&list(&visit, "")))),
    }
}

fn list(visit: &Visit, done: &str) -> String {
    format!("{}/account/factors?fait={done}", visit.pool.path())
}

pub(super) async fn submit_mine(visit: Visit, mut form: Form) -> Answer {
    let current = visit.sender(&form).await?;
    fresh(&visit, &current).await?;
    visit.admit()?;
    let (core, user) = (&visit.rooms.core, &current.user);
    let factors = core.store.factors(user.id).await?;
    let Some(factor) = waiting(&factors, form.value("facteur").parse().ok()) else {
        return Ok(Redirect::to(&list(&visit, "")).into_response());
    };
    let is_first = !has(&factors, FactorKind::Totp) && !has(&factors, FactorKind::Passkey);
    let fresh_codes = if is_first { Some(visit.rooms.recovery.draw(user.id).await?) } else { None };
    let mut transaction = core.store.begin().await?;
    let frame = visit.own_frame(&current);
    if !visit.rooms.totps.confirm(&mut transaction, factor, &typed(&form)).await? {
        refuse(&frame, &mut form);
        return page(&visit, &frame, user, factor, form);
    }
    if let Some((_, hashes)) = &fresh_codes {
        core.store.replace_recovery(&mut transaction, user.id, hashes, core.clock.now()).await?;
    }
    let by = By::session(&current.session, &visit.shown_address());
    added(&visit, &mut transaction, user, FactorKind::Totp, &by).await?;
    core.commit(transaction).await?;
    Ok(match fresh_codes {
        Some((codes, _)) => codes_page(&visit, &frame, &codes, list(&visit, "ajout")),
        None => Redirect::to(&list(&visit, "ajout")).into_response(),
    })
}
