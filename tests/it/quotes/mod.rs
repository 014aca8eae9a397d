//! Quotes over HTTP: simulations, every way a document can be wrong, and quotes kept once.

mod keeping;
mod mailing;
mod simulations;
mod wrong_documents;

use reqwest::Response;
use serde_json::{Value, json};

use crate::harness::app::App;

/// The project of the README: one loan, one person; it can be quoted on the day of the tests.
pub(crate) fn project() -> Value {
    json!({
        "effect_date": "2026-12-05",
        "purpose": "residence_principale",
        "loans": [{
            "ref": "main", "kind": "amortissable", "capital_cents": 20_000_000, "months": 240,
            "nominal_rate": "3.30", "release_date": "2026-12-05", "first_due_date": "2027-01-05"
        }],
        "insured": [{
            "ref": "a", "birth_date": "1990-09-15", "smoker": false, "occupation": "salarie_cadre",
            "shares": [{"loan": "main", "percent": 100}]
        }]
    })
}

/// `document` with the value at `pointer` replaced or added.
pub(crate) fn with(mut document: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = document.pointer_mut(parent).expect("the parent exists");
    match parent {
        Value::Array(items) => {
            let place = name.parse().unwrap_or(items.len());
            items.resize(items.len().max(place + 1), Value::Null);
            items[place] = value;
        }
        other => {
            other[name] = value;
        }
    }
    document
}

impl App {
    /// POSTs a document to `/v1/simulations`.
    pub(super) async fn simulate(&self, document: &Value) -> Response {
        self.post("/v1/simulations", "application/json", document.to_string()).await
    }

    /// POSTs a document to an address that needs an idempotency key.
    pub(super) async fn keep(&self, path: &str, key: &str, document: &Value) -> Response {
        let request = self.client.post(self.url(path)).header("idempotency-key", key);
        let request = request.header("content-type", "application/json").body(document.to_string());
        crate::harness::soon(request.send()).await.expect("an answer")
    }
}

/// Status and document of an answer.
pub(crate) async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}
