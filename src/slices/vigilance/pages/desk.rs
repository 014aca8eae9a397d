//! The desk of vigilance in the back office: the contracts that wait, and one of them with who pays it. Whoever
//! looks says what they saw and what they found. Of the contract it shows the capital alone: never a price, never a word
//! of health.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use uuid::Uuid;

use crate::backoffice_page;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::backoffice::{Admitted, Deed, Frame, Room};
use crate::platform::web::form::Form;
use crate::platform::web::page::{CachePolicy, Page, PageError, Sheet as _};
use crate::slices::contracts::{ContractId, Identified, UnderCheck};
use crate::slices::vigilance::core::Vigilance;
use crate::slices::vigilance::model::{Check, Finding, Measure, Officer, Outcome, Settled, Words};

/// Most that are listed.
const MOST: u32 = 100;

/// Longest note.
const NOTE_MAX: usize = 500;

/// The room.
pub struct VigilanceRoom;

impl Room for VigilanceRoom {
    const TITLE: &'static str = "Vérification des identités";
    const SUMMARY: &'static str = "Savoir qui paie un contrat avant que l’assurance ne commence.";
    const PATH: &'static str = "/gestion/identites";
    const GROUPS: &'static [&'static str] = &["conformite"];
}

/// The pages, below the room's address.
pub fn routes() -> Router<Vigilance> {
    Router::new().route("/", get(queue)).route("/{contract}", get(show).post(found))
}

/// A contract that waits.
struct Row {
    href: String,
    number: String,
    signed: String,
    effect: String,
    standing: &'static str,
}

#[derive(Template)]
#[template(path = "vigilance/queue.html")]
struct QueuePage {
    frame: Frame,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "vigilance/contract.html")]
struct ContractPage {
    frame: Frame,
    form: Form,
    action: String,
    number: String,
    facts: Vec<(&'static str, String)>,
    payer: Vec<(&'static str, String)>,
    /// Day and finding of each look.
    checks: Vec<(String, String)>,
    /// The last of them.
    seen: String,
    /// Two people must look.
    is_enhanced: bool,
    is_open: bool,
    measures: [(&'static str, &'static str); 2],
}

backoffice_page!(QueuePage, "Vérification des identités");
backoffice_page!(ContractPage, "Vérifier une identité", form);

const fn words(standing: Identified) -> &'static str {
    match standing {
        Identified::Pending => "À vérifier",
        Identified::Refused => "Non vérifiée",
        Identified::Verified => "Vérifiée",
    }
}

async fn queue(
    who: Admitted<VigilanceRoom>,
    State(vigilance): State<Vigilance>,
) -> Result<Page<QueuePage>, PageError> {
    let waiting = vigilance.contracts.unvouched(MOST).await.map_err(Problem::from)?;
    let rows = waiting.into_iter().map(|one| Row {
        href: address(one.id),
        signed: french::day_of_moment(&one.concluded_at.to_string()).unwrap_or_default(),
        effect: french::day(one.effect_on),
        standing: words(one.standing),
        number: one.number,
    });
    let rows = rows.collect();
    Ok(Page::new(QueuePage { frame: who.frame(), rows }).cache(CachePolicy::Never))
}

fn address(id: ContractId) -> String {
    format!("{}/{id}", VigilanceRoom::PATH)
}

async fn under_check(vigilance: &Vigilance, contract: &str) -> Result<UnderCheck, PageError> {
    let id = contract.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    Ok(vigilance.contracts.under_check(id).await.map_err(Problem::from)?)
}

async fn show(
    who: Admitted<VigilanceRoom>,
    State(vigilance): State<Vigilance>,
    Path(contract): Path<String>,
) -> Result<Response, PageError> {
    let under = under_check(&vigilance, &contract).await?;
    // Who looks at somebody's account leaves a trace.
    let by = who.staff().subject();
    tracing::info!(by, contract = %under.contract.id, "who pays a contract was looked up");
    page(&vigilance, who.frame(), &under, Form::default()).await
}

async fn page(
    vigilance: &Vigilance,
    frame: Frame,
    under: &UnderCheck,
    form: Form,
) -> Result<Response, PageError> {
    let history = vigilance.history(under.contract.id).await?;
    let page = ContractPage {
        action: address(under.contract.id),
        number: under.contract.number.clone(),
        facts: facts(under),
        payer: payer(under),
        seen: history.last().map(|(check, _)| check.id.to_string()).unwrap_or_default(),
        checks: history.iter().map(line).collect(),
        is_enhanced: under.is_enhanced,
        is_open: under.is_open(),
        measures: Measure::ALL.map(|one| (one.code(), one.sentence())),
        frame,
        form,
    };
    Ok(Page::new(page).cache(CachePolicy::Never).into_response())
}

fn facts(under: &UnderCheck) -> Vec<(&'static str, String)> {
    let contract = &under.contract;
    let signed = french::day_of_moment(&contract.concluded_at.to_string()).unwrap_or_default();
    vec![
        ("Identité", words(contract.identity).to_owned()),
        ("Assurés", under.insured.join(", ")),
        ("Capital des prêts", french::euros(Cents::new(under.capital_cents))),
        ("Signé le", signed),
        ("Début de l’assurance", french::day(under.cover_from)),
        ("Où en est le contrat", french::capitalised(under.state.label())),
    ]
}

fn payer(under: &UnderCheck) -> Vec<(&'static str, String)> {
    let payment = &under.payment;
    let tie = payment.tie.unwrap_or("Aucun\u{a0}: qui a souscrit a saisi ce compte");
    let mut facts = vec![
        ("Titulaire du compte", payment.holder.clone()),
        ("Lien, selon qui a souscrit", tie.to_owned()),
        ("Compte", payment.account.clone()),
        ("Mandat", payment.rum.clone()),
    ];
    if !payment.address.is_empty() {
        facts.insert(2, ("Adresse", payment.address.clone()));
    }
    facts
}

fn line((check, words): &(Check, Words)) -> (String, String) {
    let day = french::day_of_moment(&check.at.to_string()).unwrap_or_default();
    let what = match check.outcome {
        Outcome::Verified => "Vérifiée",
        Outcome::Refused => "Non vérifiée",
    };
    let Words { name, note } = words;
    let note = if note.is_empty() { String::new() } else { format!("\u{a0}: {note}") };
    (day, format!("{what} par {name}{note}"))
}

/// What was typed; none with messages at what is missing.
fn read(form: &mut Form) -> Option<Finding> {
    let outcome = Outcome::of(form.value("avis"));
    if outcome.is_none() {
        form.refuse("avis", "Indiquez si l’identité est vérifiée");
    }
    let measures: Vec<_> =
        Measure::ALL.into_iter().filter(|one| form.value(one.code()) == "oui").collect();
    let note = form.value("note").trim().to_owned();
    let length = note.chars().count();
    match outcome {
        Some(Outcome::Verified) if measures.len() < Measure::ALL.len() => {
            form.refuse("document", "Une identité est vérifiée par les deux moyens ensemble");
        }
        Some(Outcome::Refused) if length < 3 => {
            form.refuse("note", "Indiquez ce qui manque, en 3 à 500\u{a0}caractères");
        }
        _ => {}
    }
    if length > NOTE_MAX {
        form.refuse("note", "La note doit comporter 500\u{a0}caractères au plus");
    }
    let seen = Uuid::try_parse(form.value("vu")).ok();
    let outcome = outcome.filter(|_| form.is_sound())?;
    Some(Finding { outcome, measures, note, seen })
}

async fn found(
    State(vigilance): State<Vigilance>,
    Path(contract): Path<String>,
    mut deed: Deed<VigilanceRoom>,
) -> Result<Response, PageError> {
    let under = under_check(&vigilance, &contract).await?;
    let staff = deed.admitted.staff().clone();
    let by = Officer { subject: staff.subject(), name: staff.name() };
    if let Some(finding) = read(&mut deed.form) {
        let told = match vigilance.found(by, &under, &finding).await? {
            Settled::Verified | Settled::Refused => {
                return Ok(Redirect::to(VigilanceRoom::PATH).into_response());
            }
            Settled::NeedsAnother => {
                return Ok(Redirect::to(&address(under.contract.id)).into_response());
            }
            Settled::SamePerson => {
                "Vous avez déjà vérifié cette identité\u{a0}: quelqu’un d’autre doit le faire aussi"
            }
            Settled::Changed => {
                "Quelqu’un a écrit un avis entre-temps\u{a0}: lisez-le, puis donnez le vôtre"
            }
            Settled::Closed => "Il n’y a plus rien à vérifier\u{a0}: un avis est définitif",
        };
        deed.form.refuse("avis", told);
    }
    let form = std::mem::take(&mut deed.form);
    let under = under_check(&vigilance, &contract).await?;
    page(&vigilance, deed.admitted.frame(), &under, form).await
}
