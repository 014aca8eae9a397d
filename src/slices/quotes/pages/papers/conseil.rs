//! The data of `templates/pdf/fiche_conseil.typ`: what one person asks for, what we advise them, why, and what it
//! leaves uncovered (*devoir de conseil*, art. L521-4 C. ass.).

use serde_json::{Value, json};

use super::loan_name;
use crate::domain::guarantee::Guarantee;
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::slices::quotes::form::answers;
use crate::slices::quotes::pages::words;
use crate::slices::quotes::wire::{GuaranteeResponse, InsuredResponse, LoanRequest, QuoteResponse};

/// A label and its value.
type Fact = (String, String);

/// What the template reads, for the person in this place; nothing when there is none.
pub(in crate::slices::quotes) fn data(quote: &QuoteResponse, place: usize) -> Value {
    let Some(own) = quote.result.insured.get(place) else { return Value::Null };
    let (advice, reasons) = advice(quote, own);
    json!({
        "needs": needs(quote, own),
        "advice": advice,
        "reasons": reasons,
        "limits": limits(quote, own),
        "cost": cost(quote),
    })
}

/// The price of the contract, which is one for all who are insured by it.
fn cost(quote: &QuoteResponse) -> Vec<Fact> {
    let costs = &quote.result.project.costs;
    let euros = |cents| french::euros(Cents::new(cents));
    let mut cost = Vec::new();
    if quote.request.insured.len() > 1 {
        cost.push(("Montants", "Pour toutes les personnes assurées, ensemble".to_owned()));
    }
    cost.extend([
        ("Cotisation du premier mois", euros(costs.first_month_cents)),
        ("Coût sur les 8 premières années", euros(costs.total_8y_cents)),
        ("Coût total", euros(costs.total_cents)),
        ("TAEA", french::percent(&costs.taea, 2)),
    ]);
    cost.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()
}

fn found(own: &InsuredResponse, code: Guarantee) -> Option<&GuaranteeResponse> {
    own.guarantees.iter().find(|found| found.code == code)
}

/// What we advise and why, from what is covered and not from what was asked for: at some ages, and for who has no
/// work, guarantees are left out.
fn advice(quote: &QuoteResponse, own: &InsuredResponse) -> (&'static str, Vec<String>) {
    let mut reasons = Vec::new();
    let advice = if own.guarantees.len() == Guarantee::ALL.len() {
        reasons.push(
            "Un arrêt de travail ou une invalidité ne doit pas vous empêcher de rembourser."
                .to_owned(),
        );
        "Nous vous conseillons toutes les garanties."
    } else {
        reasons.push("Ce qui n’est pas couvert est dit ci-dessous.".to_owned());
        "Nous vous conseillons les garanties de ce devis, et d’abord le décès."
    };
    if found(own, Guarantee::Itt).is_some() {
        let days = quote.request.options.franchise_days;
        reasons.push(format!(
            "Nous payons après {days} jours d’arrêt\u{a0}: comparez avec ce que verse votre employeur."
        ));
    }
    (advice, reasons)
}

fn needs(quote: &QuoteResponse, own: &InsuredResponse) -> Vec<Fact> {
    let form = answers::assumptions(&quote.request);
    let purpose = words::label(&words::PURPOSES, form.value("objet"));
    let mut needs = vec![("Projet".to_owned(), purpose.to_owned())];
    for (place, loan) in quote.request.loans.iter().enumerate() {
        let capital = french::euros_short(Cents::new(loan.capital_cents));
        let (term, rate) = (french::duration(loan.months), french::rate(&loan.nominal_rate));
        needs.push((loan_name(place, loan), format!("{capital} sur {term}, à {rate}")));
        needs.extend(share(own, loan).map(|share| ("Part à assurer".to_owned(), share)));
    }
    needs
}

/// The share of the person on a loan, in words.
fn share(own: &InsuredResponse, loan: &LoanRequest) -> Option<String> {
    let share = own.loans.iter().find(|share| share.reference == loan.reference);
    share.map(|share| format!("{}{HARD}%", share.percent))
}

/// Guarantees that they have not, or that end before the loan.
fn limits(quote: &QuoteResponse, own: &InsuredResponse) -> Vec<String> {
    let end = quote.result.project.end_date;
    let limits = Guarantee::ALL.into_iter().filter_map(|code| {
        let name = code.title();
        match found(own, code) {
            None => Some(format!("{name}\u{a0}: pas couvert.")),
            Some(found) if found.end_date < end => {
                let day = french::day(found.end_date);
                Some(format!("{name}\u{a0}: jusqu’au {day} seulement."))
            }
            Some(_) => None,
        }
    });
    limits.collect()
}
