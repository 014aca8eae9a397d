//! Page D: what was decided for the person of the session, and what they answer to it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Answer, Frame, Own, own, refused, sheets, to, unkept};
use super::gate::{closed, message};
use super::shown::{self, Exclusion, Price};
use crate::domain::underwriting::cap::Household;
use crate::domain::underwriting::{aeras, words};
use crate::kernel::french;
use crate::kernel::holidays::add_business_days;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::digest::plain_sha256;
use crate::platform::web::file;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet as _;
use crate::slices::acceptance::capping::Capped;
use crate::slices::acceptance::core::Acceptances;
use crate::slices::acceptance::model::{Outlook, Proposed, Reply, Study};
use crate::slices::dossiers::pages::Guest;
use crate::slices::underwriting::Wish;

#[derive(Template)]
#[template(path = "acceptance/conditions.html")]
struct ConditionsPage {
    frame: Frame,
    proposal: String,
    supplements: Vec<(String, String)>,
    exclusions: Vec<Exclusion>,
    removed: String,
    prices: Vec<Price>,
    rise: String,
    lender: Vec<String>,
    /// Address and title.
    papers: Vec<(String, String)>,
    valid_until: String,
    was_refused: bool,
    is_capped: bool,
    /// Nothing is left of its supplements.
    is_free: bool,
    /// The demand to be capped may be made here.
    may_be_capped: bool,
    parts: [(&'static str, &'static str); 9],
}

#[derive(Template)]
#[template(path = "acceptance/standing.html")]
struct StandingPage {
    frame: Frame,
    /// `awaited`, `study`, `postponed`, `declined` or `refused`.
    what: &'static str,
    /// The day that is told: of the answer, or of a new request.
    day: String,
    /// Names of the documents asked for.
    evidence: Vec<&'static str>,
    /// Where they are sent; empty: by post.
    upload: String,
    /// Files that were sent.
    received: usize,
    /// Level of AERAS that studies it now.
    level: u8,
    /// Address and title.
    papers: Vec<(String, String)>,
}

sheets!(ConditionsPage, StandingPage);

type At = Path<(String, String)>;

pub(super) async fn show(
    State(acceptances): State<Acceptances>,
    Path((id, who)): At,
    headers: HeaderMap,
) -> Answer {
    let own = own(&acceptances, &headers, (&id, &who)).await?;
    let outlook = acceptances.outlook(&own.case).await?;
    page(&acceptances, &own, &who, outlook, Form::default()).await
}

async fn page(
    acceptances: &Acceptances,
    own: &Own,
    who: &str,
    outlook: Outlook,
    form: Form,
) -> Answer {
    let guest = &own.guest;
    let papers = papers(acceptances, own, who).await?;
    let standing = |title: &str, what, day: String| {
        let frame = Frame::new(guest, title, Form::default());
        StandingPage {
            frame,
            what,
            day,
            evidence: Vec::new(),
            upload: String::new(),
            received: 0,
            level: 0,
            papers: papers.clone(),
        }
    };
    Ok(match outlook {
        Outlook::NotAsked => to(guest, &format!("{who}/sante")).into_response(),
        Outlook::ToFill { .. } if !acceptances.core.underwriting.is_configured() => {
            closed(acceptances, guest)
        }
        Outlook::ToFill { .. } => to(guest, &format!("{who}/questionnaire")).into_response(),
        Outlook::Awaited => {
            unkept(standing("Nous étudions vos réponses", "awaited", String::new()))
        }
        Outlook::Studied(study) => {
            unkept(sent(acceptances, own, who, studied(standing, &study)).await?)
        }
        Outlook::Accepted => accepted(acceptances, guest).await?,
        Outlook::Postponed { until } => {
            unkept(standing("Votre demande doit attendre", "postponed", french::day(until)))
        }
        Outlook::Declined { at, level } => unkept(declined(standing, at, level)),
        Outlook::Proposed(it) => conditions(guest, &it, papers, form),
    })
}

async fn accepted(acceptances: &Acceptances, guest: &Guest) -> Answer {
    let next = guest.next(&acceptances.core.dossiers).await?;
    let next = vec![("Continuer".to_owned(), next)];
    let lines = ["Votre part du dossier est acceptée."];
    Ok(message(guest, "Nous pouvons vous assurer", &lines, next, StatusCode::OK))
}

fn studied(
    standing: impl Fn(&str, &'static str, String) -> StandingPage,
    it: &Study,
) -> StandingPage {
    let day = french::day(answered_by(it.since));
    let title = if it.evidence.is_empty() {
        "Votre demande est à l’étude"
    } else {
        "Il nous faut un document"
    };
    let evidence = it.evidence.iter().map(|code| words::evidence(code)).collect();
    StandingPage { evidence, ..standing(title, "study", day) }
}

/// With the way to send what is asked for, and what came of it.
async fn sent(
    acceptances: &Acceptances,
    own: &Own,
    who: &str,
    page: StandingPage,
) -> Result<StandingPage, Problem> {
    let underwriting = &acceptances.core.underwriting;
    let demand = underwriting.demand(own.case.insured()).await?;
    let files = demand.map_or(0, |it| it.files.iter().filter(|one| one.state.counts()).count());
    let is_open = !page.evidence.is_empty() && underwriting.takes_evidence();
    let upload = format!("/d/{}/{who}/pieces", own.guest.visit.dossier);
    Ok(StandingPage {
        received: files,
        upload: if is_open { upload } else { String::new() },
        ..page
    })
}

fn declined(
    standing: impl Fn(&str, &'static str, String) -> StandingPage,
    at: jiff::Timestamp,
    level: aeras::Level,
) -> StandingPage {
    let day = french::day(answered_by(at));
    let again = match level {
        aeras::Level::Second => 2,
        aeras::Level::Third => 3,
        aeras::Level::Over => {
            let title = "Nous ne pouvons pas vous assurer pour ce prêt";
            return standing(title, "refused", day);
        }
    };
    let title = "Votre demande est étudiée de nouveau";
    StandingPage { level: again, ..standing(title, "declined", day) }
}

/// Three weeks from the complete file (AERAS).
fn answered_by(since: jiff::Timestamp) -> jiff::civil::Date {
    let day = since.to_zoned(jiff::tz::TimeZone::UTC).date();
    add_business_days(day, u16::try_from(aeras::ANSWER_DAYS).unwrap_or(u16::MAX))
}

fn conditions(guest: &Guest, it: &Proposed, own: Vec<(String, String)>, form: Form) -> Response {
    let title = "Nous pouvons vous assurer, à ces conditions";
    let fsi = (
        format!("{}/documents/fiche_standardisee_{}", it.after.page, guest.place),
        "Fiche standardisée d’information, avec ces conditions".to_owned(),
    );
    let page = ConditionsPage {
        proposal: it.proposal.id.simple().to_string(),
        supplements: shown::supplements(it, guest.place),
        exclusions: shown::exclusions(it),
        removed: shown::removed(it),
        prices: shown::prices(it),
        rise: shown::rise(it),
        lender: shown::lender(it, guest.place),
        papers: std::iter::once(fsi).chain(own).collect(),
        valid_until: french::day(it.proposal.valid_until),
        was_refused: it.proposal.reply == Reply::Refused,
        is_capped: it.proposal.is_capped,
        is_free: it.proposal.is_capped && shown::is_free(it, guest.place),
        may_be_capped: it.may_be_capped && !it.proposal.is_capped,
        parts: PARTS,
        frame: Frame::new(guest, title, form),
    };
    unkept(page)
}

/// The documents of the questionnaire that are the person's: address and title.
async fn papers(
    acceptances: &Acceptances,
    own: &Own,
    who: &str,
) -> Result<Vec<(String, String)>, Problem> {
    let kept = acceptances.core.underwriting.documents(own.case.insured()).await?;
    let base = format!("/d/{}/{who}/decision/documents", own.guest.visit.dossier);
    let title = |kind: &str| match kind {
        "questionnaire" => "Vos réponses",
        "decision" => "Notre décision",
        _ => "Document du questionnaire",
    };
    Ok(kept.iter().map(|it| (format!("{base}/{}", it.name), title(&it.kind).to_owned())).collect())
}

/// What the person answers.
pub(super) async fn reply(
    State(acceptances): State<Acceptances>,
    Path((id, who)): At,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let own = own(&acceptances, &headers, (&id, &who)).await?;
    own.guest.check(&acceptances.core.dossiers, &headers, &form)?;
    let outlook = acceptances.outlook(&own.case).await?;
    let here = || Ok(to(&own.guest, &format!("{who}/decision")).into_response());
    let wishes = [("reexamen", Wish::Review), ("gis", Wish::Gis)];
    if let Some((_, wish)) = wishes.iter().find(|(action, _)| form.is("action", action)) {
        if matches!(outlook, Outlook::Proposed(_) | Outlook::Postponed { .. }) {
            acceptances.ask_again(&own.case, *wish).await?;
        }
        return here();
    }
    let Outlook::Proposed(it) = outlook else { return here() };
    // Answered to what another window showed: what holds now is shown, and nothing is taken.
    if form.value("proposition") != it.proposal.id.simple().to_string() {
        let mut answer =
            page(&acceptances, &own, &who, Outlook::Proposed(it), Form::default()).await?;
        *answer.status_mut() = StatusCode::CONFLICT;
        return Ok(answer);
    }
    if form.is("action", "ecreter") {
        if let Some(household) = household(&mut form) {
            match acceptances.cap(&it, own.guest.place, household).await? {
                Capped::Done => return here(),
                other => form.refuse("revenu", uncapped(other)),
            }
        }
        return page(&acceptances, &own, &who, Outlook::Proposed(it), form).await;
    }
    if form.is("action", "refuser") {
        acceptances.refuse(&it).await?;
        return here();
    }
    for one in shown::exclusions(&it) {
        if !form.is(&one.name, "oui") {
            form.refuse(&one.name, "Cochez la case pour dire que vous avez lu cette exclusion");
        }
    }
    if !form.is_sound() {
        return page(&acceptances, &own, &who, Outlook::Proposed(it), form).await;
    }
    match acceptances.accept(&own.case, &it).await {
        Ok(()) => {
            let next = own.guest.next(&acceptances.core.dossiers).await?;
            Ok(Redirect::to(&next).into_response())
        }
        Err(problem) if problem.kind == Kind::Conflict => here(),
        Err(problem) => Err(refused(problem)),
    }
}

/// Parts of a tax household, in quarters, as a list.
const PARTS: [(&str, &str); 9] = [
    ("4", "1"),
    ("5", "1,25"),
    ("6", "1,5"),
    ("7", "1,75"),
    ("8", "2"),
    ("10", "2,5"),
    ("12", "3"),
    ("16", "4"),
    ("20", "5 ou plus"),
];

/// What was typed of a household; messages at what cannot be taken.
fn household(form: &mut Form) -> Option<Household> {
    let income = french::read::amount(form.value("revenu"));
    if income.is_none() {
        form.refuse(
            "revenu",
            "Indiquez le revenu fiscal de référence de votre avis d’impôt, en euros",
        );
    }
    let parts = form.value("parts").to_owned();
    let known = PARTS.iter().find(|(quarters, _)| *quarters == parts);
    let quarters = known.and_then(|(quarters, _)| quarters.parse().ok());
    if quarters.is_none() {
        form.refuse("parts", "Choisissez le nombre de parts de votre avis d’impôt");
    }
    Some(Household { income: income?, quarters: quarters? })
}

/// Why nothing is capped.
fn uncapped(why: Capped) -> String {
    match why {
        Capped::Above(ceiling) => format!(
            "Ce revenu dépasse {}, le plafond de la convention pour vos parts\u{a0}: la prime n’est pas \
             plafonnée",
            french::euros_round(ceiling)
        ),
        _ => {
            "Votre assurance pèse moins de 1,40 point dans le taux du prêt\u{a0}: il n’y a rien à \
              plafonner"
                .to_owned()
        }
    }
}

/// A document of the questionnaire, for the person whose answers it holds.
pub(super) async fn document(
    State(acceptances): State<Acceptances>,
    Path((id, who, name)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    let own = own(&acceptances, &headers, (&id, &who)).await?;
    let bytes = acceptances.core.underwriting.document(own.case.insured(), &name).await?;
    let sha256 = plain_sha256(&bytes);
    Ok(file::inline(file::PDF, &format!("{name}.pdf"), &sha256, bytes, &headers))
}
