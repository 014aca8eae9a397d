//! What the documents of a quote are given is what its page shows.

use serde_json::Value;

use super::{devis, fiche};
use crate::platform::pdf::{Order, PdfSettings, Typesetter};
use crate::slices::documents::Kind;
use crate::slices::quotes::pages::price::Price;
use crate::slices::quotes::pages::sample;
use crate::slices::quotes::papers::Paper;
use crate::slices::quotes::wire::QuoteResponse;

/// Everything that a quote's documents are given, as one text.
fn said(quote: &QuoteResponse) -> Vec<(Kind, Value)> {
    let sheets = (0..quote.request.insured.len())
        .map(|place| (Kind::FicheStandardisee, fiche::data(quote, place)));
    std::iter::once((Kind::Devis, devis::data(quote))).chain(sheets).collect()
}

#[test]
fn each_person_has_a_sheet_and_all_have_one_quote() {
    let names = |quote: &QuoteResponse| -> Vec<_> {
        Paper::all(quote).into_iter().map(|paper| (paper.name, paper.title)).collect()
    };
    let own = |name: &str, title: &str| (name.to_owned(), title.to_owned());
    assert_eq!(
        names(&sample::single("")),
        [
            own("devis", "Devis d’assurance de prêt"),
            own("fiche_standardisee_1", "Fiche standardisée d’information"),
        ]
    );
    let couple = names(&sample::couple());
    assert_eq!(
        couple[1..],
        [
            own("fiche_standardisee_1", "Fiche standardisée d’information, pour vous"),
            own(
                "fiche_standardisee_2",
                "Fiche standardisée d’information, pour la deuxième personne"
            ),
        ]
    );
}

/// The figures of `docs/domain/README.md`, part 5 of the worked example.
#[test]
fn the_sheet_has_the_figures_of_the_quote() {
    let quote = sample::couple();
    let sheet = fiche::data(&quote, 0);
    let plain = |pointer: &str| {
        let text = sheet.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        text.replace(['\u{A0}', '\u{202F}'], " ")
    };
    assert_eq!(plain("/cost/first"), "13,95 €");
    assert_eq!(plain("/cost/total"), "4 026,48 €");
    assert_eq!(plain("/cost/eight_years"), "1 575,00 €");
    assert_eq!(plain("/cost/taea"), "0,18 %");
    assert_eq!(plain("/cost/course"), "Variable, de 8,65 € à 20,23 € par mois");
    assert_eq!(plain("/cost/loans/1/first"), "2,22 €");
    assert_eq!(plain("/guarantees/0/shares/0"), "60 %");
    assert_eq!(plain("/formalities"), "aucune");
    assert_eq!(plain("/loans/0/kind"), "Prêt classique, mensualités lissées");
    assert_eq!(fiche::data(&quote, 2), Value::Null);
}

#[test]
fn the_quote_has_the_price_of_its_page() {
    let quote = sample::couple();
    let price = Price::of(&quote);
    let devis = devis::data(&quote);
    assert_eq!(devis["price"]["first"], price.all.first.as_str());
    assert_eq!(devis["price"]["moves"], price.moves.as_str());
    assert_eq!(devis["persons"][1]["total"], price.persons[1].total.as_str());
    assert_eq!(devis["years"].as_array().map(Vec::len), Some(20));
}

/// Nothing that a template shows may be missing because a list does not know a word.
#[test]
fn no_value_is_left_empty() {
    for quote in [sample::single("62,50"), sample::couple(), sample::running("150 000", "")] {
        for (kind, data) in said(&quote) {
            for pointer in ["/person", "/project", "/assumptions"] {
                for row in data.pointer(pointer).and_then(Value::as_array).into_iter().flatten() {
                    let optional = [
                        "Personne du devis",
                        "Désignation dans la demande",
                        "Autres personnes assurées",
                    ];
                    let label = row[0].as_str().unwrap_or_default();
                    assert!(row[1] != "" || optional.contains(&label), "{kind:?}: {row}");
                }
            }
        }
    }
}

/// What the templates are given, for all to read. Run the test after a change of words: what it prints
/// is the new file, and what changed in it is what changes on paper.
#[test]
fn the_data_of_documents_are_those_of_the_files() {
    let quote = sample::couple();
    let mut stale = String::new();
    for (kind, data, kept) in [
        (
            Kind::Devis,
            devis::data(&quote),
            include_str!("../../../../../tests/data/documents/devis.json"),
        ),
        (
            Kind::FicheStandardisee,
            fiche::data(&quote, 0),
            include_str!("../../../../../tests/data/documents/fiche_standardisee.json"),
        ),
    ] {
        let data = crate::slices::documents::sample(kind, data);
        let kept: Value = serde_json::from_str(kept).unwrap_or_default();
        if kept != data {
            let text = serde_json::to_string_pretty(&data).expect("JSON");
            stale.push_str(&format!("tests/data/documents/{}.json:\n{text}\n", kind.code()));
        }
    }
    assert!(stale.is_empty(), "{stale}");
}

#[tokio::test]
async fn the_templates_take_every_quote() {
    let typesetter = Typesetter::new(&PdfSettings { workers: 2, queue_max: 9, timeout_ms: 60_000 });
    let quotes = [
        sample::single("62,50"),
        sample::single(""),
        sample::couple(),
        sample::running("150 000", "40"),
    ];
    for (number, quote) in quotes.iter().enumerate() {
        for (place, (kind, data)) in said(quote).into_iter().enumerate() {
            let data = crate::slices::documents::sample(kind, data);
            let order = Order {
                template: kind.code(),
                data,
                date: jiff::civil::date(2026, 11, 22),
                identity: format!("{number}/{place}"),
            };
            let pdf = typesetter.typeset(order).await.expect("a document");
            assert!(pdf.starts_with(b"%PDF-1.7"), "{kind:?}");
        }
    }
}
