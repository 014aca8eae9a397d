//! Passkeys: to log in with (`/pools/{pool}/passkey`), to set up at the first login of a pool that asks
//! for a second proof, or by who is logged in (`/account/factors/passkey`).

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::factors::fresh;
use super::frame::{Frame, sheet};
use super::login::{again, conclude};
use super::setup::{added, codes_after, codes_page};
use super::visit::{Answer, Stop, Visit};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::form::{Form, LongForm};
use crate::platform::web::page::{Sheet as _, brand};
use crate::slices::identity::concluding::{Concluding, Missing};
use crate::slices::identity::factors::Asked;
use crate::slices::identity::facts::By;
use crate::slices::identity::login::Login;
use crate::slices::identity::model::{Factor, FactorKind, Method, User};
use crate::slices::identity::progress::Progress;
use crate::slices::identity::sessions::Current;

/// The page, which is the only one with a script.
#[derive(Template)]
#[template(path = "identity/passkey.html")]
pub(super) struct PasskeyPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) action: String,
    /// `get` or `create`, as the browser calls it.
    pub(super) act: &'static str,
    /// What the browser is asked: JSON.
    pub(super) options: String,
    /// A name is asked for the new one.
    pub(super) named: bool,
    /// Another way: address and label.
    pub(super) back: (String, String),
}

sheet!(PasskeyPage, "Utilisez votre clé d’accès", "Use your passkey", form);

/// What a passkey is wanted for in a login.
enum Wanted {
    /// Everything: who it is, and the proof.
    Anybody,
    /// The second proof of this person.
    Second(Box<User>, Vec<Factor>),
    /// This person has no second proof yet: it becomes one.
    New(Box<User>, Vec<Factor>),
}

async fn wanted(visit: &Visit, login: &Login, progress: &Progress) -> Result<Wanted, Stop> {
    if !visit.rooms.passkeys.are_possible() {
        return Err(Problem::new(Kind::NotFound).into());
    }
    if progress.session.is_some() {
        return Err(Stop::with(again(visit, login)));
    }
    let store = &visit.rooms.core.store;
    let found = match progress.user.filter(|_| !progress.amr.is_empty()) {
        Some(user) => store.user(visit.pool.id, user).await?,
        None => None,
    };
    let Some((user, _)) = found.filter(|(user, _)| user.is_open()) else {
        return Ok(Wanted::Anybody);
    };
    let factors = store.factors(user.id).await?;
    Ok(match Concluding::missing(&visit.pool, login, progress, &factors) {
        Missing::Factor => Wanted::Second(Box::new(user), factors),
        Missing::SetUp => Wanted::New(Box::new(user), factors),
        Missing::Nothing => Wanted::Anybody,
    })
}

pub(super) async fn show(visit: Visit) -> Answer {
    if visit.query.value("login").is_empty() {
        return visit.begin(&Progress::default(), "passkey").await;
    }
    let (login, progress) = visit.open_login().await?;
    let wanted = wanted(&visit, &login, &progress).await?;
    ask(&visit, &login, progress, &wanted, Form::default()).await
}

/// Asks the browser, and keeps what we need to check its answer.
async fn ask(
    visit: &Visit,
    login: &Login,
    mut progress: Progress,
    wanted: &Wanted,
    form: Form,
) -> Answer {
    let (passkeys, frame) = (&visit.rooms.passkeys, visit.frame(login));
    let asked = match wanted {
        Wanted::Anybody => passkeys.ask_any(&login.hash)?,
        Wanted::Second(_, factors) => passkeys.ask_one_of(&login.hash, factors)?,
        Wanted::New(user, factors) => passkeys.ask_new(&login.hash, user, factors, brand())?,
    };
    progress.passkey = Some(asked.state.clone());
    if !progress.keep_alone(&visit.rooms.core, login).await? {
        return Ok(again(visit, login));
    }
    let back = match wanted {
        Wanted::Anybody => {
            (frame.to("login"), frame.say("Revenir à la connexion", "Back to log-in"))
        }
        Wanted::Second(..) => (
            format!("{}&par=secours", frame.to("mfa")),
            frame.say("Utiliser un code de secours", "Use a recovery code"),
        ),
        Wanted::New(..) => (
            frame.to("setup"),
            frame.say("Plutôt une application de codes", "Rather a code application"),
        ),
    };
    let back = (back.0, back.1.to_owned());
    let is_new = matches!(wanted, Wanted::New(..));
    let action = format!("{}/passkey", frame.base);
    Ok(page(visit, &frame, asked, form, (action, is_new, back)))
}

fn page(
    visit: &Visit,
    frame: &Frame,
    asked: Asked,
    form: Form,
    rest: (String, bool, (String, String)),
) -> Response {
    let (action, is_new, back) = rest;
    let page = PasskeyPage {
        frame: frame.clone(),
        form,
        action,
        act: if is_new { "create" } else { "get" },
        options: asked.options,
        named: is_new,
        back,
    };
    visit.show(page, frame)
}

pub(super) async fn submit(visit: Visit, LongForm(form): LongForm) -> Answer {
    let (login, mut progress) = visit.sent_login(&form).await?;
    visit.admit()?;
    let wanted = wanted(&visit, &login, &progress).await?;
    // Each question is answered once.
    let state = progress.passkey.take().unwrap_or_default();
    let answer = form.value("reponse").to_owned();
    let (passkeys, core) = (&visit.rooms.passkeys, &visit.rooms.core);
    let (user, factors) = match &wanted {
        Wanted::New(user, _) => {
            return register(&visit, &login, progress, user, &state, form).await;
        }
        Wanted::Second(user, factors) => (Some(user.clone()), factors.clone()),
        Wanted::Anybody => claimed(&visit, &answer).await?,
    };
    let old = visit.current().await?;
    let mut transaction = core.store.begin().await?;
    let is_right = passkeys.take(&mut transaction, &login.hash, &state, &factors, &answer).await?;
    match user.filter(|_| is_right) {
        Some(user) => {
            progress.prove(user.id, Method::Passkey);
            conclude(&visit, (transaction, old), &login, progress, &user).await
        }
        None => {
            drop(transaction);
            let refused = refuse(&visit, &login);
            ask(&visit, &login, progress, &wanted, refused).await
        }
    }
}

/// The person that the answer claims to be, with their factors.
async fn claimed(visit: &Visit, answer: &str) -> Result<(Option<Box<User>>, Vec<Factor>), Problem> {
    let store = &visit.rooms.core.store;
    let Some(id) = visit.rooms.passkeys.claimed_by(answer) else { return Ok((None, Vec::new())) };
    match store.user(visit.pool.id, id).await? {
        Some((user, _)) if user.is_open() => {
            let factors = store.factors(user.id).await?;
            Ok((Some(Box::new(user)), factors))
        }
        _ => Ok((None, Vec::new())),
    }
}

fn refuse(visit: &Visit, login: &Login) -> Form {
    let mut form = Form::default();
    let frame = visit.frame(login);
    form.refuse_group("reponse", "", &[], not_known(&frame));
    form
}

fn not_known(frame: &Frame) -> &'static str {
    frame.say(
        "Cette clé n’est pas connue ici\u{a0}: recommencez, ou choisissez un autre moyen",
        "This passkey is not known here: try again, or choose another way",
    )
}

/// The first second proof of a person, at their first login.
async fn register(
    visit: &Visit,
    login: &Login,
    mut progress: Progress,
    user: &User,
    state: &str,
    form: Form,
) -> Answer {
    let (passkeys, core) = (&visit.rooms.passkeys, &visit.rooms.core);
    let key = passkeys.read_new(&login.hash, state, form.value("reponse"))?;
    let (codes, hashes) = visit.rooms.recovery.draw(user.id).await?;
    let old = visit.current().await?;
    let mut transaction = core.store.begin().await?;
    let is_made = match &key {
        Some(key) => passkeys.insert(&mut transaction, user.id, form.value("nom"), key).await?,
        None => false,
    };
    if !is_made {
        drop(transaction);
        let factors = core.store.factors(user.id).await?;
        let wanted = Wanted::New(Box::new(user.clone()), factors);
        return ask(visit, login, progress, &wanted, refuse(visit, login)).await;
    }
    core.store.replace_recovery(&mut transaction, user.id, &hashes, core.clock.now()).await?;
    let by = By::person(user.id, Some(progress.methods().acr()), &visit.shown_address());
    added(visit, &mut transaction, user, FactorKind::Passkey, &by).await?;
    progress.prove(user.id, Method::Passkey);
    let done = conclude(visit, (transaction, old), login, progress, user).await?;
    Ok(codes_after(visit, login, &codes, done))
}

// ---- By who is logged in ----

pub(super) async fn show_mine(visit: Visit) -> Answer {
    let current = visit.person().await?;
    fresh(&visit, &current).await?;
    if !visit.rooms.passkeys.are_possible() {
        return Err(Problem::new(Kind::NotFound).into());
    }
    match visit.login(None).await? {
        Some(login) => ask_mine(&visit, &current, &login, Form::default()).await,
        None => {
            let progress = Progress { user: Some(current.user.id), ..Progress::default() };
            visit.begin(&progress, "account/factors/passkey").await
        }
    }
}

async fn ask_mine(visit: &Visit, current: &Current, login: &Login, form: Form) -> Answer {
    let mut progress = Progress::of(login)?;
    let (core, user) = (&visit.rooms.core, &current.user);
    if progress.user != Some(user.id) || !progress.amr.is_empty() {
        return Ok(Redirect::to(&format!("{}/account/factors", visit.pool.path())).into_response());
    }
    let factors = core.store.factors(user.id).await?;
    let asked = visit.rooms.passkeys.ask_new(&login.hash, user, &factors, brand())?;
    progress.passkey = Some(asked.state.clone());
    progress.keep_alone(core, login).await?;
    let mut frame = visit.own_frame(current);
    login.id.as_str().clone_into(&mut frame.login);
    let list = format!("{}/account/factors", frame.base);
    let back = (list, frame.say("Revenir à la sécurité", "Back to security").to_owned());
    let action = format!("{}/account/factors/passkey", frame.base);
    Ok(page(visit, &frame, asked, form, (action, true, back)))
}

pub(super) async fn submit_mine(visit: Visit, LongForm(form): LongForm) -> Answer {
    let current = visit.sender(&form).await?;
    fresh(&visit, &current).await?;
    visit.admit()?;
    let list = |done: &str| format!("{}/account/factors?fait={done}", visit.pool.path());
    let Some(login) = visit.login(Some(&form)).await? else {
        return Ok(Redirect::to(&list("")).into_response());
    };
    let progress = Progress::of(&login)?;
    let (core, passkeys, user) = (&visit.rooms.core, &visit.rooms.passkeys, &current.user);
    let state = progress.passkey.as_deref().filter(|_| progress.user == Some(user.id));
    let key = passkeys.read_new(&login.hash, state.unwrap_or_default(), form.value("reponse"))?;
    let factors = core.store.factors(user.id).await?;
    let is_first = !factors.iter().any(Factor::is_confirmed);
    let fresh_codes = if is_first { Some(visit.rooms.recovery.draw(user.id).await?) } else { None };
    let mut transaction = core.store.begin().await?;
    let is_made = match &key {
        Some(key) => passkeys.insert(&mut transaction, user.id, form.value("nom"), key).await?,
        None => false,
    };
    if !is_made {
        drop(transaction);
        return ask_mine(&visit, &current, &login, refuse(&visit, &login)).await;
    }
    if let Some((_, hashes)) = &fresh_codes {
        core.store.replace_recovery(&mut transaction, user.id, hashes, core.clock.now()).await?;
    }
    core.store.delete_login(&mut transaction, &login.hash).await?;
    let by = By::session(&current.session, &visit.shown_address());
    added(&visit, &mut transaction, user, FactorKind::Passkey, &by).await?;
    core.commit(transaction).await?;
    Ok(match fresh_codes {
        Some((codes, _)) => codes_page(&visit, &visit.own_frame(&current), &codes, list("ajout")),
        None => Redirect::to(&list("ajout")).into_response(),
    })
}
