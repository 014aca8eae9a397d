//! Back from a document to the answers of the form: «Modifier mes réponses», and what the page of a
//! quote shows in its own fields.

use jiff::civil::Date;

use crate::domain::guarantee::Pack;
use crate::domain::loan::LoanKind;
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{InsuredRequest, LoanRequest, QuoteResponse, SimulationRequest};

/// Shares to begin with when two persons borrow: half each, shown and changeable.
pub fn preset(form: &mut Form) {
    for name in ["part1", "part2"] {
        if form.is("deux", "1") && form.value(name).is_empty() {
            form.set(name, "50");
        }
    }
}

/// The simulator as it was filled for this quote.
pub fn simulator(quote: &QuoteResponse) -> Form {
    let request = &quote.request;
    let mut form = Form::default();
    let main = request.loans.first();
    if let Some(loan) = main {
        loan_answers(&mut form, "", loan);
    }
    let running = request.is_running();
    form.set("projet", if running { "encours" } else { "nouveau" });
    if running && let Some(left) = outstanding_at_effect(quote) {
        form.set("restant", french::euros_short(left).trim_end_matches(['€', french::HARD]));
    }
    if let Some(second) = request.loans.get(1) {
        second_loan(&mut form, second, main);
    }
    for (person, suffix) in request.insured.iter().zip(["", "2"]) {
        person_answers(&mut form, suffix, person);
    }
    shares(&mut form, request);
    bank(&mut form, request);
    form
}

/// The fields of the page of a quote: what was assumed, as it was assumed.
pub fn assumptions(request: &SimulationRequest) -> Form {
    let mut form = Form::default();
    form.set("franchise", request.options.franchise_days.to_string());
    let pack = if request.options.pack == Pack::Full { "complete" } else { "dc_ptia" };
    form.set("formule", pack);
    form.set("objet", code(&request.purpose));
    for (person, suffix) in request.insured.iter().zip(["1", "2"]) {
        form.set(&format!("situation{suffix}"), code(&person.occupation));
        form.set(&format!("travail{suffix}"), code(&person.manual_work));
    }
    shares(&mut form, request);
    if let Some(due) = request.loans.first().map(first_due) {
        form.set("echeance_m", due.month().to_string());
        form.set("echeance_a", due.year().to_string());
    }
    if request.is_running() {
        let effect = request.effect_date;
        form.set("effet_j", effect.day().to_string());
        form.set("effet_m", effect.month().to_string());
        form.set("effet_a", effect.year().to_string());
    }
    bank(&mut form, request);
    form
}

/// First due date of a loan, said or usual.
pub fn first_due(loan: &LoanRequest) -> Date {
    loan.first_due_date.unwrap_or_else(|| super::usual_first_due(loan.release_date))
}

/// Months of the first instalments, each once, in their order: one when all loans begin to be repaid together.
pub fn first_months(request: &SimulationRequest) -> Vec<String> {
    let mut days: Vec<Date> = request.loans.iter().map(first_due).collect();
    days.sort_unstable();
    let mut months: Vec<_> = days.into_iter().map(french::month).collect();
    months.dedup();
    months
}

/// The word of a document for one of its values, which the lists of the pages use as well.
fn code(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).ok();
    json.and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn loan_answers(form: &mut Form, suffix: &str, loan: &LoanRequest) {
    let capital = french::euros_short(Cents::new(loan.capital_cents));
    form.set(&format!("capital{suffix}"), capital.trim_end_matches(['€', french::HARD]));
    let term = if loan.months.is_multiple_of(12) {
        (loan.months / 12).to_string()
    } else {
        format!("{}\u{A0}mois", loan.months)
    };
    form.set(&format!("duree{suffix}"), term);
    form.set(&format!("taux{suffix}"), loan.nominal_rate.replace('.', ","));
}

fn second_loan(form: &mut Form, loan: &LoanRequest, main: Option<&LoanRequest>) {
    form.set("prets", "2");
    loan_answers(form, "2", loan);
    let kind = match loan.kind {
        LoanKind::Ptz => "ptz",
        LoanKind::InFine => "in_fine",
        LoanKind::Relais => "relais",
        _ => "classique",
    };
    form.set("type2", kind);
    if let Some(deferral) = loan.deferral_months.filter(|months| *months > 0) {
        form.set("differe2", deferral.to_string());
    }
    if main.is_some_and(|main| main.kind == LoanKind::Lisse) {
        form.set("lisse", "oui");
    }
}

fn person_answers(form: &mut Form, suffix: &str, person: &InsuredRequest) {
    let birth = person.birth_date;
    form.set(&format!("naissance{suffix}_j"), birth.day().to_string());
    form.set(&format!("naissance{suffix}_m"), birth.month().to_string());
    form.set(&format!("naissance{suffix}_a"), birth.year().to_string());
    form.set(&format!("fumeur{suffix}"), if person.smoker { "oui" } else { "non" });
}

fn shares(form: &mut Form, request: &SimulationRequest) {
    if request.insured.len() > 1 {
        form.set("deux", "1");
    }
    for (person, name) in request.insured.iter().zip(["part1", "part2"]) {
        let share = person.shares.first().map_or(100, |share| share.percent);
        form.set(name, share.to_string());
    }
}

fn bank(form: &mut Form, request: &SimulationRequest) {
    let monthly = request.bank_offer.as_ref().and_then(|offer| offer.monthly_cents);
    if let Some(monthly) = monthly {
        let text = french::euros(Cents::new(monthly));
        form.set("actuelle", text.trim_end_matches(['€', french::HARD]));
    }
}

/// Balance of the first loan when cover begins.
fn outstanding_at_effect(quote: &QuoteResponse) -> Option<Cents> {
    let rows = quote.result.loans.first()?.schedule.as_ref()?;
    let paid = rows.iter().rev().find(|row| row.due_date <= quote.request.effect_date)?;
    Some(Cents::new(paid.outstanding_cents))
}
