//! What a signature binds of a declaration: its fingerprint, never its content.
//!
//! It is a hash of what is sealed, of whom, of the version of the questions and of the moment. A random value of 256 bits
//! is sealed with the answers, so that it tells nobody anything who cannot open them; sealed again under another key, they
//! keep it.

use uuid::Uuid;

use super::answers::Answers;
use super::error::HealthError;
use super::service::HealthWorld;
use super::store::Row;
use crate::platform::db::Connection;
use crate::platform::digest::{hex, sha256};

impl HealthWorld {
    /// The fingerprint of the declaration that this person sent, for the proof of their signature, in its transaction:
    /// the line of the audit and what is made of it are one write. The program learns no answer. `None` when there
    /// is no declaration, or it is from before there were fingerprints.
    ///
    /// # Errors
    /// It cannot be opened; the database does not answer.
    pub async fn fingerprint(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<String>, HealthError> {
        let row = self.store.declaration_in(connection, insured).await?;
        let Some(row) = row.filter(|row| self.is_current(row)) else { return Ok(None) };
        self.note(connection, insured, "system", None, "read", "signature").await?;
        Ok(self.open(insured, &row)?.fingerprint)
    }
}

/// The fingerprint of these answers; none of a draft, and none where a few tries would find them.
pub(super) fn fingerprint(
    insured: Uuid,
    row: &Row,
    answers: &Answers,
    clear: &[u8],
) -> Option<String> {
    let sent = row.submitted_at.filter(|_| row.is_submitted && !answers.salt.is_empty())?;
    let (questions, moment) = (row.questions.as_bytes(), sent.as_microsecond().to_be_bytes());
    let parts: [&[u8]; 5] =
        [b"health_declaration/1", insured.as_bytes(), questions, &moment, clear];
    Some(hex(&sha256(&parts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_these_answers_of_this_person_at_this_moment() {
        let row = |questions: &str, at: &str| Row {
            is_submitted: true,
            sealed: Vec::new(),
            questions: questions.to_owned(),
            submitted_at: Some(at.parse().expect("a moment")),
        };
        let salted = Answers { salt: "a".repeat(64), ..Answers::default() };
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (early, late) = ("2026-11-23T09:00:00Z", "2026-11-23T09:00:00.000001Z");
        let of = |insured, questions: &str, at: &str, clear: &[u8]| {
            fingerprint(insured, &row(questions, at), &salted, clear).expect("a fingerprint")
        };
        let known = of(one, "p2", early, b"no");
        assert_eq!(known.len(), 64);
        assert_eq!(known, of(one, "p2", early, b"no"));
        for other in [
            of(two, "p2", early, b"no"),
            of(one, "p3", early, b"no"),
            of(one, "p2", late, b"no"),
            of(one, "p2", early, b"yes"),
        ] {
            assert_ne!(known, other);
        }
        // Without a random value the answers would be found by trying; a draft is nobody's declaration.
        let bare = Answers::default();
        assert_eq!(fingerprint(one, &row("p2", early), &bare, b"no"), None);
        let draft = Row { is_submitted: false, ..row("p2", early) };
        assert_eq!(fingerprint(one, &draft, &salted, b"no"), None);
    }
}
