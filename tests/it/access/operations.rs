//! The list of operations: which there are, which are open to anybody and why, and that the document
//! says the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use assurly::app::router;
use assurly::app::state::{AppState, Platform};
use assurly::platform::access::Declared;
use assurly::slices::quotes::Pricer;
use serde_json::Value;

use crate::harness::app::{App, settings};

/// Compares with `tests/golden/`; a difference is written beside, to be looked at and copied.
pub(super) fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&made, text).expect("written");
    assert!(known == text, "look at it, then: cp {} {}", made.display(), path.display());
}

/// The operations of the program.
pub(super) fn declared() -> Vec<Declared> {
    let platform = Platform::new(settings(&[])).expect("right");
    let state = AppState::new(&platform, Pricer::shipped().expect("products/"));
    let state = state.expect("the transports are right");
    let mut operations = router::api(&state).operations().to_vec();
    operations.sort_by_key(|it| (it.path.clone(), it.method));
    operations
}

fn lines<'a>(operations: impl Iterator<Item = &'a Declared>) -> String {
    operations.fold(String::new(), |mut text, operation| {
        let _ = writeln!(text, "{operation}");
        text
    })
}

#[tokio::test]
async fn operations_are_those_of_the_golden_files() {
    let operations = declared();
    golden("operations.txt", &lines(operations.iter()));
    let public = operations.iter().filter(|it| it.access.is_public());
    golden("public_operations.txt", &lines(public));
    let ids: BTreeSet<_> = operations.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), operations.len(), "each has a name of its own");
}

#[tokio::test]
async fn the_document_says_who_may() {
    let app = App::start().await;
    let document: Value = app.get("/v1/openapi.json").await.json().await.expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let count: usize =
        paths.values().map(|it| it.as_object().map_or(0, serde_json::Map::len)).sum();
    assert_eq!(count, declared().len(), "no address without its operation");
    for operation in declared() {
        let entry = &paths[&operation.path][&operation.method.to_lowercase()];
        assert_eq!(entry["operationId"], operation.id);
        assert_eq!(entry["x-access"]["public"].is_string(), operation.access.is_public());
        assert!(entry["security"].is_array() && entry["responses"]["401"].is_object());
        assert!(entry["responses"]["default"].is_object(), "what the gateway may refuse");
    }
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

/// A program that is made from the document finds everything that it names.
#[tokio::test]
async fn the_document_refers_to_nothing_that_is_not_there() {
    let app = App::start().await;
    let text = app.get("/v1/openapi.json").await.text().await.expect("text");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let named: BTreeSet<_> =
        text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(named.len() > 20, "{}", named.len());
    let missing: Vec<_> = named.iter().filter(|it| document.pointer(it).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
