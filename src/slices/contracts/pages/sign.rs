//! Page 10: the documents, the code, and the act of signing; while the documents are made, a page that
//! says so.

use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Answer, Frame, blocked, hour, sheets, unkept};
use super::payer::Demand;
use crate::kernel::french;
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::{Contracts, moment};
use crate::slices::contracts::declared::accepted;
use crate::slices::contracts::error::ContractError;
use crate::slices::contracts::payers::{Payer, Standing};
use crate::slices::contracts::preparing::is_for;
use crate::slices::contracts::signing::{Outcome, Place, reached};
use crate::slices::dossiers::pages::{Guest, Stop, guest};
use crate::slices::dossiers::{Asked, Signable, Verdict};
use crate::slices::messages::Channel;
use crate::slices::quotes::is_reading;
use crate::slices::signature::{self, Ceremony};

/// A document to be signed.
struct Paper {
    href: String,
    title: String,
    size: String,
}

#[derive(Template)]
#[template(path = "contracts/sign.html")]
struct SignPage {
    frame: Frame,
    papers: Vec<Paper>,
    /// Those that were read at the recap, and are signed with the others.
    readings: Vec<Paper>,
    consents: Vec<String>,
    /// The first day of cover.
    effect: String,
    /// Where a code goes, masked: by SMS, and by e-mail when the person has an address.
    mobile: String,
    email: String,
    /// The last code went by e-mail.
    by_email: bool,
    /// What became of the last demand for a code.
    told: String,
    /// Whether a code is on its way.
    is_sent: bool,
    /// What is shown here: another one is not signed by this page.
    lot: String,
    /// Those who sign, and since when.
    signers: Vec<(String, String)>,
    /// The person of the session has signed; others have still to.
    is_waiting: bool,
    /// How the demand to another payer stands, for whoever asked.
    demand: Option<Demand>,
    /// Whether another payer has a mandate to sign.
    has_payer: bool,
}

#[derive(Template)]
#[template(path = "contracts/preparing.html")]
struct PreparingPage {
    frame: Frame,
}

/// The other borrower, before there is an account.
#[derive(Template)]
#[template(path = "contracts/waiting.html")]
struct WaitingPage {
    frame: Frame,
    /// Who has to name the account.
    first: String,
}

sheets!(SignPage, PreparingPage, WaitingPage);

impl SignPage {
    const fn code_label(&self) -> &'static str {
        if self.by_email { "Code reçu par e-mail" } else { "Code reçu par SMS" }
    }
}

/// How long a look at the page waits for documents that are nearly made, before it says so.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Name of the way of a code: `email`, or by SMS.
const WAY: &str = "par";

/// The pause between two looks.
const LOOK: Duration = Duration::from_millis(250);

fn to(guest: &Guest, path: &str) -> Response {
    Redirect::to(&format!("/d/{}/{path}", guest.visit.dossier)).into_response()
}

/// The address of this page.
fn here(guest: &Guest) -> String {
    format!("/d/{}/signature", guest.visit.dossier)
}

/// Where somebody belongs who is too early or too late for this page.
async fn elsewhere(contracts: &Contracts, guest: &Guest) -> Result<Option<Response>, Stop> {
    let id = guest.visit.dossier;
    let shown = contracts.core.dossiers.shown(id).await.map_err(ContractError::from)?;
    if shown.state.is_signed() {
        return Ok(Some(to(guest, "fin")));
    }
    if contracts.obstacle(&shown).is_some() {
        return Ok(Some(to(guest, "recapitulatif")));
    }
    let is_refused = |payer: &Payer| payer.standing == Standing::Declined;
    match contracts.mandate(id).await? {
        None if guest.is_initiator() => Ok(Some(to(guest, "prelevement"))),
        None => Ok(Some(waiting(guest, &shown))),
        // Another account is to be found first.
        Some(mandate) if guest.is_initiator() && mandate.payer.as_ref().is_some_and(is_refused) => {
            Ok(Some(to(guest, "titulaire")))
        }
        Some(_) => Ok(None),
    }
}

/// Nothing can be signed before whoever began the dossier has named an account.
fn waiting(guest: &Guest, shown: &Signable) -> Response {
    let first = shown.insured.iter().find(|one| one.place == 1);
    let first = first.and_then(|one| one.person.given_name.clone()).unwrap_or_default();
    let frame = Frame::new(guest, "Bientôt à vous de signer", 6, "recapitulatif", Form::default());
    unkept(WaitingPage { frame, first })
}

/// The page of the documents, or the one that says that they are being made.
async fn page(
    contracts: &Contracts,
    guest: &Guest,
    form: Form,
    told: (String, bool),
) -> Result<Response, Stop> {
    match contracts.ceremony(guest.visit.dossier, guest.visit.insured).await? {
        Some(ceremony) => Ok(unkept(papers(contracts, guest, ceremony, form, told).await?)),
        None => Ok(unkept(PreparingPage {
            frame: Frame::new(guest, "Signer", 6, "prelevement", Form::default()),
        })),
    }
}

async fn papers(
    contracts: &Contracts,
    guest: &Guest,
    ceremony: Ceremony,
    form: Form,
    (told, is_sent): (String, bool),
) -> Result<SignPage, Stop> {
    let by_email = form.is(WAY, "email");
    let (id, me) = (guest.visit.dossier, guest.visit.insured);
    let shown = contracts.core.dossiers.shown(id).await.map_err(ContractError::from)?;
    let mandate = contracts.mandate(id).await?.ok_or(ContractError::Unknown)?;
    let payer = mandate.payer.as_ref();
    let asked = payer.filter(|_| guest.is_initiator());
    let demand = asked.map(|payer| Demand::of(contracts, payer, &shown)).transpose()?;
    let paper = |paper: &signature::Paper| Paper {
        href: format!("/d/{id}/documents/{}", paper.name),
        title: paper.title.clone(),
        size: french::bytes(paper.size),
    };
    let (readings, papers): (Vec<_>, Vec<_>) = ceremony
        .papers
        .iter()
        .filter(|paper| is_for(&paper.name, guest.place))
        .partition(|paper| is_reading(&paper.name));
    let signers = ceremony.signers.iter().filter_map(|signer| {
        let person = shown.insured.iter().find(|one| one.insured_id == signer.id)?;
        let when = signer
            .signed_at
            .map_or_else(|| "à signer".to_owned(), |at| format!("signé le {}", moment(at)));
        Some((person.person.given_name.clone().unwrap_or_default(), when))
    });
    let person = shown.insured.iter().find(|one| one.insured_id == me);
    let address = |way| {
        let to = person.and_then(|one| reached(one, way));
        to.map(|to| to.masked()).unwrap_or_default()
    };
    Ok(SignPage {
        papers: papers.into_iter().map(paper).collect(),
        readings: readings.into_iter().map(paper).collect(),
        consents: accepted(&mandate, guest.place, &shown),
        effect: french::day(shown.quote.request.effect_date),
        demand,
        has_payer: payer.is_some(),
        mobile: address(Channel::Sms),
        email: address(Channel::Email),
        by_email,
        told,
        is_sent,
        lot: ceremony.id.simple().to_string(),
        signers: signers.collect(),
        is_waiting: ceremony.has_signed(me),
        frame: Frame::new(guest, "Signer", 6, "prelevement", form),
    })
}

pub(super) async fn show(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    if let Some(answer) = elsewhere(&contracts, &guest).await? {
        return Ok(answer);
    }
    let told = match query.as_deref() {
        Some("numero=change") => "Votre numéro est changé. Demandez un code.",
        _ => "",
    };
    let (id, me) = (guest.visit.dossier, guest.visit.insured);
    let until = tokio::time::Instant::now() + PATIENCE;
    while tokio::time::Instant::now() < until && contracts.ceremony(id, me).await?.is_none() {
        tokio::time::sleep(LOOK).await;
    }
    page(&contracts, &guest, Form::default(), (told.to_owned(), false)).await
}

/// «Recevoir le code».
pub(super) async fn again(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    if let Some(answer) = elsewhere(&contracts, &guest).await? {
        return Ok(answer);
    }
    let way = if form.is(WAY, "email") { Channel::Email } else { Channel::Sms };
    let to = (guest.visit.insured, way);
    let from = address.map(|known| known.0.0);
    let told = match contracts.send_code(guest.visit.dossier, to, from).await? {
        Asked::Sent if way == Channel::Email => {
            ("Le code est parti par e-mail. Il est valable 10 minutes.".to_owned(), true)
        }
        Asked::Sent => ("Le code est parti. Il est valable 10 minutes.".to_owned(), true),
        Asked::TooSoon(at) => (format!("Un nouveau code est possible à {}.", hour(at)), true),
        Asked::Blocked(at) => return Ok(blocked(at, here(&guest))),
        Asked::TooMany => ("Beaucoup de codes sont partis. Attendez une heure.".to_owned(), false),
    };
    // The next page says where the code is to be read.
    page(&contracts, &guest, Form::new([(WAY, form.value(WAY))]), told).await
}

/// «Signer mon contrat».
pub(super) async fn submit(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    address: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&contracts.core.dossiers, &headers, &id).await?;
    guest.check(&contracts.core.dossiers, &headers, &form)?;
    if let Some(answer) = elsewhere(&contracts, &guest).await? {
        // Sent twice, or after another window: the first answer.
        return Ok(answer);
    }
    let typed: String = form.value("code").chars().filter(|c| !c.is_whitespace()).collect();
    let is_code = typed.len() == 6 && typed.bytes().all(|byte| byte.is_ascii_digit());
    if typed.is_empty() {
        form.refuse("code", "Saisissez le code reçu");
    } else if !is_code {
        form.refuse("code", "Le code doit comporter 6 chiffres");
    }
    if form.is_sound() {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let place = Place {
            address: address.map(|known| known.0.0.to_string()).unwrap_or_default(),
            agent: agent.unwrap_or_default().to_owned(),
        };
        let who = (guest.visit.insured, form.value("lot").parse().ok());
        match contracts.sign(guest.visit.dossier, who, &typed, place).await? {
            Outcome::Concluded => return Ok(to(&guest, "fin")),
            Outcome::Waiting => return Ok(to(&guest, "signature")),
            Outcome::Changed => {
                if let Some(answer) = elsewhere(&contracts, &guest).await? {
                    return Ok(answer);
                }
                form.refuse(
                    "code",
                    "Les documents ont changé entre-temps\u{a0}: relisez-les, puis signez",
                );
            }
            Outcome::Refused(Verdict::Blocked(at)) => return Ok(blocked(at, here(&guest))),
            Outcome::Refused(verdict) => form.refuse("code", refusal(verdict)),
        }
    }
    page(&contracts, &guest, form, (String::new(), true)).await
}

/// Why a code is not the one.
pub(in crate::slices::contracts) fn refusal(verdict: Verdict) -> String {
    match verdict {
        Verdict::Wrong(1) => {
            "Ce code ne correspond pas au dernier envoyé. Il reste 1 essai.".to_owned()
        }
        Verdict::Wrong(left) => {
            format!("Ce code ne correspond pas au dernier envoyé. Il reste {left} essais.")
        }
        Verdict::Blocked(at) => {
            format!("Signature bloquée pendant 15 minutes\u{a0}: recommencez à {}", hour(at))
        }
        Verdict::Unsent => "Demandez d’abord un code, puis saisissez-le ici".to_owned(),
        Verdict::Expired | Verdict::Right(_) => {
            "Ce code a expiré\u{a0}: demandez-en un nouveau".to_owned()
        }
    }
}
