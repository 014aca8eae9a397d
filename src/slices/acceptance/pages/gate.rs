//! Page 7 for the full questionnaire: what it is for, consent, then the way there. When the engine is
//! away nothing is lost, and nobody is accepted or refused.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Answer, Frame, Own, own, sheets, to, unkept, unkept_with};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::insurer::phone;
use crate::platform::web::page::Sheet as _;
use crate::slices::acceptance::core::Acceptances;
use crate::slices::acceptance::model::Outlook;
use crate::slices::dossiers::pages::Guest;

#[derive(Template)]
#[template(path = "acceptance/gate.html")]
struct GatePage {
    frame: Frame,
    /// The answers that are there already are gone on with.
    is_begun: bool,
    /// It begins with what the person has declared.
    is_carried: bool,
}

#[derive(Template)]
#[template(path = "acceptance/message.html")]
pub(super) struct MessagePage {
    frame: Frame,
    lines: Vec<String>,
    /// Label and address.
    links: Vec<(String, String)>,
}

sheets!(GatePage, MessagePage);

type At = Path<(String, String)>;

pub(super) async fn show(
    State(acceptances): State<Acceptances>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let Own { guest, case } = own(&acceptances, &headers, (&id, &who)).await?;
    if !acceptances.core.underwriting.is_configured() {
        return Ok(closed(&acceptances, &guest));
    }
    match acceptances.outlook(&case).await? {
        Outlook::ToFill { is_begun } => {
            let is_carried = acceptances.carries(&case).await?;
            Ok(page(&guest, is_begun, is_carried))
        }
        Outlook::NotAsked => Ok(to(&guest, &format!("{who}/sante")).into_response()),
        _ => Ok(to(&guest, &format!("{who}/decision")).into_response()),
    }
}

fn page(guest: &Guest, is_begun: bool, is_carried: bool) -> Response {
    let title =
        if is_begun { "Reprenez vos réponses" } else { "Quelques questions sur votre santé" };
    unkept(GatePage { frame: Frame::new(guest, title, Form::default()), is_begun, is_carried })
}

/// «J’accepte que mes réponses de santé soient étudiées».
pub(super) async fn enter(
    State(acceptances): State<Acceptances>,
    Path((id, who)): At,
    from: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let Own { guest, case } = own(&acceptances, &headers, (&id, &who)).await?;
    guest.check(&acceptances.core.dossiers, &headers, &form)?;
    if form.is("action", "refuser") {
        return Ok(otherwise(&guest));
    }
    match acceptances.outlook(&case).await? {
        Outlook::ToFill { .. } => {}
        Outlook::NotAsked => return Ok(to(&guest, &format!("{who}/sante")).into_response()),
        _ => return Ok(to(&guest, &format!("{who}/decision")).into_response()),
    }
    let network = from.map(|address| address.0.0.to_string()).unwrap_or_default();
    let health = &acceptances.core.health;
    health.consent(guest.visit.insured, &network).await.map_err(Problem::from)?;
    match acceptances.open(&case).await {
        Ok(entrance) => {
            let mut response = Redirect::to(entrance.address).into_response();
            response.headers_mut().append(header::SET_COOKIE, entrance.cookie);
            Ok(response)
        }
        Err(problem) => unopened(&guest, &who, problem),
    }
}

/// The engine is away, or has lost the answers: said, and nothing else happens.
fn unopened(guest: &Guest, who: &str, problem: Problem) -> Answer {
    let again =
        ("Recommencer".to_owned(), format!("/d/{}/{who}/questionnaire", guest.visit.dossier));
    let later = ("Revenir plus tard".to_owned(), format!("/d/{}/plus-tard", guest.visit.dossier));
    match problem.kind {
        Kind::Unavailable => {
            let mut response = message(
                guest,
                "Le questionnaire est momentanément indisponible",
                &[
                    "Vos réponses sont enregistrées. Ce n’est ni un accord ni un refus.",
                    "Recommencez dans un instant. Si vous partez, nous vous écrirons par e-mail dès que le \
                     questionnaire sera de nouveau disponible.",
                ],
                vec![again, later],
                StatusCode::SERVICE_UNAVAILABLE,
            );
            let after = HeaderValue::from_static("5");
            response.headers_mut().insert(header::RETRY_AFTER, after);
            tracing::warn!(cause = problem.cause, "the questionnaire cannot be opened");
            Ok(response)
        }
        Kind::Gone => Ok(message(
            guest,
            "Il faut reprendre vos réponses",
            &["Vos réponses n’ont pas pu être retrouvées. Un nouveau questionnaire s’ouvre."],
            vec![again],
            StatusCode::GONE,
        )),
        Kind::Conflict => Ok(to(guest, &format!("{who}/decision")).into_response()),
        _ => Err(problem.into()),
    }
}

/// There is no engine here: the honest page.
pub(super) fn closed(acceptances: &Acceptances, guest: &Guest) -> Response {
    let kept = guest.kept_until(&acceptances.core.dossiers);
    let kept = format!(
        "Votre dossier est gardé jusqu’au {kept}. Vous recevrez un message dès que le questionnaire est \
         ouvert pour vous."
    );
    message(
        guest,
        "Il nous faut d’autres réponses",
        &[
            "Nous ne pouvons pas encore vous répondre. Un questionnaire plus complet vient ensuite, en \
             environ 6\u{a0}minutes.",
            "Ce n’est pas un refus. Vos réponses restent fermées\u{a0}: seul le service médical les lit.",
            &kept,
        ],
        vec![
            (
                "Recevoir le lien pour revenir".to_owned(),
                format!("/d/{}/plus-tard", guest.visit.dossier),
            ),
            ("Aide et contact".to_owned(), "/aide".to_owned()),
        ],
        StatusCode::OK,
    )
}

/// «Je préfère ne pas répondre en ligne».
fn otherwise(guest: &Guest) -> Response {
    let call = format!(
        "Appelez-nous au {}\u{a0}: nous vous envoyons les questions par courrier.",
        phone()
    );
    message(
        guest,
        "Vous pouvez répondre autrement",
        &[&call, "Vos réponses iront au seul service médical. Votre dossier est gardé."],
        vec![
            ("Aide et contact".to_owned(), "/aide".to_owned()),
            ("Revenir au dossier".to_owned(), format!("/d/{}", guest.visit.dossier)),
        ],
        StatusCode::OK,
    )
}

/// A page that only says something, and where to go from it.
pub(super) fn message(
    guest: &Guest,
    title: &str,
    lines: &[&str],
    links: Vec<(String, String)>,
    status: StatusCode,
) -> Response {
    let frame = Frame::new(guest, title, Form::default());
    let lines = lines.iter().map(|&line| line.to_owned()).collect();
    unkept_with(MessagePage { frame, lines, links }, status)
}
