//! The content hash of a schema: of its decisions, in an order of our own. Evidence, spaces and
//! comments may change freely.

use super::definition::Definition;
use crate::platform::digest::{hex, sha256};

pub(super) fn of(definition: &Definition) -> String {
    let mut plain = definition.clone();
    plain.hash = String::new();
    for column in &mut plain.columns {
        column.evidence = String::new();
    }
    // The order of the fields is that of the types: stable as long as these are.
    let text = serde_json::to_vec(&plain).unwrap_or_default();
    hex(&sha256(&[b"etl schema 1", &text]))
}
