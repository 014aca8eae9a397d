//! A form that arrives after the end of its session: what was typed is kept, and given back to the same person in
//! the same browser once the code is typed.
//!
//! They send it again themselves, to the page that it was meant for: whatever that page refuses, it refuses.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::parking::{LIFE, Parkable};
use super::super::visits::Visit;
use super::frame::{Frame, Notice, sheets, unkept};
use super::guest::{Answer, COOKIE, guest};
use crate::platform::web::cookies::Cookies;
use crate::platform::web::form::{Form, is_form};
use crate::platform::web::page::{PageError, Sheet as _};
use crate::platform::web::{body, csrf, live};

/// Name of the cookie by which a browser finds again what it sent.
const KEPT: &str = "gardees";

/// More fields than any page asks.
const MOST_FIELDS: usize = 100;

/// Marks an answer of a page that did not look at the form: nobody was there to send it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unread;

/// Marks an answer so.
pub(super) fn unread(answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    answer.extensions_mut().insert(Unread);
    answer
}

#[derive(Template)]
#[template(path = "dossiers/kept.html")]
struct KeptPage {
    frame: Frame,
    /// Where it was sent.
    action: String,
    pairs: Vec<(String, String)>,
}

sheets!(KeptPage);

/// Around the pages of a dossier: keeps the form that nobody was there to send, and forgets it once its page has
/// answered it.
pub async fn keeping(State(dossiers): State<Dossiers>, request: Request, next: Next) -> Response {
    let page = Parkable::of(request.uri().path());
    let page = page.filter(|_| {
        let headers = request.headers();
        request.method() == Method::POST && is_form(headers) && !live::asks_for_price(headers)
    });
    let Some(page) = page else { return next.run(request).await };
    let (parts, sent) = request.into_parts();
    let sent = match body::read(sent).await {
        Ok(sent) => sent,
        Err(problem) => return PageError(problem).into_response(),
    };
    let headers = parts.headers.clone();
    let answer = next.run(Request::from_parts(parts, Body::from(sent.clone()))).await;
    let is_unread = answer.extensions().get::<Unread>().is_some();
    let seen = if is_unread {
        park(&dossiers, &headers, &page, &sent).await
    } else {
        taken(&dossiers, &headers, &page, answer.status()).await
    };
    match seen {
        Ok(Seen::Kept(kept)) => kept,
        Ok(Seen::Taken) => without(&dossiers, answer),
        Ok(Seen::Nothing) => answer,
        Err(error) => {
            tracing::warn!(%error, "what was sent after the end of a session is left as it is");
            answer
        }
    }
}

/// What becomes of the answer of the page.
enum Seen {
    Nothing,
    /// This one takes its place.
    Kept(Response),
    /// What was kept is used.
    Taken,
}

/// Keeps a form that is ours, of a session that is over.
async fn park(
    dossiers: &Dossiers,
    headers: &HeaderMap,
    page: &Parkable,
    sent: &Bytes,
) -> Result<Seen, DossierError> {
    let cookies = Cookies::of(dossiers.origin());
    let Some(cookie) = cookies.read(headers, COOKIE) else { return Ok(Seen::Nothing) };
    let word = Form::new(pairs(sent)).value(csrf::FIELD).to_owned();
    if !csrf::is_ours(headers, dossiers.origin(), cookie, &word) {
        return Ok(Seen::Nothing);
    }
    let Some(secret) = dossiers.park(cookie, page, sent).await? else {
        return Ok(Seen::Nothing);
    };
    let mut answer = Notice::kept(page.dossier).status(StatusCode::FORBIDDEN);
    if let Some(cookie) = cookies.set(KEPT, secret.expose(), Some(LIFE)) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(Seen::Kept(answer))
}

/// Forgets what was kept, once its page has saved it or shows it again.
async fn taken(
    dossiers: &Dossiers,
    headers: &HeaderMap,
    page: &Parkable,
    status: StatusCode,
) -> Result<Seen, DossierError> {
    let has_it = status.is_redirection()
        || matches!(status, StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY);
    let secret = secret(dossiers, headers).filter(|_| has_it);
    let Some(secret) = secret else { return Ok(Seen::Nothing) };
    let was_kept = dossiers.unpark_at(secret, &page.page).await?;
    Ok(if was_kept { Seen::Taken } else { Seen::Nothing })
}

fn pairs(sent: &[u8]) -> Vec<(String, String)> {
    let pairs: Vec<_> = serde_urlencoded::from_bytes(sent).unwrap_or_default();
    pairs.into_iter().take(MOST_FIELDS).collect()
}

fn secret<'a>(dossiers: &Dossiers, headers: &'a HeaderMap) -> Option<&'a str> {
    Cookies::of(dossiers.origin()).read(headers, KEPT)
}

/// The same answer, after which the browser has no secret any more.
fn without(dossiers: &Dossiers, mut answer: Response) -> Response {
    if let Some(cookie) = Cookies::of(dossiers.origin()).remove(KEPT) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Whether something waits for who has just typed the code in this browser.
pub(super) async fn waits(
    dossiers: &Dossiers,
    visit: &Visit,
    headers: &HeaderMap,
) -> Result<bool, DossierError> {
    dossiers.is_parked(visit, secret(dossiers, headers)).await
}

/// «Vos réponses sont gardées». It may be opened again: what is kept goes when its page has answered.
pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    let parked = dossiers.parked(&guest.visit, secret(&dossiers, &headers)).await?;
    let Some(parked) = parked else { return Ok(without(&dossiers, guest.to(""))) };
    let mut pairs = pairs(&parked.body);
    pairs.retain(|(name, _)| name != csrf::FIELD);
    let action = format!("/d/{}/{}", guest.visit.dossier, parked.page);
    let frame = Frame::new(&guest, "Vos réponses sont gardées", 0, "", Form::default());
    Ok(unkept(KeptPage { frame, action, pairs }))
}

/// «Ne pas les reprendre».
pub(super) async fn leave(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    if let Some(secret) = secret(&dossiers, &headers) {
        dossiers.unpark(secret).await?;
    }
    Ok(without(&dossiers, guest.to("")))
}
