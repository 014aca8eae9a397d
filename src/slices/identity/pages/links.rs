//! `/pools/{pool}/account/links`: the other accounts that open what is somebody's, and how to take them away.
//! Nothing is linked here: that takes a fresh login to both, which an application shows to `/v1/me/links`.

use askama::Template;
use axum::response::{IntoResponse, Redirect};

use super::frame::{Frame, sheet};
use super::sessions::day;
use super::visit::{Answer, Stop, Visit};
use crate::platform::digest::hex;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::facts::By;
use crate::slices::identity::linking::Linking;
use crate::slices::identity::store::LinkRow;

/// The page.
#[derive(Template)]
#[template(path = "identity/links.html")]
pub(super) struct LinksPage {
    pub(super) frame: Frame,
    pub(super) rows: Vec<LinkedRow>,
}

sheet!(LinksPage, "Comptes reliés", "Linked accounts");

/// One other account.
pub(super) struct LinkedRow {
    pub(super) id: String,
    /// Who keeps it.
    pub(super) issuer: String,
    /// Its name there.
    pub(super) subject: String,
    pub(super) since: String,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let current = visit.person().await?;
    let frame = visit.own_frame(&current);
    let linked = linking(&visit).of(current.user.id).await?;
    let rows = linked.iter().map(|link| row(&frame, link)).collect();
    Ok(visit.show(LinksPage { frame: frame.clone(), rows }, &frame))
}

fn linking(visit: &Visit) -> Linking {
    Linking::new(visit.rooms.core.clone())
}

fn row(frame: &Frame, link: &LinkRow) -> LinkedRow {
    let since = day(link.since, frame.locale);
    let issuer = &*link.account.issuer;
    LinkedRow {
        id: hex(&link.hash),
        issuer: issuer.strip_prefix("https://").unwrap_or(issuer).to_owned(),
        subject: link.account.subject.to_string(),
        since: format!("{} {since}", frame.say("Relié le", "Linked on")),
    }
}

pub(super) async fn submit(visit: Visit, form: Form) -> Result<axum::response::Response, Stop> {
    let current = visit.sender(&form).await?;
    let linking = linking(&visit);
    // Among theirs only: an id of somebody else's link finds nothing.
    let theirs = linking.of(current.user.id).await?;
    let link = theirs.into_iter().find(|link| hex(&link.hash) == form.value("compte"));
    let done = match link {
        Some(link) => {
            let by = By::session(&current.session, &visit.shown_address());
            linking.unlink(&visit.pool, &current.user, &link.hash, &by).await?
        }
        None => false,
    };
    let told = if done { "lien" } else { "" };
    let to = format!("{}/account/links?fait={told}", visit.pool.path());
    Ok(Redirect::to(&to).into_response())
}
