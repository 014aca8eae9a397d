//! `/pools/{pool}/signup` and `/confirm`: a new account, and the proof of its address by the code or the
//! link that was sent to it.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Frame, sheet};
use super::login::{again, go_on};
use super::notice;
use super::passwords::refuse_weak;
use super::visit::{Answer, Stop, Visit};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::accounts::{SignUp, Typed};
use crate::slices::identity::login::Login;
use crate::slices::identity::model::Email;
use crate::slices::identity::progress::{Pending, Progress};

/// The form of a new account.
#[derive(Template)]
#[template(path = "identity/signup.html")]
pub(super) struct SignUpPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
}

sheet!(SignUpPage, "Créez votre compte", "Create your account", form);

/// The code that was sent.
#[derive(Template)]
#[template(path = "identity/code.html")]
pub(super) struct CodePage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) email: String,
}

sheet!(CodePage, "Confirmez votre adresse", "Confirm your address", form);

/// The link that was sent, opened in the browser that asked for it.
#[derive(Template)]
#[template(path = "identity/confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) frame: Frame,
    pub(super) link: String,
}

sheet!(ConfirmPage, "Confirmez votre adresse", "Confirm your address");

pub(super) async fn show(visit: Visit) -> Answer {
    if !visit.pool.sign_up {
        return Err(notice::no_sign_up(&visit));
    }
    if visit.query.value("login").is_empty() {
        return visit.begin(&Progress::default(), "signup").await;
    }
    let (login, progress) = visit.open_login().await?;
    let typed = progress.pending.as_ref().map(|pending| {
        [
            ("email", pending.email.to_string()),
            ("given_name", pending.given_name.to_string()),
            ("family_name", pending.family_name.to_string()),
        ]
    });
    Ok(page(&visit, &login, typed.map_or_else(Form::default, Form::new)))
}

fn page(visit: &Visit, login: &Login, form: Form) -> Response {
    let frame = visit.frame(login);
    visit.show(SignUpPage { frame: frame.clone(), form }, &frame)
}

pub(super) async fn submit(visit: Visit, mut form: Form) -> Answer {
    if !visit.pool.sign_up {
        return Err(notice::no_sign_up(&visit));
    }
    let (login, _) = visit.sent_login(&form).await?;
    visit.admit()?;
    let frame = visit.frame(&login);
    for name in ["given_name", "family_name"] {
        refuse_long_name(&frame, &mut form, name);
    }
    let email = read_email(&frame, &mut form);
    let names = ["email", "given_name", "family_name"].map(|name| form.value(name).to_owned());
    let known: Vec<&str> =
        names.iter().map(String::as_str).chain([visit.pool.slug.as_str()]).collect();
    refuse_weak(&frame, &mut form, &known);
    let (Some(email), true) = (email, form.is_sound()) else {
        return Ok(page(&visit, &login, form));
    };
    let answers = SignUp {
        email: &email,
        given_name: form.value("given_name"),
        family_name: form.value("family_name"),
        password: form.raw("password"),
        locale: frame.locale,
    };
    let accounts = &visit.rooms.accounts;
    accounts.sign_up(&visit.pool, &login, &answers, &visit.by()).await?;
    Ok(Redirect::to(&frame.to("confirm")).into_response())
}

/// An address that can be one.
pub(super) fn read_email(frame: &Frame, form: &mut Form) -> Option<Email> {
    if form.value("email").is_empty() {
        form.refuse(
            "email",
            frame.say("Indiquez votre adresse e-mail", "Enter your e-mail address"),
        );
        return None;
    }
    let email = form.value("email").parse::<Email>().ok();
    if email.is_none() {
        let message = frame.say(
            "L’adresse e-mail doit contenir un @ et un nom de domaine, comme camille@exemple.fr",
            "The e-mail address must contain an @ and a domain name, such as camille@example.com",
        );
        form.refuse("email", message);
    }
    email
}

pub(super) fn refuse_long_name(frame: &Frame, form: &mut Form, name: &str) {
    if form.value(name).chars().count() > 80 {
        let message = frame.say(
            "Le nom doit comporter 80 caractères au plus",
            "The name must have 80 characters at most",
        );
        form.refuse(name, message);
    }
}

pub(super) async fn show_code(visit: Visit) -> Answer {
    let link = visit.query.value("lien").to_owned();
    if !link.is_empty() {
        return show_link(&visit, link).await;
    }
    let (login, progress) = visit.open_login().await?;
    match &progress.pending {
        Some(pending) => Ok(code_page(&visit, &login, pending, Form::default())),
        None => Ok(again(&visit, &login)),
    }
}

/// A link is followed by a button: programs that look at mail open links too. In another browser than
/// the one that signed up, it lets its owner choose a password instead: what was typed there may be
/// somebody else's.
async fn show_link(visit: &Visit, link: String) -> Answer {
    let Some(ticket) = visit.rooms.accounts.confirmation(&visit.pool, &link).await? else {
        return Ok(notice::used_link(visit));
    };
    let login = visit.login(None).await?;
    let pending = match &login {
        Some(login) => Progress::of(login)?.pending,
        None => None,
    };
    match (login, pending) {
        (Some(login), Some(pending)) if pending.ticket == ticket.id => {
            let frame = visit.frame(&login);
            Ok(visit.show(ConfirmPage { frame: frame.clone(), link }, &frame))
        }
        _ => {
            let to = format!("{}/reset?lien={link}", visit.pool.path());
            Ok(Redirect::to(&to).into_response())
        }
    }
}

fn code_page(visit: &Visit, login: &Login, pending: &Pending, form: Form) -> Response {
    let mut frame = visit.frame(login);
    if visit.query.has("renvoye") {
        frame.told = frame.say("Un nouveau code est parti.", "Another code has left.").to_owned();
    }
    let email = pending.email.to_string();
    visit.show(CodePage { frame: frame.clone(), form, email }, &frame)
}

pub(super) async fn confirm(visit: Visit, mut form: Form) -> Answer {
    let (login, progress) = visit.sent_login(&form).await?;
    visit.admit()?;
    let frame = visit.frame(&login);
    let Some(pending) = progress.pending else { return Ok(again(&visit, &login)) };
    let (accounts, pool, by) = (&visit.rooms.accounts, &visit.pool, visit.by());
    if form.is("action", "renvoyer") {
        accounts.send_code_again(pool, &login, frame.locale, &by).await?;
        return Ok(Redirect::to(&format!("{}&renvoye", frame.to("confirm"))).into_response());
    }
    let typed = if form.has("lien") {
        let Some(ticket) = accounts.confirmation(pool, form.value("lien")).await? else {
            return Ok(notice::used_link(&visit));
        };
        accounts.follow_link(pool, &login, ticket, &by).await?
    } else if form.value("code").is_empty() {
        form.refuse(
            "code",
            frame.say("Saisissez le code reçu par e-mail", "Enter the code received by e-mail"),
        );
        return Ok(code_page(&visit, &login, &pending, form));
    } else {
        accounts.type_code(pool, &login, form.value("code"), &by).await?
    };
    match typed {
        Typed::Right(user) => opened(&visit, &form, user).await,
        Typed::Wrong(left) => {
            form.refuse("code", wrong_code(&frame, left));
            Ok(code_page(&visit, &login, &pending, form))
        }
        Typed::Over => {
            let message = frame.say(
                "Ce code a expiré ou a été essayé trop souvent\u{a0}: demandez-en un nouveau",
                "This code has expired or was tried too often: ask for another one",
            );
            form.refuse("code", message);
            Ok(code_page(&visit, &login, &pending, form))
        }
    }
}

fn wrong_code(frame: &Frame, left: u32) -> String {
    let tries = frame.say(
        "Ce code ne correspond pas au dernier message envoyé. Essais restants\u{a0}:",
        "This code is not that of the last message sent. Tries left:",
    );
    format!("{tries} {left}")
}

/// The account is open: the login goes on from there.
async fn opened(visit: &Visit, form: &Form, user: uuid::Uuid) -> Answer {
    // Read again: confirming was a step of it.
    let Some(login) = visit.login(Some(form)).await? else {
        return Err::<Response, Stop>(notice::expired(visit));
    };
    let progress = Progress::of(&login)?;
    let found = visit.rooms.core.store.user(visit.pool.id, user).await?;
    match found {
        Some((user, _)) if user.is_open() => go_on(visit, &login, progress, &user).await,
        _ => Ok(again(visit, &login)),
    }
}
