//! The ways in which a document or a query can be wrong before any rule of the trade is asked: their
//! stable codes, and sentences in French that say how to put it right.

use crate::kernel::problem::Fault;

/// A rule of form that an input can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputRule {
    /// Not JSON.
    JsonSyntax,
    /// Not UTF-8.
    JsonUtf8,
    /// Objects in objects, deeper than any document.
    JsonDepth,
    /// One name twice in one object.
    JsonDuplicateKey,
    /// A name that the object does not have.
    JsonUnknownField,
    /// A name that the object must have.
    JsonMissingField,
    /// A value of another type.
    JsonType,
    /// A value of the right type that cannot be taken.
    JsonValue,
    /// A query that cannot be decoded.
    QuerySyntax,
    /// One parameter twice.
    QueryDuplicate,
    /// A parameter that the address does not have.
    QueryUnknown,
    /// A parameter that the address needs.
    QueryMissing,
    /// A parameter whose value cannot be taken.
    QueryValue,
}

impl InputRule {
    /// Every rule, in the order of the registry page.
    pub const ALL: [Self; 13] = [
        Self::JsonSyntax,
        Self::JsonUtf8,
        Self::JsonDepth,
        Self::JsonDuplicateKey,
        Self::JsonUnknownField,
        Self::JsonMissingField,
        Self::JsonType,
        Self::JsonValue,
        Self::QuerySyntax,
        Self::QueryDuplicate,
        Self::QueryUnknown,
        Self::QueryMissing,
        Self::QueryValue,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        self.entry().0
    }

    /// The rule in one sentence (French).
    pub const fn sentence(self) -> &'static str {
        self.entry().1
    }

    /// A fault against this rule.
    pub fn fault(self, pointer: impl Into<String>, detail: impl Into<String>) -> Fault {
        Fault::new(pointer, self.code(), detail)
    }

    #[rustfmt::skip]
    const fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::JsonSyntax => ("JSON_SYNTAX", "Le corps est un document JSON (RFC 8259)."),
            Self::JsonUtf8 => ("JSON_UTF8", "Le corps est en UTF-8."),
            Self::JsonDepth => ("JSON_DEPTH", "Le document a 16 niveaux d’imbrication au plus."),
            Self::JsonDuplicateKey => ("JSON_DUPLICATE_KEY", "Un champ n’apparaît qu’une fois dans son objet."),
            Self::JsonUnknownField => ("JSON_UNKNOWN_FIELD", "Chaque champ est un champ prévu."),
            Self::JsonMissingField => ("JSON_MISSING_FIELD", "Chaque champ obligatoire est présent."),
            Self::JsonType => ("JSON_TYPE", "Chaque valeur a le type prévu."),
            Self::JsonValue => ("JSON_VALUE", "Chaque valeur est une des valeurs prévues, dans sa forme."),
            Self::QuerySyntax => ("QUERY_SYNTAX", "Les paramètres de l’adresse sont codés en UTF-8."),
            Self::QueryDuplicate => ("QUERY_DUPLICATE", "Un paramètre n’apparaît qu’une fois."),
            Self::QueryUnknown => ("QUERY_UNKNOWN", "Chaque paramètre est un paramètre prévu."),
            Self::QueryMissing => ("QUERY_MISSING", "Chaque paramètre obligatoire est présent."),
            Self::QueryValue => ("QUERY_VALUE", "Chaque paramètre a une valeur prévue."),
        }
    }
}

/// Where an error of serde belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// An unknown name.
    Unknown,
    /// A missing name.
    Missing,
    /// A value of another type.
    Type,
    /// Another wrong value.
    Value,
}

/// What serde says, sorted, and in French.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// The sort of error.
    pub wrong: Wrong,
    /// The name that is missing.
    pub missing: Option<String>,
    /// What is wrong and how to put it right.
    pub detail: String,
}

/// Reads one of serde's sentences. Its forms are public promises of `serde::de::Error`; any other
/// sentence is one of our own deserializers', which say in French what they expect.
pub fn told(message: &str) -> Told {
    let (got, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    let detail = |wrong, detail| Told { wrong, missing: None, detail };
    if got.starts_with("unknown field `") {
        return detail(Wrong::Unknown, format!("Ce nom n’existe pas ici. {}", names(expected)));
    }
    if let Some(name) = got.strip_prefix("missing field `") {
        return Told {
            wrong: Wrong::Missing,
            missing: Some(name.trim_end_matches('`').to_owned()),
            detail: "Cette valeur est obligatoire\u{202f}; ajoutez-la.".to_owned(),
        };
    }
    if got.starts_with("unknown variant `") {
        return detail(Wrong::Value, format!("Cette valeur n’existe pas ici. {}", names(expected)));
    }
    if let Some(got) = got.strip_prefix("invalid type: ") {
        // A whole number of many digits comes to serde as a floating one.
        let got = if is_huge(got) { out_of_range(got) } else { got };
        return detail(Wrong::Type, wanted(expected, got));
    }
    if got.starts_with("invalid length ") {
        return detail(Wrong::Type, wanted(expected, "sequence"));
    }
    if let Some(got) = got.strip_prefix("invalid value: ") {
        return detail(Wrong::Value, wanted(expected, out_of_range(got)));
    }
    detail(Wrong::Value, format!("Attendu\u{a0}: {message}."))
}

/// The names that serde lists between backquotes.
fn names(expected: &str) -> String {
    let names: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
    if names.is_empty() {
        "Aucun n’est prévu.".to_owned()
    } else {
        format!("Possibles\u{a0}: {}.", names.join(", "))
    }
}

fn wanted(expected: &str, got: &str) -> String {
    format!("Attendu\u{a0}: {}\u{202f}; reçu\u{a0}: {}.", noun(expected), noun(got))
}

/// The number that serde shows between backquotes.
fn shown(got: &str) -> Option<f64> {
    got.split('`').nth(1)?.parse().ok()
}

/// Past every whole number that a document may hold.
fn is_huge(got: &str) -> bool {
    shown(got).is_some_and(|number| number.abs() > 9.2e18)
}

/// What is wrong with a number of the right type: "a whole number" alone would say nothing.
fn out_of_range(got: &str) -> &str {
    match shown(got) {
        Some(number) if number < 0.0 => "un nombre négatif",
        Some(_) => "un nombre trop grand",
        None => got,
    }
}

/// serde's words for types, in French; any other expectation is already a sentence of ours.
fn noun(word: &str) -> &str {
    let starts = |with: &[&str]| with.iter().any(|start| word.starts_with(start));
    match word {
        "u8" | "u16" | "u32" | "u64" | "usize" => "un nombre entier, zéro ou plus",
        "i8" | "i16" | "i32" | "i64" | "integer" => "un nombre entier",
        "f32" | "f64" => "un nombre",
        "null" | "unit value" => "null",
        _ if starts(&["integer"]) => "un nombre entier",
        _ if starts(&["floating point"]) => "un nombre à virgule",
        _ if starts(&["a string", "string", "borrowed string"]) => "un texte entre guillemets",
        _ if starts(&["a boolean", "boolean"]) => "true ou false",
        _ if starts(&["a sequence", "sequence"]) => "une liste",
        _ if starts(&["struct", "map", "a map"]) => "un objet",
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_each_has_its_sentence() {
        let codes: BTreeSet<_> = InputRule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), InputRule::ALL.len());
        assert!(InputRule::ALL.iter().all(|rule| rule.sentence().ends_with('.')));
    }

    #[test]
    fn the_sentences_of_serde_are_told_in_french() {
        let unknown = told("unknown field `mois`, expected one of `ref`, `months`");
        assert_eq!(unknown.wrong, Wrong::Unknown);
        assert!(unknown.detail.ends_with("ref, months."), "{}", unknown.detail);
        assert_eq!(told("missing field `ref`").missing.as_deref(), Some("ref"));
        let kind = told("invalid type: string \"a\", expected u32");
        assert_eq!(kind.wrong, Wrong::Type);
        assert!(kind.detail.contains("entier") && kind.detail.contains("texte"));
        for (got, word) in [
            ("invalid value: integer `-1`, expected u32", "négatif"),
            ("invalid value: integer `9223372036854775808`, expected i64", "trop grand"),
            ("invalid type: floating point `1.1111111111111112e39`, expected i64", "trop grand"),
            ("invalid type: floating point `0.5`, expected i64", "à virgule"),
        ] {
            let detail = told(got).detail;
            assert!(detail.contains("entier") && detail.contains(word), "{detail}");
        }
        assert_eq!(told("une date qui existe").wrong, Wrong::Value);
    }

    #[test]
    fn a_name_with_backquotes_does_not_disturb_the_list() {
        let odd = told("unknown field `a`, expected `b`, expected `ref`");
        assert_eq!(odd.detail, "Ce nom n’existe pas ici. Possibles\u{a0}: ref.");
    }
}
