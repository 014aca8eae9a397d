//! The loan and the guarantees: what the quote does not know yet.

use super::words::{DELAYS, PURPOSES};
use crate::kernel::french::read;
use crate::platform::web::form::Form;
use crate::slices::quotes::form::{answers, assumptions, carry, changes};
use crate::slices::quotes::wire::SimulationRequest;
use jiff::civil::Date;

/// Page 5.
#[derive(Clone)]
pub(in super::super) struct LoanAnswers {
    pub(in super::super) lender: String,
    /// The whole request with the purpose and the first due date of this page.
    request: SimulationRequest,
}

/// Page 6.
#[derive(Clone)]
pub(in super::super) struct GuaranteesAnswers {
    shares: Vec<u32>,
    franchise_days: u32,
}

impl LoanAnswers {
    pub(in super::super) fn onto(&self, request: &mut SimulationRequest) {
        request.purpose = self.request.purpose;
        request.usage = self.request.usage;
        request.effect_date = self.request.effect_date;
        request.loans.clone_from(&self.request.loans);
    }
}

impl GuaranteesAnswers {
    pub(in super::super) fn onto(&self, request: &mut SimulationRequest) {
        request.options.franchise_days = self.franchise_days;
        for (person, share) in request.insured.iter_mut().zip(&self.shares) {
            for row in &mut person.shares {
                row.percent = *share;
            }
        }
    }
}

/// Page 5; `None` when the form now holds what is to be corrected.
pub(in super::super) fn loan(
    form: &mut Form,
    request: &SimulationRequest,
    today: Date,
) -> Option<LoanAnswers> {
    let lender = form.value("banque").to_owned();
    if lender.is_empty() {
        form.refuse("banque", "Indiquez le nom de la banque qui prête");
    } else if lender.chars().count() > 80 {
        form.refuse("banque", "Le nom de la banque doit comporter 80 caractères au plus");
    }
    if !PURPOSES.iter().any(|choice| form.is("objet", choice.0)) {
        form.refuse("objet", "Indiquez ce que finance ce prêt");
    }
    // The reading of the quote's page: the same field, the same words, the same dates.
    let mut part = Form::new(
        ["objet", "echeance_m", "echeance_a"].map(|name| (name, form.value(name).to_owned())),
    );
    if !carry::is_subscribable(request) {
        form.refuse_group("devis", "", &[], carry::NOT_HERE);
        return None;
    }
    let changed = assumptions::change_subscribed(&mut part, request, today);
    for fault in part.errors() {
        let controls: Vec<&str> = fault.controls.iter().map(String::as_str).collect();
        form.refuse_group(&fault.field, &fault.anchor, &controls, fault.message.clone());
    }
    let changed = changed?;
    if changes::leaves_a_gap(&changed, today) {
        form.refuse_group("echeance", "echeance_m", &["echeance_m", "echeance_a"], changes::GAP);
    }
    form.is_sound().then_some(LoanAnswers { lender, request: changed })
}

/// Page 5 as it was filled. What the price assumed of the purpose is no answer.
pub(in super::super) fn fill_loan(
    form: &mut Form,
    request: &SimulationRequest,
    lender: Option<&str>,
    is_done: bool,
) {
    form.set("banque", lender.unwrap_or_default());
    if is_done {
        let known = answers::assumptions(request);
        for name in ["objet", "echeance_m", "echeance_a"] {
            form.set(name, known.value(name));
        }
    }
}

/// Page 6.
pub(in super::super) fn guarantees(form: &mut Form, persons: usize) -> Option<GuaranteesAnswers> {
    let shares: Vec<Option<u32>> = (1..=persons).map(|place| share(form, place)).collect();
    let whole: Option<Vec<u32>> = shares.into_iter().collect();
    if let Some(shares) = whole.as_ref().filter(|shares| shares.len() > 1) {
        let sum: u32 = shares.iter().sum();
        if sum < 100 {
            let message = format!(
                "À deux, vos parts doivent couvrir tout le prêt\u{A0}: il manque {}\u{A0}%",
                100 - sum
            );
            form.refuse_group("quotite_2", "quotite_2", &["quotite_1", "quotite_2"], message);
        }
    }
    let days = DELAYS.into_iter().find(|days| form.is("franchise", days));
    if days.is_none() {
        form.refuse("franchise", "Choisissez le délai avant notre premier paiement");
    }
    let franchise_days = days.and_then(|days| days.parse().ok());
    if !form.is_sound() {
        return None;
    }
    Some(GuaranteesAnswers { shares: whole?, franchise_days: franchise_days? })
}

fn share(form: &mut Form, place: usize) -> Option<u32> {
    let field = format!("quotite_{place}");
    let other = format!("{field}_autre");
    let typed = if form.is(&field, "autre") { form.value(&other) } else { form.value(&field) };
    let (message, at) = match read::whole(typed) {
        Some(share) if (1..=100).contains(&share) => return Some(share),
        _ if typed.is_empty() && !form.is(&field, "autre") => {
            ("Indiquez la part du prêt à assurer", &field)
        }
        _ if typed.is_empty() => ("Indiquez la part du prêt à assurer", &other),
        _ => ("La part assurée doit être comprise entre 1 et 100\u{A0}%", &other),
    };
    form.refuse_group(&field, at, &[at], message);
    None
}

/// Page 6 as it was filled, or as the quote assumed.
pub(in super::super) fn fill_guarantees(form: &mut Form, request: &SimulationRequest) {
    form.set("franchise", request.options.franchise_days.to_string());
    for (place, person) in (1..).zip(&request.insured) {
        let field = format!("quotite_{place}");
        match person.shares.first().map_or(100, |share| share.percent) {
            share @ (100 | 50) => form.set(&field, share.to_string()),
            share => {
                form.set(&field, "autre");
                form.set(&format!("{field}_autre"), share.to_string());
            }
        }
    }
}
