//! What every template reads around its data, for tests.

use serde_json::{Value, json};

use super::kind::Kind;

/// What every template reads around its data.
pub(crate) fn sample(kind: Kind, data: Value) -> Value {
    let mut all = json!({
        "brand": "Assurly",
        "insurer": {
            "company": "Assurly (démonstration)", "address": "1 rue du Port, 35000 Rennes",
            "phone": "01 99 00 12 34", "siren": "123 456 789", "approval": "ACPR",
            "creditor": "FR12ZZZ123456", "mediator": "La Médiation de l’Assurance",
        },
        "document": {
            "title": kind.title(), "reference": "AS-2026-0001234-6", "date": "23 novembre 2026",
            "template": kind.code(), "version": kind.template_version().to_string(),
        },
    });
    all["data"] = data;
    all
}
