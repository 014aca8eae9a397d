//! The same quote again, for the same key; and another one, by a JSON merge patch of the request
//! (RFC 7396).

use serde_json::{Map, Value};

use super::error::QuoteError;
use super::service::{Kept, QuoteId};
use super::wire::{QuoteResponse, SimulationRequest};
use crate::kernel::problem::Problem;
use crate::platform::web::json;

/// The first answer again, if the same thing was asked: the documents are compared as they are
/// understood, so that a version which knows more fields still recognises an old one.
pub(super) fn replay(
    quote: QuoteResponse,
    request: &SimulationRequest,
    copied_from: Option<QuoteId>,
) -> Result<Kept, QuoteError> {
    let same_origin = quote.copied_from == copied_from.map(|id| id.to_string());
    if quote.request == *request && same_origin {
        Ok(Kept { quote, replayed: true })
    } else {
        Err(QuoteError::KeyReused)
    }
}

/// The request with the patch applied, read again with the same care as a new one.
///
/// # Errors
/// As a new document: the place and what is wrong there.
pub(super) fn patched(
    request: &SimulationRequest,
    patch: &Value,
) -> Result<SimulationRequest, Problem> {
    let mut document = serde_json::to_value(request).map_err(unreadable)?;
    merge(&mut document, patch);
    json::parse(&serde_json::to_vec(&document).map_err(unreadable)?)
}

fn unreadable(error: serde_json::Error) -> Problem {
    Problem::new(crate::kernel::problem::Kind::Bug).cause(error)
}

/// `MergePatch` of RFC 7396 §2: members are replaced, `null` removes, anything else replaces whole.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else {
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn examples_of_the_rfc() {
        // RFC 7396, appendix A.
        for (original, patch, result) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            let mut target = original;
            merge(&mut target, &patch);
            assert_eq!(target, result);
        }
    }
}
