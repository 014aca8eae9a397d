//! The page on which a person sends the documents that were asked for: what is taken, what is not and how
//! to put it right, what was received and where it stands. Works without JavaScript.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::frame::{Answer, Frame, Own, own, sheets, to, unkept};
use super::gate::message;
use super::received::{self, Asked, field, sorted};
use crate::kernel::french;
use crate::kernel::problem::Kind;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::platform::web::upload::{Upload, UploadLimits};
use crate::slices::acceptance::core::Acceptances;
use crate::slices::dossiers::pages::Stop;
use crate::slices::underwriting::Demand;

#[derive(Template)]
#[template(path = "acceptance/evidence.html")]
struct EvidencePage {
    frame: Frame,
    asked: Vec<Asked>,
    /// «10 fichiers et 30 Mo à la fois, 10 Mo par fichier».
    limits: String,
    /// A file waits for its scanner: the page says so.
    is_checking: bool,
    /// Every document has a file.
    is_whole: bool,
}

sheets!(EvidencePage);

type At = Path<(String, String)>;

pub(super) async fn show(
    State(acceptances): State<Acceptances>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let own = own(&acceptances, &headers, (&id, &who)).await?;
    let Some(demand) = awaited(&acceptances, &own).await? else { return elsewhere(&own, &who) };
    Ok(unkept(page(&acceptances, &own, &demand, Form::default(), "")))
}

/// Takes files, says which were not taken, and ends the demand when the person says so.
pub(super) async fn send(
    State(acceptances): State<Acceptances>,
    Path((id, who)): At,
    request: Request,
) -> Answer {
    let headers = request.headers().clone();
    let own = own(&acceptances, &headers, (&id, &who)).await?;
    let Some(demand) = awaited(&acceptances, &own).await? else { return elsewhere(&own, &who) };
    let Ok(_room) = acceptances.core.uploads.try_acquire() else { return Ok(busy(&own, &who)) };
    let upload = Upload::read(request, limits(&acceptances)).await?;
    own.guest.check(&acceptances.core.dossiers, &headers, &upload.form)?;
    let is_last = upload.form.is("action", "terminer");
    let sent = sorted(upload.files, &demand, limits(&acceptances));
    let (mut form, is_nothing) = (sent.form, sent.taken.is_empty());
    let underwriting = &acceptances.core.underwriting;
    let received = match underwriting.receive_evidence(own.case.insured(), sent.taken).await {
        Ok(count) => count,
        Err(problem) if problem.kind == Kind::TooLarge => {
            form.refuse_group("fichiers", "", &[], problem.detail.unwrap_or_default());
            0
        }
        Err(problem) if problem.kind == Kind::Conflict => return elsewhere(&own, &who),
        Err(problem) => return Err(problem.into()),
    };
    if form.is_sound() && is_nothing && !is_last {
        form.refuse_group("fichiers", &first(&demand), &[], "Choisissez au moins un fichier");
    }
    if form.is_sound() && is_last {
        for code in underwriting.complete_evidence(own.case.insured()).await? {
            form.refuse(&field(&code), received::missing(&code));
        }
    }
    if form.is_sound() {
        let next = if is_last { "decision" } else { "pieces" };
        return Ok(to(&own.guest, &format!("{who}/{next}")).into_response());
    }
    let demand = awaited(&acceptances, &own).await?.unwrap_or(demand);
    Ok(unkept(page(&acceptances, &own, &demand, form, &received::notice(received))))
}

/// What is asked for of this person and not sent as a whole yet, where files are taken.
async fn awaited(acceptances: &Acceptances, own: &Own) -> Result<Option<Demand>, Stop> {
    let underwriting = &acceptances.core.underwriting;
    if !underwriting.takes_evidence() {
        return Ok(None);
    }
    // What was decided since is put on the dossier, and may ask for nothing any more.
    acceptances.outlook(&own.case).await?;
    let demand = underwriting.demand(own.case.insured()).await?;
    Ok(demand.filter(|it| it.completed_at.is_none()))
}

fn elsewhere(own: &Own, who: &str) -> Answer {
    Ok(to(&own.guest, &format!("{who}/decision")).into_response())
}

fn limits(acceptances: &Acceptances) -> UploadLimits {
    let settings = acceptances.core.underwriting.evidence_limits();
    UploadLimits {
        files: settings.files_max,
        file_bytes: settings.file_bytes_max,
        all_bytes: settings.bytes_max,
    }
}

/// The control that a message about nothing in particular leads to.
fn first(demand: &Demand) -> String {
    demand.codes.first().map(|code| field(code)).unwrap_or_default()
}

fn page(
    acceptances: &Acceptances,
    own: &Own,
    demand: &Demand,
    form: Form,
    notice: &str,
) -> EvidencePage {
    let limits = limits(acceptances);
    let size = |bytes: usize| french::bytes(bytes as u64);
    let files = limits.files;
    let asked: Vec<_> = demand.codes.iter().map(|code| Asked::new(code, demand)).collect();
    let mut frame = Frame::new(&own.guest, "Envoyer vos documents", form);
    frame.back = format!("/d/{}/a{}/decision", own.guest.visit.dossier, own.guest.place);
    notice.clone_into(&mut frame.notice);
    EvidencePage {
        limits: format!(
            "{files}\u{a0}fichiers et {} à la fois, {} par fichier",
            size(limits.all_bytes),
            size(limits.file_bytes)
        ),
        is_checking: asked.iter().any(|it| it.is_checking),
        is_whole: demand.missing().is_empty(),
        asked,
        frame,
    }
}

/// Enough people are sending now: nothing was read, and nothing is lost.
fn busy(own: &Own, who: &str) -> Response {
    let again = format!("/d/{}/{who}/pieces", own.guest.visit.dossier);
    let lines = ["Beaucoup de personnes envoient des documents en ce moment. Rien n’est perdu."];
    let links = vec![("Recommencer".to_owned(), again)];
    let title = "Recommencez dans un instant";
    message(&own.guest, title, &lines, links, StatusCode::SERVICE_UNAVAILABLE)
}
