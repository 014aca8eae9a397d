//! Reading claims: each of the type that its standard says, absent or wrong told apart.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::token::bad;
use crate::kernel::access::Scopes;
use crate::platform::access::Denied;

/// Longer than any name in a token.
const LONGEST_NAME: usize = 255;

/// What a token says.
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    /// A claim by its name, or by a JSON pointer to it.
    pub(super) fn at(&self, place: &str) -> Option<&Value> {
        let Some(path) = place.strip_prefix('/') else { return self.0.get(place) };
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let value = self.0.get(&first.replace("~1", "/").replace("~0", "~"))?;
        if rest.is_empty() { Some(value) } else { value.pointer(&format!("/{rest}")) }
    }

    /// A text that names something: there, not empty, not too long.
    pub(super) fn name(&self, place: &str) -> Result<&str, Denied> {
        let text = self.text(place)?.ok_or(bad("a claim is missing"))?;
        let is_name = !text.is_empty() && text.len() <= LONGEST_NAME;
        if is_name { Ok(text) } else { Err(bad("a claim that is no name")) }
    }

    /// A text, or nothing.
    pub(super) fn text(&self, place: &str) -> Result<Option<&str>, Denied> {
        match self.at(place) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(bad("a claim that is no text")),
        }
    }

    /// A date in seconds (RFC 7519 §2), or nothing.
    pub(super) fn date(&self, name: &str) -> Result<Option<Timestamp>, Denied> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let wrong = || bad("a claim that is no date");
        let seconds = value.as_i64().ok_or_else(wrong)?;
        Timestamp::from_second(seconds).map(Some).map_err(|_| wrong())
    }

    /// A date that must be there.
    pub(super) fn needed_date(&self, name: &str) -> Result<Timestamp, Denied> {
        self.date(name)?.ok_or(bad("a date is missing"))
    }

    /// Texts: a list of them, or one.
    pub(super) fn texts(&self, place: &str) -> Result<Vec<&str>, Denied> {
        match self.at(place) {
            None => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(vec![text]),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().ok_or(bad("a list of something else than texts")))
                .collect(),
            Some(_) => Err(bad("a claim that is no list")),
        }
    }

    /// Scopes: a text with spaces, or a list of texts; those that begin with `prefix`, without it.
    pub(super) fn scopes(&self, place: &str, prefix: &str) -> Result<Scopes, Denied> {
        let all = self.texts(place)?;
        let kept: Vec<_> = all
            .iter()
            .flat_map(|text| text.split(' '))
            .filter_map(|scope| scope.strip_prefix(prefix))
            .collect();
        Scopes::parse(&kept.join(" ")).ok_or(bad("scopes that are none"))
    }
}
