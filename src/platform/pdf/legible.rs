//! Text that the document's font cannot draw. A missing glyph would be an empty box that no reader
//! and no screen reader understands, and the standards refuse it.

use serde_json::Value;

use super::desk::draws;

/// Stands for a character without a glyph, as a reader would expect: visible, and no letter.
const UNKNOWN: char = '?';

/// The data with every text made legible; says how many characters were replaced.
pub(super) fn legible(value: &mut Value) -> usize {
    match value {
        Value::String(text) => replace(text),
        Value::Array(items) => items.iter_mut().map(legible).sum(),
        Value::Object(fields) => fields.values_mut().map(legible).sum(),
        _ => 0,
    }
}

/// A line's end is a space here: a text of the data never makes a paragraph.
fn replace(text: &mut String) -> usize {
    if text.chars().all(draws) {
        return 0;
    }
    let mut replaced = 0;
    let drawn = text.chars().map(|character| match character {
        _ if draws(character) => character,
        _ if character.is_whitespace() => ' ',
        _ => {
            replaced += 1;
            UNKNOWN
        }
    });
    *text = drawn.collect();
    replaced
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_no_glyph_is_seen_to_be_missing_and_the_rest_stays() {
        let mut data = json!({ "names": ["Noël #1 $x$ \\ ]*_`", "王 Zoé", "a\nb\u{7}"], "n": 3 });
        assert_eq!(legible(&mut data), 2);
        let expected = json!({ "names": ["Noël #1 $x$ \\ ]*_`", "? Zoé", "a b?"], "n": 3 });
        assert_eq!(data, expected);
    }
}
