//! Parameters as they were sent: each at most once, an empty one is one that was left out
//! (RFC 6749 §3.1).

use url::form_urlencoded;

use super::error::OAuthError;

/// More than any request of the standards has.
const MOST: usize = 60;

/// The one parameter that may be repeated (RFC 8707 §2).
const REPEATABLE: &str = "resource";

/// The parameters of a request.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Params {
    pairs: Vec<(String, String)>,
    repeated: Vec<String>,
}

impl Params {
    /// Reads a query or a form's body.
    pub(in super::super) fn parse(bytes: &[u8]) -> Result<Self, OAuthError> {
        let mut params = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            // What is not UTF-8 was replaced by this character, which no parameter of ours has.
            if name.contains('\u{fffd}') || value.contains('\u{fffd}') || seen.len() == MOST {
                return Err(OAuthError::request("the parameters are not UTF-8, or too many"));
            }
            let name = name.into_owned();
            if seen.contains(&name) && name != REPEATABLE {
                params.repeated.push(name.clone());
            }
            seen.push(name.clone());
            if !value.is_empty() {
                params.pairs.push((name, value.into_owned()));
            }
        }
        Ok(params)
    }

    /// The value of a parameter; `None` when it was left out.
    pub(in super::super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a parameter that may be repeated.
    pub(in super::super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of = move |(known, value): &'a (String, String)| (known == name).then_some(&**value);
        self.pairs.iter().filter_map(of)
    }

    /// Whether this parameter was sent more than once.
    pub(in super::super) fn is_repeated(&self, name: &str) -> bool {
        self.repeated.iter().any(|known| known == name)
    }

    /// Refuses when any parameter was sent more than once.
    pub(in super::super) fn once(&self) -> Result<(), OAuthError> {
        if self.repeated.is_empty() {
            Ok(())
        } else {
            Err(OAuthError::request("a parameter was sent more than once"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_left_out_and_twice_is_refused() {
        let params = Params::parse(b"a=1&b=&c=%C3%A9").expect("read");
        assert_eq!(
            (params.get("a"), params.get("b"), params.get("c")),
            (Some("1"), None, Some("é"))
        );
        assert!(params.once().is_ok());
        for twice in ["a=1&a=1", "a=1&a=", "a=&a=", "a=1&%61=2"] {
            let params = Params::parse(twice.as_bytes()).expect("read");
            assert!(params.once().is_err() && params.is_repeated("a"), "{twice}");
        }
        let params = Params::parse(b"resource=x&resource=y").expect("read");
        assert!(params.once().is_ok() && params.all("resource").eq(["x", "y"]));
        assert!(Params::parse(b"a=%E9").is_err());
        assert!(Params::parse("x=1&".repeat(61).as_bytes()).is_err());
    }
}
