//! A form as a person typed it: raw values, and what is wrong with them in the order of the page.
//!
//! The summary and the field read the same list, so their wording cannot differ. A value is never
//! corrected here: what was typed is shown back, within the limits below. What a value means is the business of
//! the slice that asks.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};

use super::body;
use super::page::PageError;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::digest::{hex, sha256};

/// More fields than any page asks.
const MOST_FIELDS: usize = 100;

/// Longest value kept of one field: what a person types is far shorter.
const LONGEST_VALUE: usize = 200;

/// The same of a [`LongForm`], where a browser's own program answers, or somebody of our staff writes.
const LONGEST_ANSWER: usize = 8000;

/// What was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Form {
    values: BTreeMap<String, String>,
    faults: Vec<FieldFault>,
}

/// One answer to put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Name of the field, or of the group of fields.
    pub field: String,
    /// `id` of the control that the summary leads to.
    pub anchor: String,
    /// Names of the controls at fault: in a date, often one of three.
    pub controls: Vec<String>,
    /// What is wrong and how to put it right.
    pub message: String,
    /// Only asked about: the same answer is taken when it comes again.
    pub is_doubt: bool,
}

impl Form {
    /// A form with these values; the first of two values of one name counts.
    pub fn new<N: Into<String>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self::cut(pairs, LONGEST_VALUE)
    }

    fn cut<N: Into<String>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
        longest: usize,
    ) -> Self {
        let mut values = BTreeMap::new();
        for (name, value) in pairs.into_iter().take(MOST_FIELDS) {
            let value = value.as_ref().chars().take(longest).collect();
            values.entry(name.into()).or_insert(value);
        }
        Self { values, faults: Vec::new() }
    }

    /// The same from a request, where two answers to one question are refused: a browser sends one,
    /// and choosing between two would be guessing.
    fn sent(pairs: Vec<(String, String)>, longest: usize) -> Self {
        let count = pairs.len();
        let mut form = Self::cut(pairs, longest);
        if form.values.len() < count.min(MOST_FIELDS) {
            let message =
                "Une réponse a été envoyée deux fois\u{A0}: n’en envoyez qu’une par question";
            form.refuse_group("doublon", "", &[], message);
        }
        form
    }

    /// Every answer with its name, in the order of the names.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What was typed, without the spaces around; empty when the field was not sent.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", |value| value.trim())
    }

    /// What was typed, to the letter: for passwords, whose spaces count.
    pub fn raw(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether the field was sent.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Whether the field holds this value: for radios, lists and boxes.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    /// Writes a value, in place of what was there.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// Takes from `other` the values that were not sent.
    pub fn complete(&mut self, other: &Self) {
        for (name, value) in &other.values {
            self.values.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }

    /// Refuses the answer to one field.
    pub fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.refuse_group(field, field, &[field], message);
    }

    /// Asks about an answer that may be meant as it is: no fault, but the page comes once more.
    pub fn doubt(&mut self, field: &str, message: impl Into<String>) {
        if self.error(field).is_none() {
            self.faults.push(FieldFault {
                field: field.to_owned(),
                anchor: field.to_owned(),
                controls: Vec::new(),
                message: message.into(),
                is_doubt: true,
            });
        }
    }

    /// Refuses the answer to a group of controls, at the ones that are wrong. One message per
    /// group: the first said is the one to act on first.
    pub fn refuse_group(
        &mut self,
        field: &str,
        anchor: &str,
        controls: &[&str],
        message: impl Into<String>,
    ) {
        if self.error(field).is_none() {
            self.faults.push(FieldFault {
                field: field.to_owned(),
                anchor: anchor.to_owned(),
                controls: controls.iter().map(|&name| name.to_owned()).collect(),
                message: message.into(),
                is_doubt: false,
            });
        }
    }

    /// What is wrong with a field or a group.
    pub fn error(&self, field: &str) -> Option<&str> {
        let fault = self.faults.iter().find(|fault| fault.field == field);
        fault.map(|fault| fault.message.as_str())
    }

    /// Whether this very control is at fault.
    pub fn is_wrong(&self, control: &str) -> bool {
        self.faults.iter().any(|fault| fault.controls.iter().any(|name| name == control))
    }

    /// Whether a field is only asked about.
    pub fn is_doubt(&self, field: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == field && fault.is_doubt)
    }

    /// Everything to put right, in the order of the page.
    pub fn errors(&self) -> &[FieldFault] {
        &self.faults
    }

    /// Whether nothing is to be put right.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether an answer is refused: more than asked about.
    pub fn is_refused(&self) -> bool {
        self.faults.iter().any(|fault| !fault.is_doubt)
    }

    /// Heading of the summary.
    pub fn heading(&self) -> String {
        match self.faults.len() {
            _ if !self.is_refused() => "Une réponse est à vérifier".to_owned(),
            1 => "Une réponse est à corriger".to_owned(),
            count => format!("{count} réponses sont à corriger"),
        }
    }
}

/// The key of one act: the same page sent twice with the same answers is one act, and other answers
/// are another. `act` is the key written in the page, `document` what the answers amount to.
pub fn act_key(act: &str, document: &[u8]) -> String {
    let digits = hex(&sha256(&[document])[..16]);
    let act: String = act.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    format!("{act}-{digits}")
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = PageError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, PageError> {
        Ok(Self::sent(pairs(request).await?, LONGEST_VALUE))
    }
}

/// A form with long answers: what a passkey says, what somebody of our staff writes down.
#[derive(Clone, Debug)]
pub struct LongForm(pub Form);

impl<S: Send + Sync> FromRequest<S> for LongForm {
    type Rejection = PageError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, PageError> {
        Ok(Self(Form::sent(pairs(request).await?, LONGEST_ANSWER)))
    }
}

async fn pairs(request: Request) -> Result<Vec<(String, String)>, PageError> {
    if !is_form(request.headers()) {
        return Err(Problem::new(Kind::UnsupportedMediaType).into());
    }
    let bytes = body::read(request.into_body()).await?;
    let pairs = serde_urlencoded::from_bytes(&bytes);
    Ok(pairs.map_err(|error| Problem::new(Kind::Malformed).cause(error))?)
}

/// Whether a request says that it is a form without files.
pub fn is_form(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.and_then(|media| media.split(';').next()).unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_and_field_say_the_same() {
        let mut form = Form::new([("capital", " douze "), ("capital", "13")]);
        assert_eq!(form.value("capital"), "douze");
        form.refuse("capital", "Un nombre");
        form.refuse("capital", "Autre chose");
        form.refuse_group("naissance", "naissance_m", &["naissance_m"], "Un mois");
        assert_eq!(form.errors().len(), 2);
        assert_eq!(form.error("capital"), Some("Un nombre"));
        assert!(form.is_wrong("naissance_m") && !form.is_wrong("naissance_j"));
        assert_eq!(form.heading(), "2 réponses sont à corriger");
    }

    #[test]
    fn two_answers_to_one_question_are_refused() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert!(Form::sent(vec![pair("a", "1"), pair("b", "1")], 10).is_sound());
        let form = Form::sent(vec![pair("a", "1"), pair("a", "2")], 10);
        assert!(form.error("doublon").is_some());
    }

    #[test]
    fn an_act_is_the_page_and_its_answers() {
        assert_eq!(act_key("k1", b"a"), act_key("k1", b"a"));
        assert_ne!(act_key("k1", b"a"), act_key("k1", b"b"));
        assert_ne!(act_key("k1", b"a"), act_key("k2", b"a"));
        assert!(act_key(&"x\n".repeat(500), b"a").len() <= 97);
    }
}
