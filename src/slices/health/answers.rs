//! The answers of one person, as they are sealed.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::health::{Body, Declaration, Question};

/// What one person answered, or has begun to. It prints as `…`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// As typed, while the declaration is a draft.
    pub typed: BTreeMap<String, String>,
    /// Height.
    pub centimetres: Option<u16>,
    /// Weight.
    pub kilograms: Option<u16>,
    /// Codes of the questions answered by yes; complete only when it was sent.
    pub yes: Vec<String>,
    /// Whether more questions follow, when it was sent.
    pub more: bool,
    /// Random, drawn when it was sent: nobody finds the few answers that there are by trying their fingerprints.
    pub salt: String,
    /// Names exactly these answers as they were sent ([`super::HealthWorld::fingerprint`]); worked out, never kept.
    #[serde(skip)]
    pub fingerprint: Option<String>,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Answers {
    /// A declaration that is sent.
    pub(super) fn of(
        declaration: &Declaration,
        body: (u16, u16),
        more: bool,
        salt: String,
    ) -> Self {
        Self {
            typed: BTreeMap::new(),
            centimetres: Some(body.0),
            kilograms: Some(body.1),
            yes: declaration.yes.iter().map(|question| question.code().to_owned()).collect(),
            more,
            salt,
            fingerprint: None,
        }
    }

    /// Whether this is a whole declaration.
    pub fn declaration(&self) -> Option<Declaration> {
        let body = Body::new(self.centimetres?, self.kilograms?).ok()?;
        let yes = Question::ALL.into_iter();
        let yes = yes.filter(|one| self.yes.iter().any(|code| code == one.code())).collect();
        Some(Declaration { body, yes })
    }
}
