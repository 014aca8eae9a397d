//! What this slice asks of a questionnaire engine, whichever it is. The engine's own paths, codes and
//! documents are its adapter's alone.
//!
//! Nothing here is decided by default: an engine that does not answer is an error, never an outcome.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::SecretString;

use crate::domain::guarantee::Guarantee;
use crate::domain::underwriting::GuaranteeOutcome;
use crate::platform::access::Boxed;

/// A questionnaire engine.
pub(super) trait UnderwritingEngine: Send + Sync + 'static {
    /// Opens a session, once per `key` however often it is asked.
    fn open<'a>(&'a self, opening: &'a EngineOpening) -> Boxed<'a, Result<Opened, EngineError>>;

    /// Answers for the person what they have declared before, in the session of this token: once, and only while
    /// nothing is answered there.
    fn declare<'a>(
        &'a self,
        token: &'a Token,
        declared: &'a super::model::Declared,
    ) -> Boxed<'a, Result<(), EngineError>>;

    /// A new token for the browser of a session.
    fn token<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<Token, EngineError>>;

    /// Where a session stands, with its decision when there is one.
    fn look<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<Look, EngineError>>;

    /// Ends a session without a decision.
    fn cancel<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<(), EngineError>>;

    /// Brings a decision of the medical officer.
    fn review<'a>(
        &'a self,
        session: &'a str,
        review: &'a EngineReview,
    ) -> Boxed<'a, Result<EngineDecision, EngineError>>;

    /// The documents that the engine made.
    fn documents<'a>(
        &'a self,
        session: &'a str,
    ) -> Boxed<'a, Result<Vec<DocumentLine>, EngineError>>;

    /// The bytes of one.
    fn document<'a>(
        &'a self,
        session: &'a str,
        document: &'a str,
    ) -> Boxed<'a, Result<Bytes, EngineError>>;

    /// Forgets the answers of a session; its decision stays.
    fn erase_answers<'a>(&'a self, session: &'a str) -> Boxed<'a, Result<(), EngineError>>;

    /// Whether it can work, through all its parts.
    fn health(&self) -> Boxed<'_, Result<(), EngineError>>;
}

/// What an engine is told of a person: nothing that names them.
#[derive(Clone, Debug)]
pub(super) struct EngineOpening {
    pub(super) key: String,
    pub(super) external_ref: String,
    pub(super) facts: super::model::Facts,
}

/// A session that was opened.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub(super) session: String,
    pub(super) token: Token,
    pub(super) kb: String,
    pub(super) revision: u32,
}

/// What opens a session for the browser; nobody but the engine reads it.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) text: SecretString,
    pub(super) life: Duration,
}

/// Where a session stands at the engine.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) state: EngineState,
    pub(super) revision: u32,
    pub(super) decision: Option<EngineDecision>,
}

/// The states of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EngineState {
    Created,
    InProgress,
    Decided,
    Referred,
    Cancelled,
    Expired,
}

/// A decision, as the engine took it.
#[derive(Clone, Debug)]
pub(super) struct EngineDecision {
    pub(super) id: String,
    pub(super) supersedes: Option<String>,
    pub(super) kb: String,
    pub(super) as_of: Date,
    pub(super) decided_at: Timestamp,
    pub(super) valid_until: Date,
    pub(super) is_automatic: bool,
    pub(super) is_referred: bool,
    pub(super) outcomes: Vec<GuaranteeOutcome>,
    /// Rules and digest of the answers, as they came: for the medical service alone.
    pub(super) medical: Vec<u8>,
}

/// A decision of the medical officer, on its way to the engine.
#[derive(Clone, Debug)]
pub(super) struct EngineReview {
    pub(super) supersedes: String,
    pub(super) author: String,
    pub(super) reason: String,
    pub(super) outcomes: Vec<GuaranteeOutcome>,
}

/// A document of the engine.
#[derive(Clone, Debug)]
pub(super) struct DocumentLine {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) audience: String,
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

/// Why an engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum EngineError {
    /// It does not answer, or says itself that it cannot now: try again.
    #[error("the engine is away: {0}")]
    Away(String),
    /// It does not know this session.
    #[error("the engine does not know this session")]
    Unknown,
    /// That session is over.
    #[error("this session is over at the engine")]
    Over,
    /// The state of the session does not allow it.
    #[error("the engine refuses: {0}")]
    Conflict(String),
    /// It refuses what it was sent: a fault of ours.
    #[error("the engine does not take this: {0}")]
    Refused(String),
    /// Its answer is not one of the contract.
    #[error("the engine’s answer is not one of the contract: {0}")]
    Strange(&'static str),
}

/// The codes of guarantees at the engine's boundary.
pub(super) const CODES: [(Guarantee, &str); 5] = [
    (Guarantee::Deces, "DC"),
    (Guarantee::Ptia, "PTIA"),
    (Guarantee::Ipt, "IPT"),
    (Guarantee::Itt, "ITT"),
    (Guarantee::Ipp, "IPP"),
];
