//! How long each document takes, from its data to its bytes.

use assurly::platform::pdf::{Order, PdfSettings, Typesetter};
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;

macro_rules! documents {
    ($($name:literal),+) => {
        [$(($name, include_str!(concat!("../tests/data/documents/", $name, ".json")))),+]
    };
}

const DOCUMENTS: [(&str, &str); 10] = documents![
    "devis",
    "fiche_standardisee",
    "fiche_conseil",
    "ipid",
    "notice",
    "conditions_particulieres",
    "mandat_sepa",
    "attestation_preteur",
    "lettre_banque",
    "preuve_signature"
];

/// Each document has a number of its own, as customers' have: nothing of the last one is used again.
fn documents(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let press = Typesetter::new(&PdfSettings { workers: 1, queue_max: 1, timeout_ms: 60_000 });
    for (template, text) in DOCUMENTS {
        let mut number = 0;
        criterion.bench_function(template, |bencher| {
            bencher.iter(|| {
                number += 1;
                let mut data: Value = serde_json::from_str(text).expect("JSON");
                data["document"]["reference"] = format!("AS-2026-{number:07}-0").into();
                let date = jiff::civil::date(2026, 11, 23);
                let order = Order { template, data, date, identity: number.to_string() };
                runtime.block_on(press.typeset(order)).expect("a document")
            });
        });
    }
}

criterion_group!(benches, documents);
criterion_main!(benches);
