//! Page D: what is decided, or that more is to be answered. Nobody keeps it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;

use super::super::core::Dossiers;
use super::super::model::{Decision, Health};
use super::super::progress;
use super::frame::{Frame, day, sheets, unkept};
use super::guest::{Answer, guest};
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;

#[derive(Template)]
#[template(path = "health/decision.html")]
struct DecisionPage {
    frame: Frame,
    /// `more`, `study`, `accepted`, `later` or `refused`.
    what: &'static str,
    kept_until: String,
    next: String,
}

sheets!(DecisionPage);

pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path((id, who)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.is_unsigned()?;
    let me = guest.own(&who)?;
    let (what, title) = match (me.health, me.decision) {
        (Health::Asked, _) => return Ok(guest.to(&format!("{who}/sante"))),
        (Health::Questionnaire, None) => ("more", "Il nous faut d’autres réponses"),
        (_, Some(Decision::PendingEvidence | Decision::Referred)) => {
            ("study", "Votre demande est à l’étude")
        }
        (_, Some(Decision::Postponed)) => ("later", "Votre demande doit attendre"),
        (_, Some(Decision::Declined)) => {
            ("refused", "Nous ne pouvons pas vous assurer pour ce prêt")
        }
        _ => ("accepted", "Nous pouvons vous assurer"),
    };
    let next = progress::next(&guest.dossier, guest.place).path();
    let page = DecisionPage {
        what,
        kept_until: day(guest.dossier.touched_at + dossiers.core.settings.kept()),
        next: format!("/d/{}/{next}", guest.dossier.id),
        frame: Frame::new(&guest, title, 5, "", Form::default()),
    };
    Ok(unkept(page))
}
