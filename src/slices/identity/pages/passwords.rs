//! `/pools/{pool}/account/password`: another password, by who knows the current one.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::frame::{Frame, sheet};
use super::visit::{Answer, Visit, come_back, in_words};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::facts::{By, note};
use crate::slices::identity::knocking::Proof;
use crate::slices::identity::model::{Weak, weakness};
use crate::slices::identity::sessions::{self, Current};

/// The page.
#[derive(Template)]
#[template(path = "identity/password.html")]
pub(super) struct PasswordPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) email: String,
}

sheet!(PasswordPage, "Changez votre mot de passe", "Change your password", form);

pub(super) async fn show(visit: Visit) -> Answer {
    let current = visit.person().await?;
    Ok(page(&visit, &current, Form::default()))
}

fn page(visit: &Visit, current: &Current, form: Form) -> Response {
    let frame = visit.own_frame(current);
    let email = current.user.email.to_string();
    visit.show(PasswordPage { frame: frame.clone(), form, email }, &frame)
}

pub(super) async fn submit(visit: Visit, mut form: Form) -> Answer {
    let current = visit.sender(&form).await?;
    visit.admit()?;
    let (frame, user) = (visit.own_frame(&current), &current.user);
    let known = form.raw("current").to_owned();
    if known.is_empty() {
        let message =
            frame.say("Indiquez votre mot de passe actuel", "Enter your current password");
        form.refuse("current", message);
    }
    let name = user.display_name();
    refuse_weak(&frame, &mut form, &[&user.email, &name, visit.pool.slug.as_str()]);
    if !form.is_sound() {
        return Ok(page(&visit, &current, form));
    }
    match visit.rooms.knocking.prove(&visit.pool, &user.email, &known, visit.from()).await? {
        Proof::Right(_) => change(&visit, &current, form.raw("password")).await,
        Proof::Wrong => {
            let message = frame
                .say("Ce n’est pas votre mot de passe actuel", "This is not your current password");
            form.refuse("current", message);
            Ok(page(&visit, &current, form))
        }
        Proof::Later(wait) => {
            let words = frame
                .say("Trop d’essais\u{a0}: recommencez dans", "Too many tries: start again in");
            form.refuse("current", format!("{words} {}", in_words(&frame, wait)));
            let mut answer = page(&visit, &current, form);
            *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            come_back(&mut answer, wait);
            Ok(answer)
        }
    }
}

/// Every session ends, and a new one begins here.
async fn change(visit: &Visit, current: &Current, password: &str) -> Answer {
    let (rooms, user) = (&visit.rooms, &current.user);
    let phc = rooms.core.hasher.place()?.hash(password).await?;
    let mut transaction = rooms.accounts.change(&visit.pool, user, &phc).await?;
    let amr = current.session.amr.clone();
    let device = visit.device();
    let (session, secret) =
        rooms.sessions.start(&mut transaction, &visit.pool, user.id, amr, &device).await?;
    let by = By::session(&session, &device.address);
    let (pool, kind) = (visit.pool.id, "password.changed");
    note(&rooms.core, &mut transaction, pool, kind, Some(user.id), &by, Value::Null).await?;
    rooms.core.commit(transaction).await?;
    let to = format!("{}/account?fait=mot-de-passe", visit.pool.path());
    let mut answer = Redirect::to(&to).into_response();
    let cookie = visit.cookies().set(&sessions::cookie_name(&visit.pool), secret.expose(), None);
    super::visit::set(&mut answer, cookie);
    Ok(answer)
}

/// Refuses a new password that is short, long or common.
pub(super) fn refuse_weak(frame: &Frame, form: &mut Form, known: &[&str]) {
    let message = match weakness(form.raw("password"), known) {
        None => return,
        Some(Weak::Missing) => frame.say("Choisissez un mot de passe", "Choose a password"),
        Some(Weak::Short) => frame.say(
            "Le mot de passe doit comporter 12 caractères ou plus",
            "The password must have 12 characters or more",
        ),
        Some(Weak::Long) => frame.say(
            "Le mot de passe doit comporter 128 caractères au plus",
            "The password must have 128 characters at most",
        ),
        Some(Weak::Common) => frame.say(
            "Ce mot de passe est trop courant\u{a0}: choisissez-en un autre",
            "This password is too common: choose another one",
        ),
    };
    form.refuse("password", message);
}
