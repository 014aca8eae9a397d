//! `/pools/{pool}/account/logout`: asks, then ends the session of this browser.

use askama::Template;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Redirect};
use serde_json::Value;

use super::frame::{Frame, sheet};
use super::visit::{Answer, Visit, set};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::facts::{By, note};
use crate::slices::identity::sessions;

/// The page.
#[derive(Template)]
#[template(path = "identity/logout.html")]
pub(super) struct LogoutPage {
    pub(super) frame: Frame,
    pub(super) email: String,
}

sheet!(LogoutPage, "Se déconnecter", "Log out");

pub(super) async fn show(visit: Visit) -> Answer {
    let current = visit.person().await?;
    let frame = visit.own_frame(&current);
    let email = current.user.email.to_string();
    Ok(visit.show(LogoutPage { frame: frame.clone(), email }, &frame))
}

pub(super) async fn submit(visit: Visit, form: Form) -> Answer {
    let current = visit.sender(&form).await?;
    let (core, user) = (&visit.rooms.core, current.user.id);
    let mut transaction = core.store.begin().await?;
    let ending = &visit.rooms.ending;
    ending.one(&mut transaction, &visit.pool, user, current.session.id).await?;
    let by = By::session(&current.session, &visit.shown_address());
    let (pool, kind) = (visit.pool.id, "session.ended");
    note(core, &mut transaction, pool, kind, Some(user), &by, Value::Null).await?;
    core.commit(transaction).await?;
    let mut answer = Redirect::to(&format!("{}/login", visit.pool.path())).into_response();
    set(&mut answer, visit.cookies().remove(&sessions::cookie_name(&visit.pool)));
    // What the browser still holds of our pages goes too.
    let site = HeaderValue::from_static("\"cache\"");
    answer.headers_mut().insert("clear-site-data", site);
    Ok(answer)
}
