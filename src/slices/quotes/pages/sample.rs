//! Quotes for the tests of the pages: the engine's own results, kept by nobody.

use jiff::civil::date;

use crate::domain::person::Occupation;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{QuoteResponse, SimulationRequest, SimulationResponse};
use crate::slices::quotes::{Pricer, form};

/// A quote of this document, made on 22 November 2026.
pub(in crate::slices::quotes) fn quote(request: SimulationRequest) -> QuoteResponse {
    let id = "quo_01900000000070008000000000000001";
    QuoteResponse {
        id: id.to_owned(),
        number: "AS-2026-0001234-5".to_owned(),
        page: format!("/devis/{id}"),
        created_at: "2026-11-22T10:00:00Z".to_owned(),
        expires_at: "2026-12-22T10:00:00Z".to_owned(),
        status: "valid".to_owned(),
        copied_from: None,
        result: answer(&request),
        request,
    }
}

/// What the engine answers, without a store.
fn answer(request: &SimulationRequest) -> SimulationResponse {
    let pricer = Pricer::shipped().expect("the tables of the binary are sound");
    let answer = pricer.price(request, true);
    answer.unwrap_or_else(|problem| panic!("{problem:?}"))
}

/// One person, one loan, and the bank's price when it is given.
pub(in crate::slices::quotes) fn single(bank: &'static str) -> QuoteResponse {
    let mut answers = Form::new(SINGLE);
    answers.set("actuelle", bank);
    quote(form::read(&mut answers, date(2026, 11, 22)).expect("sound"))
}

/// A loan of 200 000 € over 20 years of which `left` is still owed, beside the bank's price.
pub(in crate::slices::quotes) fn running(left: &'static str, bank: &'static str) -> QuoteResponse {
    let mut answers = Form::new(SINGLE);
    for (name, value) in [
        ("projet", "encours"),
        ("capital", "200 000"),
        ("taux", "3,30"),
        ("restant", left),
        ("actuelle", bank),
    ] {
        answers.set(name, value);
    }
    quote(form::read(&mut answers, date(2026, 11, 22)).expect("sound"))
}

/// The project of `docs/domain/README.md`: two persons, a smoothed loan and a zero-rate loan.
pub(in crate::slices::quotes) fn couple() -> QuoteResponse {
    let mut answers = Form::new(SINGLE);
    for (name, value) in COUPLE {
        answers.set(name, value);
    }
    answers.set("fumeur2", "oui");
    let mut request = form::read(&mut answers, date(2026, 6, 4)).expect("sound");
    request.insured[0].birth_date = date(1990, 9, 15);
    request.insured[1].occupation = Occupation::SalarieNonCadre;
    quote(request)
}

const SINGLE: [(&str, &str); 8] = [
    ("projet", "nouveau"),
    ("capital", "220 000"),
    ("duree", "20"),
    ("taux", "3,45"),
    ("naissance_j", "27"),
    ("naissance_m", "3"),
    ("naissance_a", "1988"),
    ("fumeur", "non"),
];

const COUPLE: [(&str, &str); 14] = [
    ("capital", "160 000"),
    ("taux", "3,50"),
    ("deux", "1"),
    ("prets", "2"),
    ("lisse", "oui"),
    ("type2", "ptz"),
    ("capital2", "40 000"),
    ("duree2", "20"),
    ("differe2", "120"),
    ("part1", "60"),
    ("part2", "50"),
    ("naissance2_j", "2"),
    ("naissance2_m", "2"),
    ("naissance2_a", "1988"),
];
