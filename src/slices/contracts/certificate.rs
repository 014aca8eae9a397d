//! What the certificate for the lender says (ex-art. R312-1-2 C. conso.): who is insured, for what, at which price,
//! and the level of the guarantees on each criterion by which it may judge the equivalence. Words and figures of the
//! frozen quote; nothing is computed here.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::beginning;
use super::model::Premium;
use super::papers::{euros, guarantees, is_known, loan_title, own_shares, shares};
use crate::kernel::french;
use crate::kernel::money::Cents;
use crate::slices::dossiers::Signable;
use crate::slices::quotes;

/// The certificate for the lender, of a contract whose cover begins on this day: the one that was signed, or a later one
/// that was asked of the lender. What the contract costs is as signed; premiums of before are not debited.
pub(super) fn certificate(signable: &Signable, premiums: &[Premium], from: Date) -> Value {
    let signed = signable.quote.request.effect_date;
    let quote = &signable.quote;
    let costs = &quote.result.project.costs;
    let names: Vec<_> = signable.insured.iter().map(|one| one.person.legal_name()).collect();
    let loans = quote.request.loans.iter().enumerate().map(|(place, loan)| {
        json!({
            "name": loan_title(place, loan),
            "number": "à rappeler",
            "capital": french::euros_short(Cents::new(loan.capital_cents)),
            "term": french::duration(loan.months),
            "share": shares(quote, loan),
        })
    });
    json!({
        "lender": signable.lender,
        "insured": french::together(&names),
        "loans": loans.collect::<Vec<_>>(),
        "owed": quote.request.is_running().then(|| french::euros(quote.owed_at_start())),
        "signed": french::day(signed),
        "is_later": from > signed,
        "guarantees": certified(signable),
        "costs": vec![
            ("Coût total des garanties", euros(costs.total_cents)),
            ("Coût sur les 8 premières années", euros(costs.total_8y_cents)),
            ("TAEA", french::percent(&costs.taea, 2)),
            (beginning::first_month(quote), euros(costs.first_month_cents)),
        ],
        "period": {
            "start": french::day(from),
            "end": french::day(quote.result.project.end_date),
        },
        "is_asked": quote.request.lender.as_ref().is_some_and(is_known),
        "levels": levels(signable),
        "schedule": years(premiums, from),
    })
}

/// The guarantees of each person, as the lender reads them: whoever has one is named beside it, and nobody is
/// said to have what they have not.
fn certified(signable: &Signable) -> Vec<Value> {
    let quote = &signable.quote;
    let is_alone = signable.insured.len() == 1;
    let people = (1..).zip(signable.insured.iter().zip(&quote.result.insured));
    let rows = people.flat_map(|(place, (one, priced))| {
        let who = one.person.legal_name();
        let shares = own_shares(quote, priced);
        guarantees(quote, place).into_iter().map(move |mut row| {
            if !is_alone {
                let name = row["name"].as_str().unwrap_or_default();
                row["name"] = json!(format!("{who}\u{a0}: {name}"));
            }
            row["shares"] = json!(shares);
            row
        })
    });
    rows.collect()
}

/// The level on each criterion, of each person: said whatever the lender asks, which is often not known here.
fn levels(signable: &Signable) -> Vec<Value> {
    let is_alone = signable.insured.len() == 1;
    let people = signable.insured.iter().enumerate();
    let tables = people.map(|(place, one)| {
        let levels = quotes::levels(&signable.quote, place).into_iter();
        let rows = levels.map(|it| {
            [Some(it.number), Some(it.title), Some(it.offered), it.asked]
                .into_iter()
                .flatten()
                .collect()
        });
        json!({
            "who": if is_alone { String::new() } else { one.person.legal_name() },
            "rows": rows.collect::<Vec<Vec<String>>>(),
        })
    });
    tables.collect()
}

/// The premiums of each calendar year that are due from this day on.
fn years(premiums: &[Premium], from: Date) -> Vec<Value> {
    let mut sums: Vec<(i16, i64)> = Vec::new();
    for row in premiums.iter().filter(|row| row.due_on >= from) {
        match sums.last_mut() {
            Some((year, sum)) if *year == row.due_on.year() => *sum += row.premium_cents,
            _ => sums.push((row.due_on.year(), row.premium_cents)),
        }
    }
    let one = |(year, sum): (i16, i64)| json!({ "year": year.to_string(), "premium": euros(sum) });
    sums.into_iter().map(one).collect()
}
