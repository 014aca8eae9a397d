//! Page 7, for the person of the session alone: no question when the law protects them, else consent and
//! the short declaration. Nobody keeps these pages, and their titles say nothing.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::model::Health;
use super::super::progress;
use super::contact::{From, address};
use super::frame::{Frame, sheets, unkept};
use super::guest::{Answer, Guest, Stop, guest};
use crate::domain::health::Question;
use crate::platform::web::form::Form;
use crate::platform::web::insurer::phone;
use crate::platform::web::page::Sheet as _;
use crate::slices::health::form as read;

#[derive(Template)]
#[template(path = "health/none.html")]
struct NonePage {
    frame: Frame,
    /// Why nothing is asked.
    why: &'static str,
}

#[derive(Template)]
#[template(path = "health/gate.html")]
struct GatePage {
    frame: Frame,
    action: String,
    minutes: u32,
    is_couple: bool,
}

#[derive(Template)]
#[template(path = "health/questions.html")]
struct QuestionsPage {
    frame: Frame,
    action: String,
    questions: [Question; 8],
}

#[derive(Template)]
#[template(path = "health/done.html")]
struct DonePage {
    frame: Frame,
    next: String,
}

sheets!(NonePage, GatePage, QuestionsPage, DonePage);

type At = Path<(String, String)>;

fn back(guest: &Guest) -> String {
    if guest.is_initiator() { "garanties".to_owned() } else { format!("a{}/travail", guest.place) }
}

/// The guest, on their own page, once the loan and the guarantees are known.
async fn person(
    dossiers: &Dossiers,
    headers: &HeaderMap,
    id: &str,
    who: &str,
) -> Result<(Guest, Health), Stop> {
    let guest = guest(dossiers, headers, id).await?;
    guest.is_unsigned()?;
    let health = guest.own(who)?.health;
    let answers = &guest.dossier.answers;
    if !(answers.loan_done && answers.guarantees_done) {
        return Err(Stop::with(guest.to("")));
    }
    Ok((guest, health))
}

/// What comes after health.
fn next(guest: &Guest) -> String {
    let (dossier, mine) = (&guest.dossier, guest.place);
    format!("/d/{}/{}", dossier.id, progress::next_page(dossier, mine).path_in(dossier))
}

fn done(guest: &Guest) -> Response {
    let frame =
        Frame::new(guest, "Vos réponses sont enregistrées", 5, &back(guest), Form::default());
    unkept(DonePage { frame, next: next(guest) })
}

pub(super) async fn gate(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let (guest, health) = person(&dossiers, &headers, &id, &who).await?;
    let frame = |title: &str| Frame::new(&guest, title, 5, &back(&guest), Form::default());
    match health {
        Health::None => {
            let why = if guest.me()?.is_protected() {
                "Votre prêt et votre âge vous dispensent du questionnaire de santé."
            } else {
                "Une réponse déjà donnée vaut encore\u{a0}: rien n’est à remplir."
            };
            Ok(unkept(NonePage { why, frame: frame("Aucune question de santé") }))
        }
        Health::Answered => Ok(done(&guest)),
        Health::Questionnaire => Ok(guest.to(&format!("{who}/questionnaire"))),
        Health::Asked => {
            if dossiers
                .health()
                .standing(guest.visit.insured)
                .await
                .map_err(DossierError::from)?
                .consented
            {
                return Ok(guest.to(&format!("{who}/sante/questions")));
            }
            let action = format!("/d/{}/{who}/sante", guest.dossier.id);
            let frame = frame("Quelques questions sur votre santé");
            let is_couple = guest.dossier.insured.len() > 1;
            Ok(unkept(GatePage { frame, action, minutes: 2, is_couple }))
        }
    }
}

/// «J’accepte que mes réponses de santé soient étudiées».
pub(super) async fn consent(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    from: From,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (guest, health) = person(&dossiers, &headers, &id, &who).await?;
    guest.check(&dossiers, &headers, &form)?;
    if health == Health::None && form.is("action", "continuer") {
        let dossier = dossiers.read_protection(guest.dossier.id, guest.by()).await?;
        return Ok(guest.to(&progress::next_page(&dossier, guest.place).path_in(&dossier)));
    }
    if health == Health::None {
        // A page of before: nothing is asked any more, and nothing of it is kept.
        return Ok(guest.to(&format!("{who}/sante")));
    }
    if form.is("action", "refuser") {
        return Ok(otherwise(&guest));
    }
    let network = address(&from).map(|one| one.to_string()).unwrap_or_default();
    let given = dossiers.health().consent(guest.visit.insured, &network).await;
    given.map_err(DossierError::from)?;
    Ok(guest.to(&format!("{who}/sante/questions")))
}

/// «Je préfère ne pas répondre en ligne».
fn otherwise(guest: &Guest) -> Response {
    let call = format!(
        "Appelez-nous au {}\u{a0}: nous vous envoyons les questions par courrier.",
        phone()
    );
    super::frame::Notice::new(
        "Vous pouvez répondre autrement",
        &[&call, "Vos réponses iront au seul service médical. Votre dossier est gardé."],
    )
    .link("Revenir au dossier", &format!("/d/{}", guest.dossier.id))
    .status(axum::http::StatusCode::OK)
}

fn questions_page(guest: &Guest, who: &str, form: Form) -> QuestionsPage {
    let frame = Frame::new(guest, "Vos réponses", 5, &back(guest), form);
    let action = format!("/d/{}/{who}/sante/questions", guest.dossier.id);
    QuestionsPage { frame, action, questions: Question::ALL }
}

pub(super) async fn questions(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let (guest, health) = person(&dossiers, &headers, &id, &who).await?;
    let standing =
        dossiers.health().standing(guest.visit.insured).await.map_err(DossierError::from)?;
    if health != Health::Asked || !standing.consented {
        return Ok(guest.to(&format!("{who}/sante")));
    }
    let own = dossiers.health().own(guest.visit.insured).await.map_err(DossierError::from)?;
    let form = Form::new(own.map(|answers| answers.typed).unwrap_or_default());
    Ok(unkept(questions_page(&guest, &who, form)))
}

pub(super) async fn answer(
    State(dossiers): State<Dossiers>,
    Path((id, who)): At,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let (guest, health) = person(&dossiers, &headers, &id, &who).await?;
    guest.check(&dossiers, &headers, &form)?;
    let world = dossiers.health();
    match health {
        // A page of before, for whom the law protects now too: nothing of it is kept.
        Health::None | Health::Answered | Health::Questionnaire => {
            return Ok(guest.to(&format!("{who}/sante")));
        }
        Health::Asked => {}
    }
    let (typed, insured) = (read::typed(&form), guest.visit.insured);
    if form.is("action", "prolonger") {
        world.save_draft(insured, typed).await.map_err(DossierError::from)?;
        return Ok(unkept(questions_page(&guest, &who, form)));
    }
    let declared = read::declaration(&mut form);
    if form.is("action", "plus_tard") || declared.is_none() {
        world.save_draft(insured, typed).await.map_err(DossierError::from)?;
    }
    if form.is("action", "plus_tard") {
        return Ok(guest.to("plus-tard"));
    }
    let Some((declaration, body)) = declared else {
        return Ok(unkept(questions_page(&guest, &who, form)));
    };
    let dossier = dossiers.declare(guest.dossier.id, insured, &declaration, body).await?;
    let to = match dossier.person(insured).map(|one| one.health) {
        Some(Health::Questionnaire) => format!("{who}/questionnaire"),
        _ => progress::next_page(&dossier, guest.place).path_in(&dossier),
    };
    Ok(guest.to(&to))
}
