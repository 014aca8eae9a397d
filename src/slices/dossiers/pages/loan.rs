//! Pages 5 and 6: what the loan finances and who lends, then the guarantees. The loans themselves: [`super::loans`].

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::super::answering::Saving;
use super::super::core::Dossiers;
use super::super::error::DossierError;
use super::super::form;
use super::super::lending::LOANS_MAX;
use super::super::model::Dossier;
use super::cover;
use super::frame::{Frame, live_sheets, sheets};
use super::guest::{Answer, Guest, Stop, guest, seen};
use super::hub::{after, draft, keep_typed, prolonged, refused, shown, stale};
use super::loan_lines::{LoanLine, lines};
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::platform::web::live;
use crate::platform::web::page::Sheet as _;
use crate::slices::quotes::wire::QuoteResponse;

#[derive(Template)]
#[template(path = "dossiers/loan.html")]
struct LoanPage {
    frame: Frame,
    loans: Vec<LoanLine>,
    /// Files are taken of the loans' offers.
    takes_files: bool,
    /// There is room for another loan.
    has_room: bool,
}

/// A delay with what it costs.
struct Delay {
    days: &'static str,
    label: String,
}

#[derive(Template)]
#[template(path = "dossiers/guarantees.html")]
struct GuaranteesPage {
    frame: Frame,
    /// None when nobody is paid for when they cannot work.
    delays: Vec<Delay>,
    /// Who has which guarantees; nobody is named when all have the same.
    included: Vec<(String, String)>,
    /// Why somebody has fewer; empty when nobody has for their age or because they are retired.
    limited: String,
    /// Field and label of each person's share.
    shares: Vec<(String, String)>,
    first_month: String,
}

sheets!(LoanPage);

live_sheets!(GuaranteesPage);

/// The loan and the guarantees are chosen by who began the dossier.
pub(super) fn initiator(guest: &Guest) -> Result<(), Stop> {
    if guest.is_initiator() { guest.is_unsigned() } else { Err(DossierError::Unknown.into()) }
}

fn loan_page(dossiers: &Dossiers, guest: &Guest, quote: &QuoteResponse, form: Form) -> LoanPage {
    let title = if quote.request.loans.len() > 1 { "Vos prêts" } else { "Votre prêt" };
    let frame = Frame::new(guest, title, 3, "a1/travail", form);
    LoanPage {
        frame,
        loans: lines(&guest.dossier, quote),
        takes_files: dossiers.core.takes_files,
        has_room: quote.request.loans.len() < LOANS_MAX,
    }
}

/// The page is of the project: the terms of any other loan than the first have a page of their own, and so has a
/// dossier whose loan was taken out.
fn elsewhere(guest: &Guest, quote: &QuoteResponse, number: &str) -> Option<Response> {
    if guest.dossier.answers.without_loan {
        return Some(guest.to("prets"));
    }
    let Ok(number) = number.parse::<u8>() else { return Some(guest.to("prets")) };
    let numbers = guest.dossier.answers.loans.of(quote.request.loans.len());
    let is_here = number == 1 || numbers.first() == Some(&number);
    (!is_here).then(|| guest.to(&format!("pret/{number}/modifier")))
}

/// Where somebody goes who has saved page 5: several loans are shown once, with the months that follow from it.
fn after_loan(guest: &Guest, saved: &Dossier, quote: &QuoteResponse, form: &Form) -> Response {
    if form.is("action", "autre_pret") {
        return guest.to("pret/nouveau");
    }
    let is_first = !guest.dossier.answers.loan_done && quote.request.loans.len() > 1;
    if is_first && !form.is("action", "plus_tard") {
        return guest.to("prets");
    }
    after(guest, saved, form)
}

pub(super) async fn show(
    State(dossiers): State<Dossiers>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    initiator(&guest)?;
    let quote = dossiers.quote_of(&guest.dossier).await?;
    if let Some(there) = elsewhere(&guest, &quote, &number) {
        return Ok(there);
    }
    let answers = &guest.dossier.answers;
    let mut form = Form::default();
    form::fill_loan(&mut form, &quote.request, answers.lender.as_deref(), answers.loan_done);
    let form = draft(&dossiers, &guest, "pret", form).await?;
    Ok(shown(loan_page(&dossiers, &guest, &quote, form)))
}

pub(super) async fn save(
    State(dossiers): State<Dossiers>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    initiator(&guest)?;
    let quote = dossiers.quote_of(&guest.dossier).await?;
    if let Some(there) = elsewhere(&guest, &quote, &number) {
        return Ok(there);
    }
    if prolonged(&dossiers, &guest, "pret", &form).await? {
        return Ok(shown(loan_page(&dossiers, &guest, &quote, form)));
    }
    let Some(answers) = form::loan(&mut form, &quote.request, dossiers.today()) else {
        if let Some(answer) = keep_typed(&dossiers, &guest, "pret", &form).await? {
            return Ok(answer);
        }
        return Ok(shown(loan_page(&dossiers, &guest, &quote, form)));
    };
    let saving = Saving { id: guest.dossier.id, page: "pret", seen: seen(&form), by: guest.by() };
    let saved = dossiers.save_loan(saving, &answers).await;
    if let Some(mut again) = stale(&dossiers, &guest, &saved).await? {
        let (mut kept, now) = (Form::default(), &again.dossier.answers);
        kept.set("banque", now.lender.clone().unwrap_or_default());
        again.say(&kept);
        let mut page = loan_page(&dossiers, &guest, &quote, form);
        again.onto(&mut page.frame);
        return Ok(shown(page));
    }
    match saved {
        Ok(saved) => Ok(after_loan(&guest, &saved, &quote, &form)),
        Err(error) => refused(&guest, error, &mut form, |form| {
            shown(loan_page(&dossiers, &guest, &quote, form))
        }),
    }
}

async fn guarantees_page(
    dossiers: &Dossiers,
    guest: &Guest,
    mut form: Form,
) -> Result<GuaranteesPage, Stop> {
    let quote = dossiers.quote_of(&guest.dossier).await?;
    let persons = quote.request.insured.len();
    let has_delay = cover::is_work_covered(&quote);
    if !has_delay {
        fixed_delay(&mut form, &quote);
    }
    // Prices follow the shares that stand in the form, when they can be read.
    let chosen = form::guarantees(&mut form.clone(), persons);
    let mut delays = Vec::new();
    let mut first_month = String::new();
    for days in form::DELAYS {
        let ask = |request: &mut crate::slices::quotes::wire::SimulationRequest| {
            if let Some(chosen) = &chosen {
                chosen.onto(request);
            }
            request.options.franchise_days = days.parse().unwrap_or(90);
        };
        let cents = dossiers.tried(&guest.dossier, ask).await?;
        let price = french::euros(Cents::new(cents));
        if form.is("franchise", days) {
            first_month = format!("Premier mois\u{a0}: {price}");
        }
        if has_delay {
            let label = format!("{days}{HARD}jours — {price} le premier mois");
            delays.push(Delay { days, label });
        }
    }
    let shares = guest.dossier.insured.iter().map(|one| {
        let whose = match (persons, one.place) {
            (1, _) => String::new(),
            (_, 1) => " pour vous".to_owned(),
            _ => format!(" pour {}", one.called()),
        };
        (format!("quotite_{}", one.place), format!("Part du prêt assurée{whose}"))
    });
    let shares = shares.collect();
    let included = cover::lines(&quote, guest);
    let included = included.into_iter().map(|(who, covered)| (who, covered.with_initials()));
    Ok(GuaranteesPage {
        delays,
        included: included.collect(),
        limited: cover::limited(&quote),
        shares,
        first_month,
        frame: Frame::new(guest, "Vos garanties", 4, back(guest), form),
    })
}

/// Before the guarantees: the loan, or the loans once they are known.
const fn back(guest: &Guest) -> &'static str {
    if guest.dossier.answers.loan_done { "prets" } else { "pret/1" }
}

/// Nobody is asked after how long we pay for what nobody is insured for: the delay stays as it was.
fn fixed_delay(form: &mut Form, quote: &QuoteResponse) {
    let known = quote.request.options.franchise_days.to_string();
    let known = form::DELAYS.into_iter().find(|days| *days == known);
    form.set("franchise", known.unwrap_or("90"));
}

pub(super) async fn guarantees(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    initiator(&guest)?;
    if guest.dossier.answers.without_loan {
        return Ok(guest.to("prets"));
    }
    let quote = dossiers.quote_of(&guest.dossier).await?;
    let mut form = Form::default();
    form::fill_guarantees(&mut form, &quote.request);
    let form = draft(&dossiers, &guest, "garanties", form).await?;
    Ok(shown(guarantees_page(&dossiers, &guest, form).await?))
}

pub(super) async fn save_guarantees(
    State(dossiers): State<Dossiers>,
    Path(id): Path<String>,
    headers: HeaderMap,
    mut form: Form,
) -> Answer {
    let guest = guest(&dossiers, &headers, &id).await?;
    guest.check(&dossiers, &headers, &form)?;
    initiator(&guest)?;
    if form.is("action", "recalculer") {
        let page = guarantees_page(&dossiers, &guest, form).await?;
        let is_part = live::asks_for_price(&headers);
        return Ok(if is_part { live::sentence(page.first_month) } else { shown(page) });
    }
    if prolonged(&dossiers, &guest, "garanties", &form).await? {
        return Ok(shown(guarantees_page(&dossiers, &guest, form).await?));
    }
    let quote = dossiers.quote_of(&guest.dossier).await?;
    if !cover::is_work_covered(&quote) {
        fixed_delay(&mut form, &quote);
    }
    let Some(answers) = form::guarantees(&mut form, guest.dossier.insured.len()) else {
        if let Some(answer) = keep_typed(&dossiers, &guest, "garanties", &form).await? {
            return Ok(answer);
        }
        return Ok(shown(guarantees_page(&dossiers, &guest, form).await?));
    };
    let saving =
        Saving { id: guest.dossier.id, page: "garanties", seen: seen(&form), by: guest.by() };
    let saved = dossiers.save_guarantees(saving, &answers).await;
    if let Some(again) = stale(&dossiers, &guest, &saved).await? {
        let mut page = guarantees_page(&dossiers, &guest, form).await?;
        again.onto(&mut page.frame);
        return Ok(shown(page));
    }
    match saved {
        Ok(saved) => Ok(after(&guest, &saved, &form)),
        Err(error) => {
            let page = guarantees_page(&dossiers, &guest, form.clone()).await?;
            refused(&guest, error, &mut form, |form| {
                shown(GuaranteesPage { frame: Frame { form, ..page.frame }, ..page })
            })
        }
    }
}
