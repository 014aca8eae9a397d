//! Queries, read with the same care as documents: each parameter once, none that nobody reads.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::de::value::Error as ValueError;
use url::form_urlencoded;

use super::input::{InputRule, Wrong, told};
use super::problem::ApiError;
use crate::kernel::problem::{Fault, Kind, Problem};

/// The parameters of an address. A fault's pointer is `?` and the parameter's name.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Ok(Self(parse(parts.uri.query().unwrap_or(""))?))
    }
}

/// The parameters in `query`.
///
/// # Errors
/// [`Kind::Malformed`] when it is not UTF-8; [`Kind::Invalid`] with the parameter at fault.
pub fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    check_names(query)?;
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let fault = fault(&error.path().to_string(), error.inner());
        Problem::new(Kind::Invalid).faults(vec![fault])
    })
}

/// Each parameter once, and every text whole.
fn check_names(query: &str) -> Result<(), Problem> {
    let mut seen = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        // What is not UTF-8 was replaced by this character, which nobody types.
        if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
            let detail = "Codez les paramètres en UTF-8, puis en pourcents.";
            let fault = InputRule::QuerySyntax.fault("?", detail);
            return Err(Problem::new(Kind::Malformed).faults(vec![fault]));
        }
        if seen.contains(&name) {
            let detail = "Ce paramètre apparaît deux fois\u{202f}; gardez-en un.";
            let fault = InputRule::QueryDuplicate.fault(pointer(&name), detail);
            return Err(Problem::new(Kind::Invalid).faults(vec![fault]));
        }
        seen.push(name);
    }
    Ok(())
}

fn fault(path: &str, error: &ValueError) -> Fault {
    let told = told(&error.to_string());
    let rule = match told.wrong {
        Wrong::Unknown => InputRule::QueryUnknown,
        Wrong::Missing => InputRule::QueryMissing,
        Wrong::Type | Wrong::Value => InputRule::QueryValue,
    };
    rule.fault(pointer(told.missing.as_deref().unwrap_or(path)), told.detail)
}

fn pointer(name: &str) -> String {
    format!("?{}", name.chars().take(80).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Page {
        limit: u8,
        after: Option<String>,
    }

    fn refusal(query: &str) -> (String, &'static str) {
        let problem = parse::<Page>(query).expect_err(query);
        (problem.faults[0].pointer.clone(), problem.faults[0].code)
    }

    #[test]
    fn a_right_query_is_read() {
        let page = parse::<Page>("limit=30&after=%C3%A9").expect("right");
        assert_eq!((page.limit, page.after.as_deref()), (30, Some("é")));
    }

    #[test]
    fn each_wrong_parameter_is_named() {
        for (query, pointer, code) in [
            ("limit=1&limit=2", "?limit", "QUERY_DUPLICATE"),
            ("limit=1&lim%69t=2", "?limit", "QUERY_DUPLICATE"),
            ("limit=1&x=2", "?x", "QUERY_UNKNOWN"),
            ("", "?limit", "QUERY_MISSING"),
            ("limit=many", "?limit", "QUERY_VALUE"),
            ("limit=1&after=%E9", "?", "QUERY_SYNTAX"),
        ] {
            assert_eq!(refusal(query), (pointer.to_owned(), code), "{query}");
        }
    }
}
