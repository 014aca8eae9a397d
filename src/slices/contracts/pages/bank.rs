//! Page 11: the lender is told, and its answer is followed, for the life of the contract: from the dossier, and from the
//! customer's area by its owner. Who began the dossier acts; another insured person reads.

use std::collections::HashMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;

use super::area;
use super::frame::{Answer, Frame, said, sheets, unkept};
use super::tracker::tracker;
use crate::kernel::french;
use crate::platform::web::facts::ClientAddress;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::banking::Demand;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::form;
use crate::slices::contracts::model::{BankRequest, Contract, Identified};
use crate::slices::contracts::papers::{ENCLOSURES, Level, are_several};
use crate::slices::contracts::refusals;
use crate::slices::dossiers::pages::{Guest, Stop, guest, over, over_by_code};
use crate::slices::identity::Visitor;
use uuid::Uuid;

/// Boxes of the day on which the lender did something.
const WHEN: [&str; 3] = ["quand_j", "quand_m", "quand_a"];

/// What a lender does.
const ANSWERS: [(&str, &str); 3] = [
    ("recue", "Elle a reçu la demande"),
    ("acceptee", "Elle accepte"),
    ("refusee", "Elle refuse ou demande une pièce"),
];

/// What can be said of it once it has refused.
const AFTER_REFUSAL: [(&str, &str); 2] = [
    ("acceptee", "Elle accepte finalement"),
    ("pas_refusee", "Elle n’a pas refusé\u{a0}: c’était une erreur"),
];

/// Boxes of the first day.
const EFFECT: [&str; 3] = ["effet_j", "effet_m", "effet_a"];

#[derive(Template)]
#[template(path = "contracts/bank.html")]
struct BankPage {
    frame: Frame,
    contract: Contract,
    request: BankRequest,
    /// What happened and what is awaited, in order, with whether it is done.
    tracker: Vec<(String, bool)>,
    /// When we sent the demand, if we did.
    sent: String,
    /// Whether who reads may say something here.
    acts: bool,
    /// What was asked is typed again.
    corrects: bool,
    /// Why the lender refused or sent the demand back.
    why: String,
    reasons: Vec<(String, String)>,
    /// What can be said: once it has refused, that it has not.
    answers: &'static [(&'static str, &'static str)],
    /// Last day to renounce, while it is not past.
    until: String,
    phone: String,
}

/// The letter, before it is dated.
#[derive(Template)]
#[template(path = "contracts/bank_check.html")]
struct CheckPage {
    frame: Frame,
    contract: Contract,
    demand: Demand,
    today: String,
    company: String,
    level: Level,
}

sheets!(BankPage, CheckPage);

impl BankPage {
    /// Whether the demand can leave from here: the customer gave an e-mail address, and nobody has answered.
    fn can_be_sent(&self) -> bool {
        let waits = self.request.is_asked() && !self.request.is_answered() && self.sent.is_empty();
        self.acts && waits && !self.is_new_loan() && self.request.email().is_some()
    }

    /// Whether what was asked can still be corrected.
    fn can_be_corrected(&self) -> bool {
        let is_ours = self.sent.is_empty() || self.request.is_sent_back();
        self.acts && self.request.state == "sent" && is_ours && !self.is_new_loan()
    }

    /// Whether something is still to be said of the lender: its answer, or that it has not refused.
    fn can_be_answered(&self) -> bool {
        let is_asked = self.request.is_asked() || self.is_new_loan();
        self.acts && is_asked && self.request.state != "accepted"
    }

    /// Whether it is known who pays, before which nothing leaves.
    fn is_vouched(&self) -> bool {
        self.contract.identity == Identified::Verified
    }

    fn is_new_loan(&self) -> bool {
        !self.contract.content.is_substitution
    }

    /// Who may act for this contract.
    fn owner(&self) -> &str {
        self.contract.content.persons.first().map_or("", |one| one.called())
    }

    fn is_irregular(&self) -> bool {
        self.request.reason_code == refusals::OTHER
    }
}

impl CheckPage {
    fn sender(&self) -> (&str, &[String], &str) {
        let first = self.contract.content.persons.first();
        first.map_or(("", &[], ""), |one| (&one.name, &one.lines, &one.city))
    }

    fn insured(&self) -> String {
        let persons = &self.contract.content.persons;
        french::together(&persons.iter().map(|one| one.name.as_str()).collect::<Vec<_>>())
    }

    fn enclosures(&self) -> [&'static str; 2] {
        ENCLOSURES.map(crate::slices::documents::Kind::title)
    }

    /// Whether the number is of several loans.
    fn are_several(&self) -> bool {
        are_several(&self.demand.loan_number)
    }

    fn effect(&self) -> String {
        french::day(self.demand.effect_on)
    }
}

/// Who reads the page, and by which way they came.
enum Reader {
    Guest(Box<Guest>),
    Owner(Visitor),
}

/// Somebody at the page of their contract.
struct Desk {
    reader: Reader,
    contract: Contract,
}

impl Desk {
    /// A dossier's identifier leads through its session, a contract's through the account of its owner.
    async fn enter(contracts: &Contracts, headers: &HeaderMap, id: &str) -> Result<Self, Stop> {
        if id.starts_with("ctr_") {
            let visitor = area::visitor(contracts, headers).await.map_err(Stop::with)?;
            let contract = area::theirs(contracts, &visitor, id).await?;
            return Ok(Self { reader: Reader::Owner(visitor), contract });
        }
        let guest = guest(&contracts.core.dossiers, headers, id).await?;
        let Some(contract) = contracts.of_dossier(guest.visit.dossier).await? else {
            let path = format!("/d/{}/signature", guest.visit.dossier);
            return Err(Stop::with(Redirect::to(&path)));
        };
        Ok(Self { reader: Reader::Guest(Box::new(guest)), contract })
    }

    /// The same for an act: the form is of our page, and who sends it holds the contract.
    async fn act(
        contracts: &Contracts,
        (headers, form): (&HeaderMap, &Form),
        id: &str,
    ) -> Result<(Self, Uuid), Stop> {
        let desk = Self::enter(contracts, headers, id).await?;
        match &desk.reader {
            Reader::Guest(guest) => guest.check(&contracts.core.dossiers, headers, form)?,
            Reader::Owner(visitor) => area::check(contracts, visitor, headers, form)?,
        }
        let first = desk.contract.content.persons.first().map(|one| one.insured);
        let by = first.filter(|_| desk.is_holder()).ok_or_else(|| {
            let line = "La personne qui a ouvert le dossier le fait depuis le sien.";
            Stop::with(said("Vous ne pouvez pas répondre ici", &[line], StatusCode::FORBIDDEN))
        })?;
        Ok((desk, by))
    }

    /// Whether they hold the contract: who began the dossier, or whose account has it.
    const fn is_holder(&self) -> bool {
        match &self.reader {
            Reader::Guest(guest) => guest.is_initiator(),
            Reader::Owner(_) => true,
        }
    }

    fn frame(&self, title: &str, form: Form) -> Frame {
        match &self.reader {
            Reader::Guest(guest) => Frame::new(guest, title, 0, "fin", form),
            Reader::Owner(visitor) => {
                let base = format!("/espace/contrats/{}", self.contract.id);
                let mut frame = area::frame(visitor, title, &base, form);
                frame.back = base;
                frame
            }
        }
    }

    /// Back to the page, after an act.
    fn back(&self) -> Response {
        let base = self.frame("", Form::default()).base;
        Redirect::to(&format!("{base}/banque")).into_response()
    }
}

/// Three boxes of a day, where nothing was typed.
fn fill_day(form: &mut Form, names: [&str; 3], day: Date) {
    if names.iter().any(|name| form.has(name)) {
        return;
    }
    let parts = [day.day().to_string(), day.month().to_string(), day.year().to_string()];
    for (name, part) in names.into_iter().zip(parts) {
        form.set(name, part);
    }
}

async fn page(
    contracts: &Contracts,
    desk: Desk,
    mut form: Form,
    corrects: bool,
) -> Result<BankPage, Stop> {
    let (contract, today) = (desk.contract.clone(), contracts.today());
    let request = contracts.bank(&contract).await?;
    fill_day(&mut form, EFFECT, request.effect_on);
    fill_day(&mut form, WHEN, today);
    if corrects && !form.has("agence") {
        form.set("agence", request.agency.clone());
        form.set("n_pret", request.loan_number.clone());
        form.set("n_adhesion", request.old_contract.clone());
    }
    let sent = contracts.bank_link(&contract).await?;
    let sent = sent.and_then(|link| french::day_of_moment(&link.sent_at.to_string()));
    let none = (String::new(), "Choisissez la raison".to_owned());
    let is_open = contract.ended_at.is_none() && today <= contract.withdraw_until;
    Ok(BankPage {
        tracker: tracker(&contract, &request, today),
        sent: sent.unwrap_or_default(),
        acts: desk.is_holder() && contract.ended_at.is_none(),
        corrects,
        why: refusals::words(&request.reason_code).unwrap_or_default(),
        answers: if request.is_refused() { &AFTER_REFUSAL } else { &ANSWERS },
        reasons: std::iter::once(none).chain(refusals::all()).collect(),
        until: if is_open { french::day(contract.withdraw_until) } else { String::new() },
        phone: contracts.core.documents.insurer().phone.clone(),
        frame: desk.frame("Prévenir votre banque", form),
        contract,
        request,
    })
}

pub(super) async fn show(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    Query(typed): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let desk = Desk::enter(&contracts, &headers, &id).await?;
    let corrects = typed.contains_key("corriger");
    Ok(unkept(page(&contracts, desk, Form::default(), corrects).await?))
}

/// «Préparer la demande»: the letter is shown, then dated.
pub(super) async fn ask(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let (desk, by) = Desk::act(&contracts, (&headers, &form), &id).await?;
    if form.is("action", "corriger") {
        return Ok(unkept(page(&contracts, desk, form, true).await?));
    }
    let days = (contracts.today(), desk.contract.effect_on);
    let Some(demand) = form::demand(&mut form, days) else {
        return Ok(unkept(page(&contracts, desk, form, true).await?));
    };
    if !form.is("action", "dater") {
        let level = contracts.level(&desk.contract).await?;
        return Ok(unkept(CheckPage {
            level,
            today: french::day(days.0),
            company: contracts.core.documents.insurer().company.clone(),
            frame: desk.frame("Vérifiez la lettre", form),
            contract: desk.contract,
            demand,
        }));
    }
    contracts.ask_bank(&desk.contract, demand, by).await?;
    Ok(desk.back())
}

/// «Envoyer pour moi».
pub(super) async fn send(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let (desk, by) = Desk::act(&contracts, (&headers, &form), &id).await?;
    contracts.send_to_bank(&desk.contract, by).await?;
    Ok(desk.back())
}

/// What the lender did, as the customer says it.
pub(super) async fn answer(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let (desk, by) = Desk::act(&contracts, (&headers, &form), &id).await?;
    let days = contracts.bank_days(&desk.contract).await?;
    let Some(said) = form::answer(&mut form, days) else {
        return Ok(unkept(page(&contracts, desk, form, false).await?));
    };
    contracts.answered(&desk.contract, said, Some(by)).await?;
    Ok(desk.back())
}

/// «Choisir d’autres garanties», after a refusal.
pub(super) async fn amend(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    address: Option<Extension<ClientAddress>>,
    form: Form,
) -> Answer {
    let (desk, by) = Desk::act(&contracts, (&headers, &form), &id).await?;
    let (dossier, _) = contracts.amend(&desk.contract, by).await?;
    let dossiers = &contracts.core.dossiers;
    match &desk.reader {
        Reader::Guest(guest) => over(dossiers, guest, dossier).await,
        Reader::Owner(_) => over_by_code(dossiers, dossier, address.map(|known| known.0.0)).await,
    }
}
