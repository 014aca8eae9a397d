//! Which tokens of our own pools were taken back, as a picture in memory that identity renews every
//! few seconds. Asking it costs no I/O, and it knows its own age: a picture that is too old is not
//! trusted for what matters.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jiff::Timestamp;

/// A picture older than this is not trusted for operations that ask for two factors.
const TRUSTED_FOR: Duration = Duration::from_secs(30);

/// The names by which a token can be taken back.
#[derive(Clone, Copy, Debug)]
pub struct TokenNames<'a> {
    /// Its issuer.
    pub issuer: &'a str,
    /// Whom it names.
    pub subject: &'a str,
    /// The login that it comes from (`sid`).
    pub session: Option<&'a str>,
    /// Its own name (`jti`).
    pub token: Option<&'a str>,
    /// When it was issued, in whole seconds.
    pub issued_at: Timestamp,
}

/// What was taken back, at one instant. Built row by row, then handed to [`Revocations::replace`].
#[derive(Debug, Default)]
pub struct Snapshot(HashMap<Box<str>, OfIssuer>);

#[derive(Debug, Default)]
struct OfIssuer {
    not_before: Option<Timestamp>,
    subjects: HashMap<Box<str>, Timestamp>,
    sessions: HashSet<Box<str>>,
    tokens: HashSet<Box<str>>,
}

impl Snapshot {
    /// Every token of the issuer that was issued before `at`: an emergency.
    pub fn issuer_before(&mut self, issuer: &str, at: Timestamp) {
        self.of(issuer).not_before = Some(at);
    }

    /// Every token of this subject that was issued before `at`. Tokens say their second: whoever
    /// issues one in the same second issues it for nothing.
    pub fn subject_before(&mut self, issuer: &str, subject: &str, at: Timestamp) {
        self.of(issuer).subjects.insert(subject.into(), at);
    }

    /// Every token of this login (`sid`).
    pub fn session(&mut self, issuer: &str, session: &str) {
        self.of(issuer).sessions.insert(session.into());
    }

    /// One token (`jti`).
    pub fn token(&mut self, issuer: &str, token: &str) {
        self.of(issuer).tokens.insert(token.into());
    }

    fn of(&mut self, issuer: &str) -> &mut OfIssuer {
        self.0.entry(issuer.into()).or_default()
    }

    fn holds(&self, names: &TokenNames<'_>) -> bool {
        let Some(of) = self.0.get(names.issuer) else { return false };
        let is_before = |at: &Timestamp| names.issued_at < *at;
        of.not_before.as_ref().is_some_and(is_before)
            || of.subjects.get(names.subject).is_some_and(is_before)
            || names.session.is_some_and(|session| of.sessions.contains(session))
            || names.token.is_some_and(|token| of.tokens.contains(token))
    }
}

/// The current picture. Cheap to clone: all clones are one.
#[derive(Clone, Default)]
pub struct Revocations(Arc<ArcSwapOption<(Timestamp, Snapshot)>>);

impl Revocations {
    /// Replaces the picture by one read at `read_at`.
    pub fn replace(&self, snapshot: Snapshot, read_at: Timestamp) {
        self.0.store(Some(Arc::new((read_at, snapshot))));
    }

    /// Whether this token was taken back, as far as is known.
    pub fn is_revoked(&self, names: &TokenNames<'_>) -> bool {
        self.0.load().as_deref().is_some_and(|(_, snapshot)| snapshot.holds(names))
    }

    /// Whether the picture is young enough to be trusted at `now`. No picture is not.
    pub fn are_known(&self, now: Timestamp) -> bool {
        self.0.load().as_deref().is_some_and(|(read_at, _)| now <= *read_at + TRUSTED_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("an instant")
    }

    const ISSUER: &str = "https://id.example/pools/x";

    fn names(issued_at: Timestamp) -> TokenNames<'static> {
        let (session, token) = (Some("sid"), Some("jti"));
        TokenNames { issuer: ISSUER, subject: "sub", session, token, issued_at }
    }

    #[test]
    fn a_token_is_found_by_each_of_its_names_and_only_at_its_issuer() {
        type Take = fn(&mut Snapshot, &str);
        let ways: [Take; 4] = [
            |it, issuer| it.token(issuer, "jti"),
            |it, issuer| it.session(issuer, "sid"),
            |it, issuer| it.subject_before(issuer, "sub", at(1)),
            |it, issuer| it.issuer_before(issuer, at(1)),
        ];
        for (number, take) in ways.into_iter().enumerate() {
            for (issuer, expected) in [(ISSUER, true), ("https://other.example", false)] {
                let (revocations, mut snapshot) = (Revocations::default(), Snapshot::default());
                take(&mut snapshot, issuer);
                revocations.replace(snapshot, at(0));
                assert_eq!(revocations.is_revoked(&names(at(0))), expected, "{number} {issuer}");
            }
        }
    }

    #[test]
    fn later_tokens_of_a_subject_are_good() {
        let (revocations, mut snapshot) = (Revocations::default(), Snapshot::default());
        snapshot.subject_before(ISSUER, "sub", at(1));
        revocations.replace(snapshot, at(0));
        assert!(revocations.is_revoked(&names(at(0))));
        assert!(!revocations.is_revoked(&names(at(1))));
    }

    #[test]
    fn an_old_picture_is_not_trusted_and_none_is_not_either() {
        let revocations = Revocations::default();
        assert!(!revocations.are_known(at(0)));
        revocations.replace(Snapshot::default(), at(0));
        assert!(revocations.are_known(at(30)));
        assert!(!revocations.are_known(at(31)));
    }
}
