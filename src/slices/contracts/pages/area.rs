//! The customer's area: contracts of who is logged in to the pool of customers, their documents, their
//! schedule, their data, and the way out.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::cover::Covered;
use super::frame::{Answer, Frame, sheets, unkept};
use super::leave::WithdrawPage;
use super::schedule::Schedule;
use super::tracker::standing;
use crate::domain::dossier::State as Stands;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::web::csrf;
use crate::platform::web::form::Form;
use crate::platform::web::page::Sheet;
use crate::slices::contracts::core::Contracts;
use crate::slices::contracts::course::Begins;
use crate::slices::contracts::form;
use crate::slices::contracts::keeping::Listed;
use crate::slices::contracts::leaving::REASONS;
use crate::slices::contracts::letters::needed;
use crate::slices::contracts::model::{Contract, ContractId, OWNER};
use crate::slices::dossiers::Waiting;
use crate::slices::dossiers::pages::Stop;
use crate::slices::identity::Visitor;
use crate::slices::messages::Recipient;

/// The pool of customers.
const POOL: &str = "clients";

/// A card of the home page.
struct Card {
    id: ContractId,
    number: String,
    state: &'static str,
    month: String,
    next: String,
    /// The day for which its end was asked.
    end: String,
    /// How far the lender is; empty once the contract is over.
    bank: String,
}

#[derive(Template)]
#[template(path = "contracts/area.html")]
struct AreaPage {
    frame: Frame,
    cards: Vec<Card>,
    waiting: Vec<Waiting>,
    account: String,
}

#[derive(Template)]
#[template(path = "contracts/contract.html")]
struct ContractPage {
    frame: Frame,
    contract: Contract,
    state: &'static str,
    effect: String,
    until: String,
    can_withdraw: bool,
    is_over: bool,
    /// How far the lender is.
    bank: String,
    asked_end: String,
    /// What we still need to end it.
    needed: &'static str,
    contact: String,
    covered: Covered,
    papers: Vec<Listed>,
    schedule: Schedule,
}

#[derive(Template)]
#[template(path = "contracts/terminate.html")]
struct TerminatePage {
    frame: Frame,
    contract: Contract,
    reasons: [(&'static str, &'static str); 3],
    /// The recap: the reason and the day, before the last button.
    recap: Option<(String, String)>,
}

sheets!(AreaPage, ContractPage, TerminatePage);

/// Who is logged in; else the way to the login.
pub(super) async fn visitor(
    contracts: &Contracts,
    headers: &HeaderMap,
) -> Result<Visitor, Response> {
    match contracts.core.identity.visitor(POOL, headers).await {
        Ok(Some(visitor)) => Ok(visitor),
        Ok(None) => Err(Redirect::to(&format!("/pools/{POOL}/account")).into_response()),
        Err(problem) => Err(Stop::from(problem).into_response()),
    }
}

/// Who is logged in, for a handler that else answers with the way to the login.
macro_rules! logged_in {
    ($contracts:expr, $headers:expr) => {
        match super::area::visitor($contracts, $headers).await {
            Ok(visitor) => visitor,
            Err(answer) => return Ok(answer),
        }
    };
}

pub(super) use logged_in;

pub(super) fn frame(visitor: &Visitor, title: &str, base: &str, form: Form) -> Frame {
    Frame {
        title: title.to_owned(),
        step: 0,
        back: "/espace".to_owned(),
        base: base.to_owned(),
        version: 0,
        word: visitor.word.clone(),
        saved: String::new(),
        until: String::new(),
        lasts_s: 0,
        notice: String::new(),
        conflict: String::new(),
        form,
    }
}

pub(super) fn euros(cents: i64) -> String {
    french::euros(Cents::new(cents))
}

pub(super) async fn home(State(contracts): State<Contracts>, headers: HeaderMap) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let mut cards = Vec::new();
    for contract in contracts.all_for(visitor.party).await? {
        let premiums = contracts.premiums(&contract).await?;
        let request = contracts.bank(&contract).await?;
        let (stands, today) = (contracts.state_of(&contract).await?, contracts.today());
        let begins = Begins::of(&contract, &request, (stands, today));
        // Nothing is debited of one that is suspended.
        let smallest = contract.content.smallest_debit_cents;
        let next = begins.debits((&premiums, smallest), today).next();
        let next = next.filter(|_| stands != Stands::Suspended);
        let bank = standing(&contract, &request);
        let end = contracts.end_asked(&contract).await?.filter(|_| contract.ended_at.is_none());
        cards.push(Card {
            bank: if contract.ended_at.is_none() { bank } else { String::new() },
            state: contract.label(stands),
            end: end.map(|end| french::day(end.wanted_on)).unwrap_or_default(),
            month: next.map(|one| euros(one.amount_cents)).unwrap_or_default(),
            next: next.map(|one| french::day(one.due_on)).unwrap_or_default(),
            id: contract.id,
            number: contract.number,
        });
    }
    let dossiers = &contracts.core.dossiers;
    let mut waiting = dossiers.waiting_for(visitor.party, visitor.address.as_ref()).await?;
    waiting.iter_mut().for_each(|one| one.mobile = Recipient::read(&one.mobile).masked());
    let mut frame = frame(&visitor, "Mon espace", "/espace", Form::default());
    "/".clone_into(&mut frame.back);
    Ok(unkept(AreaPage { frame, cards, waiting, account: format!("/pools/{POOL}/account") }))
}

/// The contract of this address, if it is theirs; else as if it were not there.
pub(super) async fn theirs(
    contracts: &Contracts,
    visitor: &Visitor,
    id: &str,
) -> Result<Contract, Stop> {
    let id = id.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    Ok(contracts.find_for(visitor.party, id).await?)
}

pub(super) async fn contract(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let contract = theirs(&contracts, &visitor, &id).await?;
    let premiums = contracts.premiums(&contract).await?;
    let request = contracts.bank(&contract).await?;
    let asked = contracts.end_asked(&contract).await?;
    let title = format!("Contrat {}", contract.number);
    let stands = contracts.state_of(&contract).await?;
    let begins = Begins::of(&contract, &request, (stands, contracts.today()));
    let is_over = contract.ended_at.is_some();
    let insurer = contracts.core.documents.insurer();
    Ok(unkept(ContractPage {
        state: contract.label(stands),
        effect: begins.words(),
        until: french::day(contract.withdraw_until),
        can_withdraw: !is_over && contracts.today() <= contract.withdraw_until,
        is_over,
        bank: if is_over { String::new() } else { standing(&contract, &request) },
        needed: asked.as_ref().map(|end| needed(&end.reason)).unwrap_or_default(),
        asked_end: asked.map(|end| french::day(end.wanted_on)).unwrap_or_default(),
        contact: format!("{}, {}", insurer.company, insurer.address),
        covered: Covered::of(&contracts.core.dossiers.shown(contract.dossier).await?),
        papers: contracts.listed(&contract, &request, OWNER).await?,
        schedule: Schedule::of(&contract, &request, &premiums),
        frame: frame(
            &visitor,
            &title,
            &format!("/espace/contrats/{}", contract.id),
            Form::default(),
        ),
        contract,
    }))
}

pub(super) fn download(media: &'static str, disposition: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::CONTENT_DISPOSITION, disposition.to_owned()),
    ];
    (StatusCode::OK, headers, text).into_response()
}

/// Refuses a form of another site.
pub(super) fn check(
    contracts: &Contracts,
    visitor: &Visitor,
    headers: &HeaderMap,
    form: &Form,
) -> Result<(), Stop> {
    let sent = form.value(csrf::FIELD);
    if csrf::is_ours(headers, &contracts.core.origin, &visitor.cookie, sent) {
        return Ok(());
    }
    Err(Problem::new(Kind::Forbidden).into())
}

pub(super) async fn withdraw(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let contract = theirs(&contracts, &visitor, &id).await?;
    let base = format!("/espace/contrats/{}", contract.id);
    Ok(unkept(WithdrawPage {
        is_open: contract.ended_at.is_none() && contracts.today() <= contract.withdraw_until,
        holder: String::new(),
        phone: contracts.core.documents.insurer().phone.clone(),
        until: french::day(contract.withdraw_until),
        number: contract.number,
        action: format!("{base}/renoncer"),
        frame: frame(&visitor, "Renoncer à votre contrat", &base, Form::default()),
    }))
}

pub(super) async fn withdrawn(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    check(&contracts, &visitor, &headers, &form)?;
    let contract = theirs(&contracts, &visitor, &id).await?;
    contracts.withdraw(&contract, None).await?;
    Ok(Redirect::to(&format!("/espace/contrats/{}", contract.id)).into_response())
}

pub(super) async fn terminate(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    let contract = theirs(&contracts, &visitor, &id).await?;
    Ok(unkept(termination(&visitor, contract, Form::default(), None)))
}

fn termination(
    visitor: &Visitor,
    contract: Contract,
    form: Form,
    recap: Option<(String, String)>,
) -> TerminatePage {
    let base = format!("/espace/contrats/{}", contract.id);
    let frame = frame(visitor, "Résilier votre contrat", &base, form);
    TerminatePage { frame, contract, reasons: REASONS, recap }
}

/// Step 2 shows the recap, step 3 asks; nothing keeps anybody.
pub(super) async fn terminated(
    State(contracts): State<Contracts>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let visitor = logged_in!(&contracts, &headers);
    check(&contracts, &visitor, &headers, &form)?;
    let contract = theirs(&contracts, &visitor, &id).await?;
    let Some(end) = form::ending(&mut form, contracts.today()) else {
        return Ok(unkept(termination(&visitor, contract, form, None)));
    };
    if !form.is("confirme", "oui") {
        form.set("date", end.wanted.to_string());
        let recap = Some((end.label.to_owned(), french::day(end.wanted)));
        return Ok(unkept(termination(&visitor, contract, form, recap)));
    }
    contracts.ask_end(&contract, end.code, end.wanted).await?;
    Ok(Redirect::to(&format!("/espace/contrats/{}", contract.id)).into_response())
}
