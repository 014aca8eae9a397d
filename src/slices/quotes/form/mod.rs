//! What a person types on the simulator and on the page of a quote, turned into a document.
//!
//! Every answer is checked before anything is returned, in the order missing, impossible, out of
//! range, inconsistent, so that a person corrects a page once. The wording is that of the field
//! catalogue. Rules of the trade are not decided here: they come back from the engine as faults,
//! which [`refusal::place`] puts at their fields.

pub mod answers;
mod ask;
pub mod assumptions;
pub mod birth;
pub mod carry;
pub mod changes;
mod dates;
mod loans;
mod persons;
pub mod refusal;
pub mod terms;

use jiff::civil::Date;

use super::wire::{BankBasis, BankOfferRequest, OptionsRequest, SimulationRequest};
use crate::domain::loan::Purpose;
use crate::domain::product::LENDER_ANSWER_DAYS;
use crate::kernel::calendar::add_months;
use crate::kernel::holidays::add_business_days;
use crate::kernel::money::Cents;
use crate::platform::web::form::Form;

/// Names of the fields that an address may fill in. Birth dates and smoking never travel in one.
pub const LINKABLE: [&str; 3] = ["capital", "duree", "taux"];

/// The day on which cover is assumed to begin. A new loan: tomorrow, the first that can be sold. A
/// running loan has an insurance already: the day by which its bank has answered.
pub fn first_day(today: Date, is_running: bool) -> Date {
    if is_running {
        add_business_days(today, LENDER_ANSWER_DAYS)
    } else {
        today.tomorrow().unwrap_or(today)
    }
}

/// Whether the person already has the loan, as the simulator asks.
fn is_running(form: &Form) -> bool {
    form.is("projet", "encours")
}

/// Reads the simulator; `None` when the form now holds what is to be corrected.
pub fn read(form: &mut Form, today: Date) -> Option<SimulationRequest> {
    project(form);
    let loans = loans::read(form, today);
    let insured = persons::read(form, today, loans.as_deref().map_or(1, <[_]>::len));
    let bank_offer = bank_offer(form);
    if !form.is_sound() {
        return None;
    }
    Some(SimulationRequest {
        effect_date: first_day(today, is_running(form)),
        purpose: Purpose::ResidencePrincipale,
        usage: None,
        loans: loans?,
        insured: insured?,
        options: OptionsRequest::default(),
        bank_offer: bank_offer?,
        lender: None,
    })
}

/// What a partner's link gives, without the values that the form would refuse.
pub fn from_link(form: &Form, today: Date) -> Form {
    let mut tried = form.clone();
    loans::read(&mut tried, today);
    let kept = LINKABLE.into_iter().filter(|name| tried.error(name).is_none());
    let mut clean = Form::new(kept.map(|name| (name, form.value(name))));
    for (name, values) in
        [("deux", &["1"][..]), ("prets", &["2"]), ("projet", &["nouveau", "encours"])]
    {
        if values.contains(&form.value(name)) {
            clean.set(name, form.value(name));
        }
    }
    answers::preset(&mut clean);
    clean
}

/// Adds or removes the second person or the second loan, when that is what was asked: the answers
/// stay, and nothing is checked yet.
pub fn reshape(form: &mut Form) -> bool {
    match form.value("action") {
        "deux" => form.set("deux", "1"),
        "seul" => form.set("deux", ""),
        "prets" => form.set("prets", "2"),
        "pret" => form.set("prets", ""),
        "corriger" => {}
        _ => return false,
    }
    answers::preset(form);
    true
}

fn project(form: &mut Form) {
    ask::chosen(form, "projet", &["nouveau", "encours"], "Indiquez si vous avez déjà un prêt");
}

/// The price to compare with: no offer when nothing was typed, `None` when it cannot be read.
fn bank_offer(form: &mut Form) -> Option<Option<BankOfferRequest>> {
    if form.value("actuelle").is_empty() {
        return Some(None);
    }
    let amount = crate::kernel::french::read::amount(form.value("actuelle"));
    let amount = amount.filter(|amount| (Cents::ONE..=Cents::from_euros(5_000)).contains(amount));
    if amount.is_none() {
        let message = "L’assurance de la banque doit être un montant par mois, comme 58,40";
        form.refuse("actuelle", message);
    }
    Some(Some(BankOfferRequest {
        basis: BankBasis::Monthly,
        rate: None,
        monthly_cents: Some(amount?.get()),
    }))
}

/// First due date of a loan released on `release`, when nobody said otherwise.
fn usual_first_due(release: Date) -> Date {
    add_months(release, 1)
}

#[cfg(test)]
mod tests;
