//! Documents: every template, and those of a quote over HTTP: made once, the same bytes for ever, the figures of the page,
//! bytes that were changed, a storage that is away, and a bucket.

pub(crate) mod bucket;
mod keeping;
mod reading;
mod sealing;
pub(crate) mod templates;

use serde_json::Value;

use crate::harness::app::App;
use crate::quotes::{project, read, with};

/// A key that no other test uses.
fn key() -> String {
    assurly::platform::clock::Entropy::system().key()
}

/// Keeps a quote of this document.
pub(crate) async fn keep(app: &App, document: &Value) -> Value {
    let (status, quote) = read(app.keep("/v1/quotes", &key(), document).await).await;
    assert_eq!(status, 201, "{quote}");
    quote
}

/// The list of a quote's documents.
pub(crate) async fn list(app: &App, quote: &Value) -> Vec<Value> {
    let address = format!("/v1/quotes/{}/documents", quote["id"].as_str().expect("an id"));
    let (status, list) = read(app.get(&address).await).await;
    assert_eq!(status, 200, "{list}");
    list["documents"].as_array().expect("a list").clone()
}

/// The address of a document in the list.
pub(crate) fn href(document: &Value) -> &str {
    document["href"].as_str().expect("an address")
}

/// The bytes at an address.
pub(crate) async fn bytes(app: &App, address: &str) -> Vec<u8> {
    let answer = app.get(address).await;
    assert_eq!(answer.status(), 200);
    answer.bytes().await.expect("bytes").to_vec()
}

/// A couple, each with a part of their own.
fn couple() -> Value {
    let mut second = project()["insured"][0].clone();
    second["ref"] = "b".into();
    second["birth_date"] = "1988-02-02".into();
    second["smoker"] = true.into();
    second["shares"][0]["percent"] = 50.into();
    with(with(project(), "/insured/1", second), "/insured/0/shares/0/percent", 60.into())
}
