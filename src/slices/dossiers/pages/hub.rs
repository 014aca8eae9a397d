//! The hub: what is left to do; and what all pages share: going on, leaving for later, a page that was
//! changed elsewhere meanwhile.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::super::answering::is_open;
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::model::{Decision, Dossier};
use super::super::progress::{self, Progress, Task};
use super::frame::{Frame, Notice, sheets, unkept};
use super::guest::{Answer, COOKIE, Guest, Stop, guest};
use crate::kernel::french::spaced;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::cookies::Cookies;
use crate::platform::web::form::Form;
use crate::platform::web::insurer::phone;
use crate::platform::web::page::{Page, Sheet};
use crate::slices::quotes::form::refusal::closes;

/// One line of the hub.
struct Line {
    label: String,
    /// Its address, when it can be opened.
    href: Option<String>,
    state: &'static str,
    is_done: bool,
}

#[derive(Template)]
#[template(path = "dossiers/hub.html")]
struct HubPage {
    frame: Frame,
    number: String,
    kept_until: String,
    lines: Vec<Line>,
    /// How far the other person is, for who began the dossier.
    other: String,
    next: String,
}

#[derive(Template)]
#[template(path = "dossiers/later.html")]
struct LaterPage {
    frame: Frame,
    number: String,
    kept_until: String,
    sent: bool,
}

sheets!(HubPage, LaterPage);

fn lines(guest: &Guest) -> Vec<Line> {
    let dossier = &guest.dossier;
    let line = |task: Task| {
        let progress = progress::progress(dossier, task, guest.place);
        Line {
            label: task.label(dossier, guest.place),
            href: (progress != Progress::NotYet)
                .then(|| format!("/d/{}/{}", dossier.id, task.path_in(dossier))),
            state: progress.label(),
            is_done: progress == Progress::Done,
        }
    };
    progress::tasks(dossier, guest.place).into_iter().map(line).collect()
}

/// How far the other person is: a status, and nothing that they answered.
pub(super) fn other(guest: &Guest) -> String {
    let Some(two) = guest.dossier.at(2).filter(|_| guest.is_initiator()) else {
        return String::new();
    };
    let name = two.called();
    let open = progress::missing(&guest.dossier, 2);
    let status = if two.mobile.is_none() {
        "pas encore invité(e)"
    } else if two.mobile_proven_at.is_none() {
        "lien envoyé"
    } else if open.is_empty() {
        "partie terminée"
    } else {
        "partie en cours"
    };
    format!("{}\u{a0}: {status}.", crate::kernel::french::capitalised(&name))
}

/// Whom the other borrower waits for, and that we write to them then: whoever has nothing left to do and
/// cannot sign is told why.
pub(super) fn waits_for(guest: &Guest) -> String {
    let dossier = &guest.dossier;
    let is_done = progress::missing(dossier, guest.place).is_empty();
    let is_waiting = !guest.is_initiator()
        && is_done
        && is_open(dossier.state)
        && !progress::is_ready(dossier, guest.place);
    let first = dossier.at(1).filter(|_| is_waiting);
    first.map_or_else(String::new, |one| {
        format!(
            "La partie de {} n’est pas terminée. Nous vous écrivons quand vous pouvez signer.",
            one.called()
        )
    })
}

pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut guest = guest(&dossiers, &headers, &id).await?;
    if let Some(answer) = closed(&guest) {
        return Ok(answer);
    }
    let dossier = dossiers.met_again(guest.dossier.clone(), guest.by()).await;
    if let Some(answer) = as_it_is_now(&mut guest, dossier)? {
        return Ok(answer);
    }
    let next = progress::next_page(&guest.dossier, guest.place);
    let page = HubPage {
        number: guest.dossier.number(),
        kept_until: guest.kept_until(&dossiers),
        lines: lines(&guest),
        other: other(&guest),
        next: format!("/d/{}/{}", guest.dossier.id, next.path_in(&guest.dossier)),
        frame: Frame::new(&guest, "Votre dossier", 0, "", Form::default()),
    };
    Ok(Page::new(page).into_response())
}

/// Puts the dossier as time has left it before the guest; or what is answered in the place of the page.
pub(super) fn as_it_is_now(
    guest: &mut Guest,
    dossier: Result<Dossier, DossierError>,
) -> Result<Option<Response>, Stop> {
    match dossier {
        Ok(dossier) => guest.dossier = dossier,
        Err(DossierError::Refused(problem)) if problem.kind == Kind::Invalid => {
            return Ok(Some(not_eligible(guest)));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(closed(guest))
}

/// What an ended dossier says.
pub(super) fn closed(guest: &Guest) -> Option<Response> {
    use crate::domain::dossier::State as S;
    let dossier = &guest.dossier;
    if dossier.state.is_signed() {
        return Some(super::frame::signed(dossier));
    }
    let lines: &[&str] = match dossier.state {
        S::Expired => {
            &["Le délai de cette offre est passé. Refaites le calcul\u{a0}: cela prend une minute."]
        }
        S::Abandoned => {
            &["Ce dossier n’a plus servi depuis trop longtemps. Ses réponses ont été effacées."]
        }
        S::Ineligible => &[
            "Le temps a passé\u{a0}: l’âge au début ou à la fin de l’assurance sort maintenant de ce que nous \
             assurons en ligne.",
            "La convention AERAS aide les personnes qui ont un risque aggravé de santé\u{a0}: aeras-infos.fr.",
        ],
        S::Declined => &["Nous ne pouvons pas vous assurer pour ce prêt."],
        _ => return None,
    };
    let notice = Notice::new("Ce dossier est fermé", lines);
    // Whoever was refused reads why they may ask again, and whom: their own page says it.
    let is_own = guest.me().is_ok_and(|me| me.decision == Some(Decision::Declined));
    let notice = if dossier.state == S::Declined && is_own {
        let answer = format!("/d/{}/a{}/decision", dossier.id, guest.place);
        notice.link("Lire la réponse et vos droits", &answer)
    } else {
        notice.link("Faire un nouveau calcul", "/simuler")
    };
    Some(notice.into_response())
}

pub(super) async fn later(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    let page = LaterPage {
        number: guest.dossier.number(),
        kept_until: guest.kept_until(&dossiers),
        sent: query.as_deref() == Some("envoye=1"),
        frame: Frame::new(&guest, "Votre dossier est enregistré", 0, "", Form::default()),
    };
    Ok(unkept(page))
}

/// «Recevoir le lien par e-mail».
pub(super) async fn send_link(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    dossiers.ask_way_back(guest.dossier.id, Some(guest.visit.insured)).await?;
    Ok(guest.to("plus-tard?envoye=1"))
}

/// Back to the dossier, whose session begins anew.
pub(super) async fn extend(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    Ok(guest.to(""))
}

/// Leaves this browser.
pub(super) async fn leave(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    dossiers.leave(&guest.visit).await?;
    let notice = Notice::new(
        "À bientôt",
        &["Votre dossier est fermé sur cet appareil. Le lien reçu par e-mail le rouvre."],
    );
    let mut answer = notice.status(StatusCode::OK);
    if let Some(cookie) = Cookies::of(dossiers.origin()).remove(COOKIE) {
        answer.headers_mut().append(axum::http::header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

// ---- What pages share ----

/// A page of the journey.
pub(super) fn shown<T: Template + Sheet>(page: T) -> Response {
    Page::new(page).into_response()
}

/// The answers saved, or over them what was typed and could not be taken.
pub(super) async fn draft(
    dossiers: &Dossiers,
    guest: &Guest,
    page: &str,
    saved: Form,
) -> Result<Form, Stop> {
    let Some(pairs) = dossiers.draft(guest.dossier.id, page).await? else { return Ok(saved) };
    let mut form = Form::new(pairs);
    form.complete(&saved);
    Ok(form)
}

/// «Prolonger»: asking is enough. What was typed so far is kept, for the same page to show again.
pub(super) async fn prolonged(
    dossiers: &Dossiers,
    guest: &Guest,
    page: &str,
    form: &Form,
) -> Result<bool, Stop> {
    let is_asked = form.is("action", "prolonger");
    if is_asked {
        dossiers.keep_draft(guest.dossier.id, page, form).await?;
    }
    Ok(is_asked)
}

/// Keeps what was typed; answers at once for who leaves for later.
pub(super) async fn keep_typed(
    dossiers: &Dossiers,
    guest: &Guest,
    page: &str,
    form: &Form,
) -> Result<Option<Response>, Stop> {
    dossiers.keep_draft(guest.dossier.id, page, form).await?;
    Ok(form.is("action", "plus_tard").then(|| guest.to("plus-tard")))
}

/// Where somebody goes who has saved a page.
pub(super) fn after(guest: &Guest, saved: &Dossier, form: &Form) -> Response {
    if form.is("action", "plus_tard") {
        return guest.to("plus-tard");
    }
    guest.to(&progress::next_page(saved, guest.place).path_in(saved))
}

/// The dossier as somebody else has saved it meanwhile.
pub(super) struct Again {
    pub(super) dossier: Dossier,
    words: String,
}

impl Again {
    /// Says which answers are saved now.
    pub(super) fn say(&mut self, kept: &Form) {
        let values: Vec<&str> =
            kept.pairs().map(|(_, value)| value).filter(|value| !value.is_empty()).collect();
        self.words = values.join(" · ");
    }

    /// Shows it on the page, whose form now stands on the newer version.
    pub(super) fn onto(&self, frame: &mut Frame) {
        frame.version = self.dossier.version;
        frame.conflict = if self.words.is_empty() {
            "d’autres réponses".to_owned()
        } else {
            self.words.clone()
        };
    }
}

/// Whether a saving was refused because the same page was saved elsewhere.
pub(super) async fn stale(
    dossiers: &Dossiers,
    guest: &Guest,
    saved: &Result<Dossier, DossierError>,
) -> Result<Option<Again>, Stop> {
    if !matches!(saved, Err(DossierError::Stale { .. })) {
        return Ok(None);
    }
    let dossier = dossiers.find(guest.dossier.id).await?;
    Ok(Some(Again { dossier, words: String::new() }))
}

/// What the engine refuses: at the top of the page, or on the page that says that we cannot insure.
pub(super) fn refused(
    guest: &Guest,
    error: DossierError,
    form: &mut Form,
    page: impl FnOnce(Form) -> Response,
) -> Answer {
    refused_at(guest, error, form, |_| None, page)
}

/// The same where the page has fields for what is refused, by its pointer in the document.
pub(super) fn refused_at(
    guest: &Guest,
    error: DossierError,
    form: &mut Form,
    field: impl Fn(&str) -> Option<&'static str>,
    page: impl FnOnce(Form) -> Response,
) -> Answer {
    let problem = Problem::from(error);
    if problem.kind != Kind::Invalid || problem.faults.is_empty() {
        return Err(problem.into());
    }
    if closes(&problem.faults) {
        return Ok(not_eligible(guest));
    }
    for fault in &problem.faults {
        match field(&fault.pointer) {
            Some(field) => form.refuse(field, spaced(&fault.detail)),
            None => form.refuse_group(&fault.pointer, "", &[], spaced(&fault.detail)),
        }
    }
    Ok(page(form.clone()))
}

/// Nobody is refused by a message at a field: a page says it, with a way out.
pub(super) fn not_eligible(guest: &Guest) -> Response {
    let call = format!(
        "Vos autres réponses sont gardées. Vous pouvez corriger celle-ci, ou nous appeler au {}.",
        phone()
    );
    Notice::new(
        "Nous ne pouvons pas vous assurer en ligne",
        &[
            "Avec cette réponse, l’âge, le montant ou le pays sort de ce que nous assurons en ligne.",
            &call,
            "La convention AERAS aide les personnes qui ont un risque aggravé de santé\u{a0}: aeras-infos.fr.",
        ],
    )
    .link("Revenir à mon dossier", &format!("/d/{}", guest.dossier.id))
    .status(StatusCode::OK)
}
