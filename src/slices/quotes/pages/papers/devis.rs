//! The data of `templates/pdf/devis.typ`: the page of the quote, block by block.

use serde_json::{Value, json};

use super::{capital, loan_name};
use crate::kernel::french;
use crate::platform::web::page;
use crate::slices::quotes::form::answers;
use crate::slices::quotes::pages::cover::Cover;
use crate::slices::quotes::pages::price::{Comparison, Costs, Price};
use crate::slices::quotes::pages::quote::{Person, loan_line};
use crate::slices::quotes::pages::{words, years};
use crate::slices::quotes::wire::QuoteResponse;

/// What the template reads.
pub(in crate::slices::quotes) fn data(quote: &QuoteResponse) -> Value {
    let count = quote.request.insured.len();
    let warnings = quote.result.warnings.iter().map(|warning| words::warning(warning, count));
    json!({
        "valid_until": french::day_of_moment(&quote.expires_at),
        "address": page::absolute(&quote.page),
        "tariff": quote.result.tariff_version,
        "price": price(&Price::of(quote)),
        "persons": Price::of(quote).persons.iter().map(costs).collect::<Vec<_>>(),
        "comparison": Comparison::of(quote).map(|found| comparison(&found)),
        "covers": Cover::of(quote).iter().map(cover).collect::<Vec<_>>(),
        "assumptions": assumptions(quote),
        "warnings": warnings.collect::<Vec<_>>(),
        "years": years::of(quote).iter().map(year).collect::<Vec<_>>(),
    })
}

fn price(price: &Price) -> Value {
    let mut value = costs(&price.all);
    value["moves"] = json!(price.moves);
    value["term"] = json!(price.term);
    value["added_to"] = json!(price.added_to);
    value["without_questions"] = json!(price.without_questions);
    value
}

fn costs(costs: &Costs) -> Value {
    json!({
        "who": costs.who,
        "first": costs.first,
        "least": costs.least,
        "most": costs.most,
        "eight_years": costs.eight_years,
        "total": costs.total,
        "taea": costs.taea,
    })
}

fn comparison(found: &Comparison) -> Value {
    json!({
        "headline": found.headline,
        "sentence": found.sentence,
        "is_saved": found.is_saved,
        "bank": costs(&found.bank),
        "ours": costs(&found.ours),
    })
}

fn cover(cover: &Cover) -> Value {
    let (name, initials) = cover.name();
    json!({ "name": name, "initials": initials, "promise": cover.promise, "until": cover.until })
}

fn year(year: &years::Year) -> Value {
    json!({
        "number": year.number.to_string(),
        "begins": year.begins.to_string(),
        "average": french::euros(year.average),
        "total": french::euros_round(year.total),
        "owed": french::euros_round(year.owed),
    })
}

/// What the price rests on: pairs of a label and its value.
fn assumptions(quote: &QuoteResponse) -> Vec<(String, String)> {
    let request = &quote.request;
    let loans = request.loans.iter().enumerate();
    let mut rows: Vec<_> =
        loans.map(|(place, loan)| (loan_name(place, loan), capital(&loan_line(loan)))).collect();
    let purpose = words::label(&words::PURPOSES, answers::assumptions(request).value("objet"));
    rows.extend([
        ("Ce qu’il finance".to_owned(), purpose.to_owned()),
        ("Première mensualité".to_owned(), answers::first_months(request).join(", puis ")),
        ("Début de l’assurance".to_owned(), french::day(request.effect_date)),
        ("Reste à rembourser alors".to_owned(), french::euros(quote.owed_at_start())),
    ]);
    rows.extend(Person::all(quote).into_iter().map(|one| (one.who, capital(&one.line))));
    let delay = format!("{} jours d’arrêt (franchise)", request.options.franchise_days);
    rows.push(("Délai avant notre premier paiement".to_owned(), delay));
    rows
}
