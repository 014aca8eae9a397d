//! What a quote assumed and its page lets change: a copy of the document with the answers sent.
//!
//! Only the fields that were sent change anything; the dates move to what can still be sold today.

use jiff::civil::Date;
use serde::de::DeserializeOwned;

use super::{ask, bank_offer, carry, dates, persons};
use crate::domain::guarantee::Pack;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::SimulationRequest;

/// One field of every part of the form: whether it was sent at all.
const FIELDS: [&str; 7] =
    ["franchise", "formule", "objet", "situation1", "part1", "echeance_m", "effet_j"];

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
    change_subscribed(form, request, today)
}

/// The same for the pages of a subscription, which ask for less and may know more than the quote's page shows: only
/// documents that [`carry::is_subscribable`] takes come so far.
pub fn change_subscribed(
    form: &mut Form,
    request: &SimulationRequest,
    today: Date,
) -> Option<SimulationRequest> {
    let mut changed = request.clone();
    dates::refresh(&mut changed, today);
    options(form, &mut changed);
    purpose(form, &mut changed);
    work(form, &mut changed);
    shares(form, &mut changed);
    if form.has("echeance_m") || form.has("echeance_a") {
        dates::first_instalment(form, &mut changed, today);
    }
    if form.has("effet_j") {
        dates::first_day_of_cover(form, &mut changed, request.effect_date, today);
    }
    if form.has("actuelle") {
        if form.value("actuelle").is_empty() {
            form.refuse("actuelle", "Indiquez le prix de l’assurance de la banque, par mois");
        }
        changed.bank_offer = bank_offer(form)?;
    }
    form.is_sound().then_some(changed)
}

/// The same document with dates that can still be sold today, and nothing else changed.
#[must_use]
pub fn renewed(request: &SimulationRequest, today: Date) -> SimulationRequest {
    change(&mut Form::default(), request, today).unwrap_or_else(|| request.clone())
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
