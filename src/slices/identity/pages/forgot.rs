//! `/pools/{pool}/forgot` and `/reset`: another password for who has lost theirs, by a link to their
//! address.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Frame, sheet};
use super::login::with_cookie;
use super::notice;
use super::passwords::refuse_weak;
use super::signup::read_email;
use super::visit::{Answer, Visit};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::model::User;

/// The address to write to.
#[derive(Template)]
#[template(path = "identity/forgot.html")]
pub(super) struct ForgotPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
}

sheet!(ForgotPage, "Mot de passe oublié", "Forgotten password", form);

/// The new password.
#[derive(Template)]
#[template(path = "identity/reset.html")]
pub(super) struct ResetPage {
    pub(super) frame: Frame,
    pub(super) form: Form,
    pub(super) link: String,
    pub(super) email: String,
}

sheet!(ResetPage, "Choisissez un mot de passe", "Choose a password", form);

/// The frame of these pages: of the login under way if there is one, else of the browser.
async fn frame(
    visit: &Visit,
    form: Option<&Form>,
) -> Result<(Frame, String, Option<axum::http::HeaderValue>), super::visit::Stop> {
    if let Some(login) = visit.login(form).await? {
        return Ok((visit.frame(&login), login.cookie, None));
    }
    let (secret, cookie) = visit.browser();
    Ok((visit.frame_of(None, &secret), secret, cookie))
}

pub(super) async fn show(visit: Visit) -> Answer {
    let (frame, _, cookie) = frame(&visit, None).await?;
    let page = ForgotPage { frame: frame.clone(), form: Form::default() };
    Ok(with_cookie(visit.show(page, &frame), cookie))
}

pub(super) async fn submit(visit: Visit, mut form: Form) -> Answer {
    let (frame, secret, _) = frame(&visit, Some(&form)).await?;
    visit.is_ours(&form, &secret)?;
    visit.admit()?;
    let Some(email) = read_email(&frame, &mut form) else {
        return Ok(visit.show(ForgotPage { frame: frame.clone(), form }, &frame));
    };
    let login = Some(frame.login.as_str()).filter(|login| !login.is_empty());
    let by = visit.by();
    visit.rooms.accounts.forgot(&visit.pool, &email, login, frame.locale, &by).await?;
    Ok(notice::sent(&visit, &frame))
}

pub(super) async fn show_reset(visit: Visit) -> Answer {
    let link = visit.query.value("lien");
    let Some((_, user)) = visit.rooms.accounts.by_link(&visit.pool, link).await? else {
        return Ok(notice::used_link(&visit));
    };
    let (frame, _, cookie) = frame(&visit, None).await?;
    Ok(with_cookie(reset_page(&visit, &frame, Form::default(), link, &user), cookie))
}

fn reset_page(visit: &Visit, frame: &Frame, form: Form, link: &str, user: &User) -> Response {
    let page = ResetPage {
        frame: frame.clone(),
        form,
        link: link.to_owned(),
        email: user.email.to_string(),
    };
    visit.show(page, frame)
}

pub(super) async fn reset(visit: Visit, mut form: Form) -> Answer {
    let (frame, secret, _) = frame(&visit, Some(&form)).await?;
    visit.is_ours(&form, &secret)?;
    visit.admit()?;
    let link = form.value("lien").to_owned();
    let Some((ticket, user)) = visit.rooms.accounts.by_link(&visit.pool, &link).await? else {
        return Ok(notice::used_link(&visit));
    };
    let name = user.display_name();
    refuse_weak(&frame, &mut form, &[&user.email, &name, visit.pool.slug.as_str()]);
    if !form.is_sound() {
        return Ok(reset_page(&visit, &frame, form, &link, &user));
    }
    let (accounts, by) = (&visit.rooms.accounts, visit.by());
    if !accounts.reset(&visit.pool, (ticket, &user), form.raw("password"), &by).await? {
        return Ok(notice::used_link(&visit));
    }
    // A link is no login: the new password, and the second factor, are asked now.
    Ok(Redirect::to(&frame.to("login")).into_response())
}
