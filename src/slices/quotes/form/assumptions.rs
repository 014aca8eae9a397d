//! What a quote assumed and its page lets change: a copy of the document with the answers sent.
//!
//! Only the fields that were sent change anything; the dates move to what can still be sold today.

use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::answers::first_due;
use super::{ask, bank_offer, carry, first_day, persons, usual_first_due};
use crate::domain::guarantee::Pack;
use crate::kernel::calendar::{add_months, month_index};
use crate::kernel::french::{self, read};
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{LoanRequest, SimulationRequest};

/// Furthest first instalment that a quote of today can have.
const MONTHS_AHEAD: i32 = 12;

/// One field of every part of the form: whether it was sent at all.
const FIELDS: [&str; 6] = ["franchise", "formule", "objet", "situation1", "part1", "echeance_m"];

/// Oldest running loan.
const MONTHS_BACK: i32 = 30 * 12;

/// The document with the changes; `None` when the form now holds what is to be corrected.
pub fn change(
    form: &mut Form,
    request: &SimulationRequest,
    today: Date,
) -> Option<SimulationRequest> {
    if !carry::is_editable(request) && FIELDS.iter().any(|name| form.has(name)) {
        form.refuse_group("devis", "", &[], carry::NOT_HERE);
        return None;
    }
    let mut changed = request.clone();
    refresh(&mut changed, today);
    options(form, &mut changed);
    purpose(form, &mut changed);
    work(form, &mut changed);
    shares(form, &mut changed);
    if form.has("echeance_m") || form.has("echeance_a") {
        first_instalment(form, &mut changed, today);
    }
    if form.has("actuelle") {
        if form.value("actuelle").is_empty() {
            form.refuse("actuelle", "Indiquez le prix de l’assurance de la banque, par mois");
        }
        changed.bank_offer = bank_offer(form)?;
    }
    form.is_sound().then_some(changed)
}

/// Moves a first day of cover that has passed to tomorrow, and with it the loans not yet released.
pub(super) fn refresh(request: &mut SimulationRequest, today: Date) {
    let (old, new) = (request.effect_date, first_day(today));
    if old >= new {
        return;
    }
    request.effect_date = new;
    for loan in request.loans.iter_mut().filter(|loan| loan.release_date >= old) {
        loan.release_date = new;
        loan.first_due_date = Some(usual_first_due(new));
    }
}

fn options(form: &mut Form, request: &mut SimulationRequest) {
    if form.has("franchise") {
        let missing = "Choisissez le délai avant notre premier paiement";
        let days = ask::chosen(form, "franchise", &["30", "60", "90"], missing);
        if let Some(days) = days.and_then(|days| days.parse().ok()) {
            request.options.franchise_days = days;
        }
    }
    if form.has("formule") {
        let missing = "Choisissez vos garanties";
        match ask::chosen(form, "formule", &["complete", "dc_ptia"], missing).as_deref() {
            Some("complete") => request.options.pack = Pack::Full,
            Some(_) => request.options.pack = Pack::DcPtia,
            None => {}
        }
    }
}

fn purpose(form: &mut Form, request: &mut SimulationRequest) {
    if form.has("objet")
        && let Some(purpose) = word(form, "objet", "Indiquez ce que finance ce prêt")
    {
        request.purpose = purpose;
        request.usage = None;
    }
}

fn work(form: &mut Form, request: &mut SimulationRequest) {
    for (person, suffix) in request.insured.iter_mut().zip(["1", "2"]) {
        let (situation, job) = (format!("situation{suffix}"), format!("travail{suffix}"));
        if form.has(&situation)
            && let Some(occupation) = word(form, &situation, "Indiquez votre situation")
        {
            person.occupation = occupation;
        }
        if form.has(&job)
            && let Some(manual) = word(form, &job, "Indiquez si votre travail est manuel")
        {
            person.manual_work = manual;
        }
    }
}

/// One of the words of the documents, as the lists of the page send it.
fn word<T: DeserializeOwned>(form: &mut Form, field: &str, missing: &str) -> Option<T> {
    let found = serde_json::from_value(form.value(field).into()).ok();
    if found.is_none() {
        form.refuse(field, missing);
    }
    found
}

fn shares(form: &mut Form, request: &mut SimulationRequest) {
    let mut read = [None, None];
    for ((person, name), read) in request.insured.iter_mut().zip(["part1", "part2"]).zip(&mut read)
    {
        if !form.has(name) {
            continue;
        }
        *read = ask::share(form, name);
        for share in &mut person.shares {
            share.percent = read.unwrap_or(share.percent);
        }
    }
    persons::whole_loan(form, read[0], read[1]);
}

/// Moves every loan so that its first instalment falls in the month typed.
fn first_instalment(form: &mut Form, request: &mut SimulationRequest, today: Date) {
    let Some(index) = month_typed(form, today) else {
        return;
    };
    let running = request.loans.iter().any(|loan| loan.release_date < request.effect_date);
    for loan in &mut request.loans {
        let due = first_due(loan);
        move_to(loan, add_months(due, index - month_index(due)));
    }
    let released = request.loans.iter().map(|loan| loan.release_date).min();
    if let Some(released) = released.filter(|_| !running) {
        // A new loan is covered from its release, and nothing is covered before tomorrow.
        let first = first_day(today);
        request.effect_date = released.max(first);
    }
}

fn move_to(loan: &mut LoanRequest, due: Date) {
    if due != first_due(loan) {
        loan.first_due_date = Some(due);
        loan.release_date = add_months(due, -1);
    }
}

fn month_typed(form: &mut Form, today: Date) -> Option<i32> {
    let group = "echeance";
    let (month, year) = (form.value("echeance_m"), form.value("echeance_a"));
    let both = ["echeance_m", "echeance_a"];
    let year = year.parse::<i16>().ok().filter(|year| (1900..3000).contains(year));
    let (Some(month), Some(year)) = (read::month(month), year) else {
        let message = "Indiquez le mois et l’année de la première mensualité";
        form.refuse_group(group, both[0], &both, message);
        return None;
    };
    let day = i8::try_from(month).ok().and_then(|month| Date::new(year, month, 1).ok());
    let Some(day) = day else {
        form.refuse_group(group, both[0], &both[..1], "Le mois doit être compris entre 1 et 12");
        return None;
    };
    let (first, last) = (add_months(today, -MONTHS_BACK), add_months(today, MONTHS_AHEAD));
    if (month_index(first)..=month_index(last)).contains(&month_index(day)) {
        return Some(month_index(day));
    }
    let message = format!(
        "La première mensualité doit être entre {} et {}",
        french::month(first),
        french::month(last)
    );
    form.refuse_group(group, both[0], &both, message);
    None
}
