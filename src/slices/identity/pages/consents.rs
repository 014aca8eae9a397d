//! `/pools/{pool}/consent`: whether somebody agrees to what an application asks;
//! `/account/consents`: what they agreed to, and how to take it back.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::frame::{Frame, sheet};
use super::login::again;
use super::notice;
use super::sessions::day;
use super::visit::{Answer, Stop, Visit};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::identity::catalogue;
use crate::slices::identity::issuing::Unanswered;
use crate::slices::identity::store::ConsentGiven;

/// The question.
#[derive(Template)]
#[template(path = "identity/consent.html")]
pub(super) struct ConsentPage {
    pub(super) frame: Frame,
    pub(super) client: String,
    /// In words.
    pub(super) scopes: Vec<String>,
}

sheet!(ConsentPage, "Donnez votre accord", "Give your consent");

/// What was agreed to.
#[derive(Template)]
#[template(path = "identity/consents.html")]
pub(super) struct ConsentsPage {
    pub(super) frame: Frame,
    pub(super) rows: Vec<ConsentRow>,
}

sheet!(ConsentsPage, "Applications autorisées", "Applications that you allowed");

/// One application.
pub(super) struct ConsentRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) since: String,
}

pub(super) async fn show(visit: Visit) -> Answer {
    let (login, _) = visit.open_login().await?;
    if visit.current().await?.is_none() {
        return Ok(again(&visit, &login));
    }
    let Some(view) = visit.rooms.grants.consent_asked(&visit.pool, &login).await? else {
        return Err(notice::expired(&visit));
    };
    let frame = visit.frame(&login);
    let page = ConsentPage {
        client: view.client_name.to_string(),
        scopes: view.scopes.iter().map(|scope| scope.text(frame.locale).to_owned()).collect(),
        frame: frame.clone(),
    };
    Ok(visit.show(page, &frame))
}

pub(super) async fn submit(visit: Visit, form: Form) -> Answer {
    let (login, _) = visit.sent_login(&form).await?;
    let Some(current) = visit.current().await? else { return Ok(again(&visit, &login)) };
    let is_granted = form.is("action", "autoriser");
    let grants = &visit.rooms.grants;
    match grants.consent_given(&visit.pool, &login, &current, is_granted).await {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(Unanswered::Over) => Err(notice::expired(&visit)),
        Err(Unanswered::Failed(problem)) => Err(problem.into()),
    }
}

pub(super) async fn show_mine(visit: Visit) -> Answer {
    let current = visit.person().await?;
    let frame = visit.own_frame(&current);
    let given = visit.rooms.grants.consents(current.user.id).await?;
    let rows = given.iter().map(|given| row(&frame, given)).collect();
    Ok(visit.show(ConsentsPage { frame: frame.clone(), rows }, &frame))
}

fn row(frame: &Frame, given: &ConsentGiven) -> ConsentRow {
    let known = given.scopes.iter().filter_map(catalogue::find);
    let since = day(given.granted_at, frame.locale);
    ConsentRow {
        id: given.client_id.to_string(),
        name: given.client_name.to_string(),
        scopes: known.map(|scope| scope.text(frame.locale).to_owned()).collect(),
        since: format!("{} {since}", frame.say("Accord donné le", "Consent given on")),
    }
}

pub(super) async fn submit_mine(visit: Visit, form: Form) -> Result<Response, Stop> {
    let current = visit.sender(&form).await?;
    let done = match form.value("application").parse::<Uuid>() {
        Ok(client) => {
            let (grants, user) = (&visit.rooms.grants, current.user.id);
            grants.consent_withdrawn(&visit.pool, user, client).await?
        }
        Err(_) => false,
    };
    let told = if done { "retrait" } else { "" };
    let to = format!("{}/account/consents?fait={told}", visit.pool.path());
    Ok(Redirect::to(&to).into_response())
}
