//! The data of `templates/pdf/fiche_standardisee.typ`: one person of the quote, in the eight parts of
//! the legal model.

use serde_json::{Value, json};

use super::{capital, loan_name};
use crate::domain::guarantee::Guarantee;
use crate::domain::tariff::Fractionation;
use crate::kernel::french::{self, HARD, spaced};
use crate::kernel::money::Cents;
use crate::slices::quotes::form::{answers, terms};
use crate::slices::quotes::pages::cover::until;
use crate::slices::quotes::pages::words;
use crate::slices::quotes::wire::{
    CostsResponse, InsuredRequest, InsuredResponse, LoanRequest, LoanResponse, QuoteResponse,
};

/// A label and its value.
type Fact = (String, String);

/// What the template reads, for the person in this place; nothing when there is none.
pub(in crate::slices::quotes) fn data(quote: &QuoteResponse, place: usize) -> Value {
    let asked = quote.request.insured.get(place);
    let Some((asked, priced)) = asked.zip(quote.result.insured.get(place)) else {
        return Value::Null;
    };
    let loans = quote.request.loans.iter().zip(&quote.result.loans).enumerate();
    let exclusions = priced.exclusions.iter().map(|exclusion| spaced(&exclusion.wording));
    json!({
        "person": person(quote, place, asked),
        "project": project(quote),
        "loans": loans.map(|(place, (asked, priced))| loan(place, asked, priced)).collect::<Vec<_>>(),
        "required": required(quote, priced),
        "guarantees": Guarantee::ALL.map(|code| guarantee(quote, place, priced, code)),
        "exclusions": exclusions.collect::<Vec<_>>(),
        "formalities": formalities(priced.route.path.as_deref()),
        "cost": cost(quote, priced),
        "franchise_days": quote.request.options.franchise_days.to_string(),
        "tariff": quote.result.tariff_version,
        "valid_until": french::day_of_moment(&quote.expires_at),
    })
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    (label.to_owned(), value.into())
}

/// Part 2. The quote asks for no name, and the sheet says so.
fn person(quote: &QuoteResponse, place: usize, asked: &InsuredRequest) -> Vec<Fact> {
    let count = quote.request.insured.len();
    let form = answers::assumptions(&quote.request);
    let of = |list: &[words::Choice], name: &str| {
        words::label(list, form.value(&format!("{name}{}", place + 1))).to_owned()
    };
    let given = asked.reference != format!("personne{}", place + 1);
    let others = match count {
        0 | 1 => String::new(),
        2 => "Une, qui a sa propre fiche".to_owned(),
        _ => format!("{}, qui ont chacune leur fiche", count - 1),
    };
    vec![
        fact("Nom", "Non demandé à ce stade"),
        fact(
            "Personne du devis",
            if count > 1 { words::person(place, count) } else { String::new() },
        ),
        fact("Désignation dans la demande", if given { asked.reference.as_str() } else { "" }),
        fact("Date de naissance", french::day(asked.birth_date)),
        fact("Situation professionnelle", of(&words::OCCUPATIONS, "situation")),
        fact("Travail", of(&words::JOBS, "travail")),
        fact("Fumeur dans les 24 derniers mois", if asked.smoker { "Oui" } else { "Non" }),
        fact("Autres personnes assurées", others),
    ]
}

/// Part 3, what all loans share.
fn project(quote: &QuoteResponse) -> Vec<Fact> {
    let form = answers::assumptions(&quote.request);
    vec![
        fact("Objet du financement", words::label(&words::PURPOSES, form.value("objet"))),
        fact("Prêteur", "Non communiqué"),
        fact("Début de l’assurance envisagé", french::day(quote.request.effect_date)),
        fact("Dernière échéance", french::day(quote.result.project.end_date)),
    ]
}

fn loan(place: usize, asked: &LoanRequest, priced: &LoanResponse) -> Value {
    json!({
        "name": loan_name(place, asked),
        "kind": capital(terms::called(asked.kind)),
        "capital": french::euros_short(Cents::new(asked.capital_cents)),
        "term": french::duration(asked.months),
        "rate": french::rate(&asked.nominal_rate),
        "instalment": french::euros(Cents::new(priced.instalment_cents)),
    })
}

/// Part 4: what the lender asks for, as far as we were told.
fn required(quote: &QuoteResponse, priced: &InsuredResponse) -> Value {
    let lender = quote.request.lender.as_ref();
    let share = lender.and_then(|lender| lender.min_share_percent);
    let criteria = priced.equivalence.iter().flat_map(|found| &found.criteria);
    let criteria = criteria.filter(|criterion| criterion.status != "not_required");
    let answered = criteria.map(|criterion| {
        let answer = if criterion.status == "ok" { "Satisfait" } else { "Non satisfait" };
        (criterion.code.replace('_', "\u{A0}"), spaced(&criterion.detail), answer)
    });
    json!({
        "is_known": lender.is_some(),
        "share": share.map(|share| format!("{share}{HARD}%")),
        "job_loss": if lender.is_some_and(|lender| lender.requires_job_loss) { "Exigée" } else { "" },
        "criteria": answered.collect::<Vec<_>>(),
    })
}

/// Part 5: one guarantee, covered or not.
fn guarantee(
    quote: &QuoteResponse,
    place: usize,
    priced: &InsuredResponse,
    code: Guarantee,
) -> Value {
    let found = priced.guarantees.iter().find(|found| found.code == code);
    let (name, initials) = (code.title(), code.initials());
    let until = found.map(|found| capital(&until(quote, place, found)));
    json!({
        "code": code.code(),
        "name": name,
        "short": if initials.is_empty() { name } else { initials },
        "benefit": found.map(|found| found.benefit.as_str()),
        "until": until,
        "shares": if found.is_some() { shares(quote, priced) } else { Vec::new() },
    })
}

/// The share of each loan, or the one share of all.
fn shares(quote: &QuoteResponse, priced: &InsuredResponse) -> Vec<String> {
    let percents: Vec<_> = priced.loans.iter().map(|loan| loan.percent).collect();
    if percents.windows(2).all(|pair| pair[0] == pair[1]) {
        return percents.first().map(|percent| format!("{percent}{HARD}%")).into_iter().collect();
    }
    let named = priced
        .loans
        .iter()
        .map(|loan| format!("{}{HARD}: {}{HARD}%", name_of(quote, &loan.reference), loan.percent));
    named.collect()
}

/// The name of the loan that the request calls so.
fn name_of(quote: &QuoteResponse, reference: &str) -> String {
    let mut loans = quote.request.loans.iter().enumerate();
    let found = loans.find(|(_, loan)| loan.reference == reference);
    found.map_or_else(|| reference.to_owned(), |(place, loan)| loan_name(place, loan))
}

/// Part 6: what the person will be asked.
const fn formalities(path: Option<&str>) -> &'static str {
    match path {
        Some(path) if path.len() == 2 => match path.as_bytes()[1] {
            b'1' => "aucune",
            b'2' => "declaration",
            _ => "questionnaire",
        },
        _ => "etude",
    }
}

/// Part 7.
fn cost(quote: &QuoteResponse, priced: &InsuredResponse) -> Value {
    let euros = |cents| french::euros(Cents::new(cents));
    let costs = &priced.costs;
    let loans = priced.loans.iter().map(|loan| {
        json!({
            "name": name_of(quote, &loan.reference),
            "share": format!("{}{HARD}%", loan.percent),
            "first": euros(loan.costs.first_month_cents),
            "total": euros(loan.costs.total_cents),
        })
    });
    json!({
        "first": euros(costs.first_month_cents),
        "eight_years": euros(costs.total_8y_cents),
        "total": euros(costs.total_cents),
        "taea": french::percent(&costs.taea, 2),
        "course": course(costs),
        "frequency": frequency(quote.request.options.fractionation),
        "loans": loans.collect::<Vec<_>>(),
    })
}

fn course(costs: &CostsResponse) -> String {
    let euros = |cents| french::euros(Cents::new(cents));
    if costs.min_month_cents == costs.max_month_cents {
        return "Constante, la même chaque mois".to_owned();
    }
    let (least, most) = (euros(costs.min_month_cents), euros(costs.max_month_cents));
    format!("Variable, de {least} à {most} par mois")
}

const fn frequency(fractionation: Fractionation) -> &'static str {
    match fractionation {
        Fractionation::Monthly => "Chaque mois",
        Fractionation::Quarterly => "Chaque trimestre",
        Fractionation::HalfYearly => "Chaque semestre",
        Fractionation::Yearly => "Chaque année",
    }
}
