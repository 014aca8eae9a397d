//! Page 1, where somebody can be reached, and the code that proves the number.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::codes::{Asked, Verdict};
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::form;
use super::super::model::Insured;
use super::super::progress;
use super::super::visits::{PROOF, Visit};
use super::frame::{Notice, hour, unkept};
use super::guest::{Answer, COOKIE, Stop, arriving};
use super::parking;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::crypto::Opaque;
use crate::platform::web::cookies::Cookies;
use crate::platform::web::csrf;
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::{Form, act_key};
use crate::platform::web::insurer::phone;
use crate::platform::web::page::{Page, Sheet};
use crate::slices::messages::Recipient;
use crate::slices::quotes::QuoteId;
use crate::slices::quotes::wire::QuoteResponse;
use axum::Extension;

#[derive(Template)]
#[template(path = "dossiers/contact.html")]
struct ContactPage {
    form: Form,
    couple: bool,
    /// Where the form goes, and where the page before is.
    action: String,
    back: String,
    word: String,
    act: String,
}

impl Sheet for ContactPage {
    fn title(&self) -> &str {
        "Où vous joindre\u{202f}?"
    }

    fn is_refused(&self) -> bool {
        self.form.is_refused()
    }
}

#[derive(Template)]
#[template(path = "dossiers/code.html")]
struct CodePage {
    form: Form,
    base: String,
    word: String,
    /// «06 •• •• •• 42».
    mobile: String,
    /// «14 h 33».
    again: String,
    told: String,
    can_correct: bool,
    /// Nothing is a step any more.
    is_signed: bool,
}

impl Sheet for CodePage {
    fn title(&self) -> &str {
        "Le code reçu par SMS"
    }

    fn is_refused(&self) -> bool {
        !self.form.is_sound()
    }
}

/// Where a demand comes from.
pub(super) type From = Option<Extension<ClientAddress>>;

/// The address alone.
pub(super) fn address(from: &From) -> Option<std::net::IpAddr> {
    from.as_ref().map(|known| known.0.0)
}

fn contact_page(quote: &QuoteResponse, form: Form, act: String) -> ContactPage {
    ContactPage {
        form,
        couple: quote.request.insured.len() > 1,
        action: format!("{}/suite", quote.page),
        back: quote.page.clone(),
        word: csrf::word(""),
        act,
    }
}

fn quote_id(reference: &str) -> Result<QuoteId, Stop> {
    reference.parse().map_err(|_| Stop::from(Problem::new(Kind::NotFound)))
}

/// The quote to begin from; or the page that says why none is begun from it.
async fn sellable(dossiers: &Dossiers, id: QuoteId) -> Result<QuoteResponse, Stop> {
    match dossiers.sellable(id).await {
        Err(DossierError::Refused(problem)) if problem.kind == Kind::Conflict => {
            let why = problem.detail.unwrap_or_default();
            let notice = Notice::new("Ce devis ne se souscrit pas en ligne", &[&why])
                .link("Revenir au devis", &format!("/devis/{id}"));
            Err(Stop::with(notice.status(StatusCode::CONFLICT)))
        }
        other => Ok(other?),
    }
}

/// «Souscrire».
pub(super) async fn begin(
    State(dossiers): State<Dossiers>,
    Path(reference): Path<String>,
) -> Answer {
    let quote = sellable(&dossiers, quote_id(&reference)?).await?;
    let page = contact_page(&quote, Form::default(), dossiers.fresh_key());
    Ok(Page::new(page).into_response())
}

/// The dossier begins, and a code leaves.
pub(super) async fn open(
    State(dossiers): State<Dossiers>,
    Path(reference): Path<String>,
    from: From,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let id = quote_id(&reference)?;
    if !csrf::is_ours(&headers, dossiers.origin(), "", form.value(csrf::FIELD)) {
        return Err(Stop::with(Notice::foreign().status(StatusCode::FORBIDDEN)));
    }
    let quote = sellable(&dossiers, id).await?;
    let act = form.value("cle").to_owned();
    let contact = form::contact(&mut form, quote.request.insured.len() > 1);
    let Some(contact) = contact.filter(|_| form.is_sound()) else {
        return Ok(Page::new(contact_page(&quote, form, act)).into_response());
    };
    let document = format!("{}\n{}\n{}", contact.email, contact.mobile, contact.together);
    let key = act_key(&act, document.as_bytes());
    let opened = dossiers.open(id, &key, &contact, address(&from)).await?;
    Ok(on_the_way(&dossiers, &format!("/d/{}/code", opened.id), &opened.secret, opened.asked))
}

/// The answer that sets the cookie of a session and goes to the page of the code.
pub(super) fn on_the_way(dossiers: &Dossiers, to: &str, secret: &Opaque, asked: Asked) -> Response {
    let to = if asked == Asked::TooMany { format!("{to}?trop=1") } else { to.to_owned() };
    let mut answer = Redirect::to(&to).into_response();
    let cookie = Cookies::of(dossiers.origin()).set(COOKIE, secret.expose(), None);
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

async fn code_page(
    dossiers: &Dossiers,
    visit: &Visit,
    cookie: &str,
    form: Form,
    told: &str,
) -> Result<CodePage, Stop> {
    let dossier = dossiers.find(visit.dossier).await?;
    let person = dossier.person(visit.insured).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let again = dossiers.next_code_at(visit.insured, PROOF).await?;
    let again = again.filter(|at| *at > dossiers.now()).map_or_else(String::new, hour);
    Ok(CodePage {
        form,
        base: format!("/d/{}", visit.dossier),
        word: csrf::word(cookie),
        mobile: person
            .mobile
            .clone()
            .map_or_else(String::new, |one| Recipient::Mobile(one).masked()),
        again,
        told: told.to_owned(),
        can_correct: can_correct(person),
        is_signed: dossier.state.is_signed(),
    })
}

/// Whether the address and the number may still be typed anew: by who began, before a code has proven the number.
const fn can_correct(person: &Insured) -> bool {
    person.place == 1 && person.mobile_proven_at.is_none()
}

/// The page of the code.
pub(super) async fn code(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Answer {
    let (visit, cookie) = arriving(&dossiers, &headers, &id).await?;
    if visit.is_proven {
        let is_signed = dossiers.find(visit.dossier).await?.state.is_signed();
        let end = if is_signed { "/fin" } else { "" };
        return Ok(Redirect::to(&format!("/d/{}{end}", visit.dossier)).into_response());
    }
    let many = format!(
        "Trop de codes ont été demandés. Attendez une heure, ou appelez-nous au {}.",
        phone()
    );
    let told = match query.as_deref() {
        Some("trop=1") => many.as_str(),
        Some("bientot=1") => {
            "Un code vient de partir. Attendez l’heure indiquée pour en recevoir un autre."
        }
        Some("envoye=1") => "Un nouveau code est parti.",
        _ => "",
    };
    Ok(unkept(code_page(&dossiers, &visit, &cookie, Form::default(), told).await?))
}

/// The code was typed.
pub(super) async fn prove(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let (visit, cookie) = arriving(&dossiers, &headers, &id).await?;
    ours(&dossiers, &headers, &cookie, &form)?;
    if visit.is_proven {
        // Sent twice: the first answer.
        return proven(&dossiers, &visit, &headers).await;
    }
    let typed: String = form.value("code").chars().filter(|c| !c.is_whitespace()).collect();
    if typed.is_empty() {
        form.refuse("code", "Saisissez le code reçu par SMS");
    } else if typed.len() != 6 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        form.refuse("code", "Le code doit comporter 6 chiffres");
    } else {
        match dossiers.prove(&visit, &typed).await? {
            Verdict::Right(_) => return proven(&dossiers, &visit, &headers).await,
            Verdict::Wrong(left) => {
                let tries = if left > 1 { "essais" } else { "essai" };
                form.refuse(
                    "code",
                    format!(
                        "Ce code ne correspond pas au dernier SMS envoyé. Il reste {left} {tries}."
                    ),
                );
            }
            Verdict::Expired | Verdict::Unsent => {
                form.refuse("code", "Ce code a expiré\u{a0}: demandez-en un nouveau");
            }
            Verdict::Blocked(until) => {
                return Ok(blocked(&hour(until), &format!("/d/{}/code", visit.dossier)));
            }
        }
    }
    form.set("code", "");
    Ok(unkept(code_page(&dossiers, &visit, &cookie, form, "").await?))
}

/// Five wrong codes.
fn blocked(until: &str, back: &str) -> Response {
    let line = format!("Vous pourrez recommencer à {until}. Votre dossier est gardé.");
    let help = format!("Une difficulté\u{202f}? Appelez-nous au {}.", phone());
    Notice::new("Trop d’essais\u{a0}: attendez 15\u{a0}minutes", &[&line, &help])
        .link("Revenir à la page du code", back)
        .status(StatusCode::TOO_MANY_REQUESTS)
}

/// Where somebody goes on who has typed the code: the first page at the beginning, the hub after, the last page
/// once it is signed; unless what they sent when their session was over waits for them.
async fn proven(dossiers: &Dossiers, visit: &Visit, headers: &HeaderMap) -> Result<Response, Stop> {
    if parking::waits(dossiers, visit, headers).await? {
        return Ok(Redirect::to(&format!("/d/{}/reprise", visit.dossier)).into_response());
    }
    let dossier = dossiers.find(visit.dossier).await?;
    let place = dossier.person(visit.insured).map_or(1, |one| one.place);
    let base = format!("/d/{}", dossier.id);
    if dossier.state.is_signed() {
        return Ok(Redirect::to(&format!("{base}/fin")).into_response());
    }
    let is_new = dossier.person(visit.insured).is_some_and(|one| !one.person.is_named());
    let to =
        if is_new { format!("{base}/{}", progress::next(&dossier, place).path()) } else { base };
    Ok(Redirect::to(&to).into_response())
}

fn ours(dossiers: &Dossiers, headers: &HeaderMap, cookie: &str, form: &Form) -> Result<(), Stop> {
    if csrf::is_ours(headers, dossiers.origin(), cookie, form.value(csrf::FIELD)) {
        return Ok(());
    }
    Err(Stop::with(Notice::foreign().status(StatusCode::FORBIDDEN)))
}

/// Another code is asked for.
pub(super) async fn again(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    from: From,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (visit, cookie) = arriving(&dossiers, &headers, &id).await?;
    ours(&dossiers, &headers, &cookie, &form)?;
    let query = match dossiers.ask_proof(&visit, address(&from)).await? {
        Asked::Sent => "envoye=1",
        Asked::TooSoon(_) => "bientot=1",
        Asked::TooMany => "trop=1",
        Asked::Blocked(until) => {
            return Ok(blocked(&hour(until), &format!("/d/{}/code", visit.dossier)));
        }
    };
    Ok(Redirect::to(&format!("/d/{}/code?{query}", visit.dossier)).into_response())
}

/// The contact of a dossier whose number is not proven yet.
pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let (visit, cookie) = arriving(&dossiers, &headers, &id).await?;
    let me = correctable(&dossiers, &visit).await?;
    let mut form = Form::default();
    form.set("email", me.email.unwrap_or_default());
    form.set("mobile", me.mobile.unwrap_or_default());
    Ok(unkept(correction_page(&visit, form, &cookie)))
}

/// Who may still correct where they are reached; anybody else goes on where the code leads.
async fn correctable(dossiers: &Dossiers, visit: &Visit) -> Result<Insured, Stop> {
    let dossier = dossiers.find(visit.dossier).await?;
    let me = dossier.person(visit.insured).filter(|me| can_correct(me)).cloned();
    me.ok_or_else(|| Stop::with(Redirect::to(&format!("/d/{}/code", visit.dossier))))
}

fn correction_page(visit: &Visit, form: Form, cookie: &str) -> ContactPage {
    let base = format!("/d/{}", visit.dossier);
    ContactPage {
        form,
        couple: false,
        action: format!("{base}/contact"),
        back: format!("{base}/code"),
        word: csrf::word(cookie),
        act: String::new(),
    }
}

/// Another address or number, while nothing is proven.
pub(super) async fn correct(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    from: From,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let (visit, cookie) = arriving(&dossiers, &headers, &id).await?;
    ours(&dossiers, &headers, &cookie, &form)?;
    correctable(&dossiers, &visit).await?;
    let corrected = form::correction(&mut form);
    let Some(corrected) = corrected.filter(|_| form.is_sound()) else {
        return Ok(unkept(correction_page(&visit, form, &cookie)));
    };
    dossiers.correct_contact(&visit, corrected.email, corrected.mobile).await?;
    let asked = dossiers.ask_proof(&visit, address(&from)).await?;
    let query = if asked == Asked::TooMany { "?trop=1" } else { "" };
    Ok(Redirect::to(&format!("/d/{}/code{query}", visit.dossier)).into_response())
}
