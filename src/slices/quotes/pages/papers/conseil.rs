//! The data of `templates/pdf/fiche_conseil.typ`: what is asked for, what we advise, why, and what it leaves
//! uncovered (*devoir de conseil*, art. L521-4 C. ass.).

use serde_json::{Value, json};

use super::{loan_name, whose};
use crate::domain::guarantee::Guarantee;
use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::slices::quotes::form::answers;
use crate::slices::quotes::pages::{cover, words};
use crate::slices::quotes::wire::{InsuredResponse, LoanRequest, QuoteResponse};

/// A label and its value.
type Fact = (String, String);

/// What the template reads.
pub(in crate::slices::quotes) fn data(quote: &QuoteResponse) -> Value {
    let (advice, why) = advice(quote);
    let days = quote.request.options.franchise_days;
    let delay = format!(
        "Nous payons après {days} jours d’arrêt\u{a0}: comparez avec ce que verse votre employeur."
    );
    let costs = &quote.result.project.costs;
    let euros = |cents| french::euros(Cents::new(cents));
    json!({
        "needs": needs(quote),
        "advice": advice,
        "reasons": [why, delay.as_str()],
        "limits": limits(quote),
        "cost": [
            ("Cotisation du premier mois", euros(costs.first_month_cents)),
            ("Coût sur les 8 premières années", euros(costs.total_8y_cents)),
            ("Coût total", euros(costs.total_cents)),
            ("TAEA", french::percent(&costs.taea, 2)),
        ],
    })
}

/// What we advise, from what is covered and not from what was asked for: at some ages, and for who has no work,
/// guarantees are left out.
fn advice(quote: &QuoteResponse) -> (&'static str, &'static str) {
    let has_all = |one: &InsuredResponse| one.guarantees.len() == Guarantee::ALL.len();
    let full = quote.result.insured.iter().filter(|one| has_all(one)).count();
    if full == quote.result.insured.len() {
        return (
            "Nous vous conseillons toutes les garanties.",
            "Un arrêt de travail ou une invalidité ne doit pas vous empêcher de rembourser.",
        );
    }
    let why = "Ce qui n’est pas couvert, parce que vous ne l’avez pas choisi ou que l’âge ou la situation ne le \
        permet pas, est dit ci-dessous.";
    if full == 0 {
        ("Nous vous conseillons les garanties de ce devis, et d’abord le décès.", why)
    } else {
        ("Nous vous conseillons toutes les garanties pour qui peut les avoir.", why)
    }
}

fn needs(quote: &QuoteResponse) -> Vec<Fact> {
    let form = answers::assumptions(&quote.request);
    let purpose = words::label(&words::PURPOSES, form.value("objet"));
    let mut needs = vec![("Projet".to_owned(), purpose.to_owned())];
    for (place, loan) in quote.request.loans.iter().enumerate() {
        let capital = french::euros_short(Cents::new(loan.capital_cents));
        let (term, rate) = (french::duration(loan.months), french::rate(&loan.nominal_rate));
        needs.push((loan_name(place, loan), format!("{capital} sur {term}, à {rate}")));
        needs.push(("Part à assurer".to_owned(), shares(quote, loan)));
    }
    needs
}

/// The shares of every person on a loan, in words.
fn shares(quote: &QuoteResponse, loan: &LoanRequest) -> String {
    let loans = quote.result.insured.iter().flat_map(|one| &one.loans);
    let own = loans.filter(|share| share.reference == loan.reference);
    own.map(|share| format!("{}{HARD}%", share.percent)).collect::<Vec<_>>().join(" et ")
}

/// Guarantees that somebody has not, or that end before the loan.
fn limits(quote: &QuoteResponse) -> Vec<String> {
    let (end, count) = (quote.result.project.end_date, quote.result.insured.len());
    let people = quote.result.insured.iter().enumerate();
    let limits = people.flat_map(|(place, one)| {
        Guarantee::ALL.into_iter().filter_map(move |code| {
            let name = format!("{}{}", cover::name(code).0, whose(place, count));
            match one.guarantees.iter().find(|found| found.code == code) {
                None => Some(format!("{name}\u{a0}: pas couvert.")),
                Some(found) if found.end_date < end => {
                    let day = french::day(found.end_date);
                    Some(format!("{name}\u{a0}: jusqu’au {day} seulement."))
                }
                Some(_) => None,
            }
        })
    });
    limits.collect()
}
