//! Documents in JSON, read with care: the media type, UTF-8, the form, each name once, no depth
//! without end, no name that nobody reads. Each failure says where, and how to put it right.
//!
//! A right document is read in one go. Anything else is walked twice for the words of its refusal: the
//! first walk finds what serde would pass over in silence (a name twice, where the last one would win)
//! and every error of syntax; the second reads it again and keeps the place of each value.

mod strict;
mod walk;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use self::strict::{Place, Strict};
use super::body;
use super::input::{InputRule, Wrong, told};
use super::problem::ApiError;
use crate::kernel::problem::{Fault, Kind, Problem};

/// Room for most answers from the start.
const USUAL_BYTES: usize = 4096;

/// A document, on the way in and on the way out.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError(Problem::new(Kind::UnsupportedMediaType)));
        }
        let bytes = body::read(request.into_body()).await?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        match serde_json::to_writer(&mut bytes, &self.0) {
            Ok(()) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => ApiError(Problem::new(Kind::Bug).cause(error)).into_response(),
        }
    }
}

/// `application/json` or `application/…+json`, in UTF-8 when a charset is named.
fn is_json(headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (all.next(), all.next()) else {
        return false;
    };
    let Ok(value) = value.to_str() else {
        return false;
    };
    let value = value.to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let media = parts.next().unwrap_or("");
    let subtype = media.strip_prefix("application/").unwrap_or("");
    let charsets = parts.filter_map(|part| part.strip_prefix("charset="));
    (subtype == "json" || subtype.ends_with("+json"))
        && charsets.map(|name| name.trim_matches('"')).all(|name| name == "utf-8")
}

/// The document in `bytes`: for an extractor, and for a command that reads a file.
///
/// # Errors
/// [`Kind::Malformed`] when it is not JSON in UTF-8; [`Kind::Invalid`] when it is not this document.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to() + 1;
        let detail = format!(
            "L’octet {place} n’est pas de l’UTF-8\u{202f}; enregistrez le document en UTF-8."
        );
        refused(Kind::Malformed, InputRule::JsonUtf8.fault("", detail))
    })?;
    quick(text).map_or_else(|_| careful(text), Ok)
}

/// Reads the document, and takes no form that [`careful`] would not take.
fn quick<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let document = T::deserialize(Strict(&mut reader, Place::Depth(0)))?;
    reader.end()?;
    Ok(document)
}

/// Says what is wrong with the document, and where.
fn careful<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    walk::walk(text)?;
    let reader = &mut serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(Strict(reader, Place::Walked)).map_err(|error| {
        let fault = fault(&pointer(error.path()), error.inner());
        refused(Kind::Invalid, fault)
    })
}

fn refused(kind: Kind, fault: Fault) -> Problem {
    Problem::new(kind).faults(vec![fault])
}

/// The fault behind an error of the second walk.
fn fault(pointer: &str, error: &serde_json::Error) -> Fault {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let told = told(message.strip_suffix(&place).unwrap_or(&message));
    let rule = match told.wrong {
        Wrong::Unknown => InputRule::JsonUnknownField,
        Wrong::Missing => InputRule::JsonMissingField,
        Wrong::Type => InputRule::JsonType,
        Wrong::Value => InputRule::JsonValue,
    };
    let pointer = told
        .missing
        .map_or_else(|| pointer.to_owned(), |name| format!("{pointer}/{}", escaped(&name)));
    rule.fault(pointer, told.detail)
}

/// The path as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escaped(key))),
            // The variant of an enum is no place of its own in the document.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// A name as part of a pointer; a name of a stranger's document is cut before it fills the answer.
fn escaped(name: &str) -> String {
    let name: String = name.chars().take(80).collect();
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde::Deserialize;
    use serde_json::Value;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Project {
        loans: Vec<Loan>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Loan {
        months: u32,
        #[serde(default)]
        kind: Option<Sort>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Sort {
        InFine,
    }

    fn refusal(text: &str) -> (Kind, String, &'static str) {
        let problem = parse::<Project>(text.as_bytes()).expect_err(text);
        let fault = &problem.faults[0];
        (problem.kind, fault.pointer.clone(), fault.code)
    }

    #[test]
    fn a_right_document_is_read() {
        let project = parse::<Project>(br#"{"loans":[{"months":240,"kind":"in_fine"}]}"#);
        assert_eq!(project.expect("right").loans[0].kind, Some(Sort::InFine));
    }

    #[test]
    fn each_wrong_value_is_named_by_its_pointer_and_code() {
        let invalid = [
            (r#"{"loans":[{"months":12,"mois":1}]}"#, "/loans/0/mois", "JSON_UNKNOWN_FIELD"),
            (r#"{"loans":[{}]}"#, "/loans/0/months", "JSON_MISSING_FIELD"),
            (r#"{"loans":[{"months":"12"}]}"#, "/loans/0/months", "JSON_TYPE"),
            (r#"{"loans":[{"months":-1}]}"#, "/loans/0/months", "JSON_VALUE"),
            (r#"{"loans":[{"months":1,"kind":"x"}]}"#, "/loans/0/kind", "JSON_VALUE"),
            (r#"{"loans":{}}"#, "/loans", "JSON_TYPE"),
            (r#"{"loans":[],"loans":[]}"#, "/loans", "JSON_DUPLICATE_KEY"),
            (r#"{"loans":[{"a/b":1,"a/b":2}]}"#, "/loans/0/a~1b", "JSON_DUPLICATE_KEY"),
            ("[]", "", "JSON_TYPE"),
            ("[[]]", "", "JSON_TYPE"),
            (r#"{"loans":[[240]]}"#, "/loans/0", "JSON_TYPE"),
            (r#"{"loans":[{"months":1,"kind":{"in_fine":null}}]}"#, "/loans/0/kind", "JSON_TYPE"),
            (r#"{"loans":[{"months":1,"kind":["in_fine"]}]}"#, "/loans/0/kind", "JSON_TYPE"),
        ];
        for (text, pointer, code) in invalid {
            assert_eq!(refusal(text), (Kind::Invalid, pointer.to_owned(), code), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
        for (text, code) in [
            ("", "JSON_SYNTAX"),
            ("{", "JSON_SYNTAX"),
            ("{} {}", "JSON_SYNTAX"),
            (r#"{"loans":[],}"#, "JSON_SYNTAX"),
            (r#"{"loans":NaN}"#, "JSON_SYNTAX"),
            (deep.as_str(), "JSON_DEPTH"),
        ] {
            let (kind, _, found) = refusal(text);
            assert_eq!((kind, found), (Kind::Malformed, code), "{text}");
        }
        let latin = parse::<Project>(b"{\"\xe9\":1}").expect_err("not UTF-8");
        assert_eq!(latin.faults[0].code, "JSON_UTF8");
        assert!(latin.faults[0].detail.contains("L’octet 3 "));
    }

    #[test]
    fn the_quick_way_takes_nothing_that_the_careful_way_refuses() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let texts = [
            r#"{"a":1,"b":[{"a":2}]}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"\u0062":2}}"#,
            r#"[{"x":0},{"x":0}]"#,
            r#"{"a":1} 2"#,
            "[1,]",
            "{",
            &nested(16),
            &nested(17),
        ];
        for text in texts {
            let (quick, careful) = (quick::<Value>(text), careful::<Value>(text));
            assert_eq!(quick.ok(), careful.ok(), "{text}");
        }
        let names: String = (0..40).map(|name| format!("\"n{name}\":0,")).collect();
        let many = format!("{{{}}}", names.trim_end_matches(','));
        assert!(quick::<Value>(&many).is_err() && parse::<Value>(many.as_bytes()).is_ok());
    }

    #[test]
    fn the_place_of_an_error_of_syntax_is_said() {
        let problem = parse::<Project>(b"{\n  \"loans\": [,]\n}").expect_err("syntax");
        let detail = &problem.faults[0].detail;
        assert!(detail.contains("ligne 2, colonne 13"), "{detail}");
    }

    #[test]
    fn media_types_that_are_json_and_that_are_not() {
        let read = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
            is_json(&headers)
        };
        for value in [
            "application/json",
            "Application/JSON; Charset=\"UTF-8\"",
            "application/merge-patch+json",
        ] {
            assert!(read(value), "{value}");
        }
        for value in ["text/json", "application/jsonp", "application/json; charset=latin1", ""] {
            assert!(!read(value), "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
