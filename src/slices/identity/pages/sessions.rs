//! `/pools/{pool}/account/sessions`: the browsers that somebody is logged in with, and how to end them.

use askama::Template;
use axum::response::{IntoResponse, Redirect};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

use super::frame::{Frame, sheet};
use super::visit::{Answer, Visit};
use crate::kernel::locale::Locale;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::agents;
use crate::slices::identity::facts::{By, note};
use crate::slices::identity::model::Session;

/// The page.
#[derive(Template)]
#[template(path = "identity/sessions.html")]
pub(super) struct SessionsPage {
    pub(super) frame: Frame,
    pub(super) rows: Vec<SessionRow>,
}

sheet!(SessionsPage, "Vos appareils", "Your devices");

/// One browser.
pub(super) struct SessionRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) detail: String,
    /// This very one.
    pub(super) current: bool,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let current = visit.person().await?;
    let frame = visit.own_frame(&current);
    let core = &visit.rooms.core;
    let now = core.clock.now();
    let sessions = core.store.sessions(current.user.id, now).await?;
    let live = sessions.iter().filter(|session| session.is_live(&visit.pool, now));
    let rows = live.map(|session| row(session, current.session.id, frame.locale)).collect();
    Ok(visit.show(SessionsPage { frame: frame.clone(), rows }, &frame))
}

fn row(session: &Session, current: Uuid, locale: Locale) -> SessionRow {
    let since = day(session.created_at, locale);
    let words = match locale {
        Locale::Fr => format!("Depuis le {since}, adresse {}", session.address),
        Locale::En => format!("Since {since}, address {}", session.address),
    };
    SessionRow {
        id: session.id.to_string(),
        name: capital(&agents::named(&session.user_agent, locale)),
        detail: words,
        current: session.id == current,
    }
}

/// A day and an hour in Paris, as people write them.
pub(super) fn day(at: Timestamp, locale: Locale) -> String {
    // The rule of Paris rather than the machine's files, as the clock does.
    let paris = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC);
    let at = at.to_zoned(paris);
    match locale {
        Locale::Fr => at.strftime("%d/%m/%Y à %-H\u{a0}h\u{a0}%M").to_string(),
        Locale::En => at.strftime("%d/%m/%Y at %H:%M").to_string(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

pub(super) async fn submit(visit: Visit, form: Form) -> Answer {
    let current = visit.sender(&form).await?;
    let (core, ending, user) = (&visit.rooms.core, &visit.rooms.ending, current.user.id);
    let by = By::session(&current.session, &visit.shown_address());
    let mut transaction = core.store.begin().await?;
    let (done, more) = if form.is("action", "autres") {
        let kept = current.session.id;
        let count = ending.all(&mut transaction, &visit.pool, user, Some(kept), "logout").await?;
        ("autres", json!({ "ended": count }))
    } else {
        let Ok(session) = form.value("session").parse::<Uuid>() else {
            return Ok(back(&visit, ""));
        };
        if !ending.one(&mut transaction, &visit.pool, user, session).await? {
            // Ended already, or never theirs.
            return Ok(back(&visit, ""));
        }
        ("session", json!({ "session": session }))
    };
    let (pool, kind) = (visit.pool.id, "session.ended");
    note(core, &mut transaction, pool, kind, Some(user), &by, more).await?;
    core.commit(transaction).await?;
    Ok(back(&visit, done))
}

fn back(visit: &Visit, done: &str) -> axum::response::Response {
    Redirect::to(&format!("{}/account/sessions?fait={done}", visit.pool.path())).into_response()
}
