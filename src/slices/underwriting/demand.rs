//! The words of documents asked for: a demand, and a file that answers it.

use jiff::Timestamp;
use uuid::Uuid;

use super::model::Insured;
use crate::platform::web::media::Media;

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceState {
    /// No scanner has looked at it yet.
    Quarantine,
    /// A scanner knows nothing against it.
    Clean,
    /// A scanner found something; its bytes are gone.
    Infected,
    /// Its bytes were erased.
    Erased,
}

impl EvidenceState {
    /// As it is stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Quarantine => "QUARANTINE",
            Self::Clean => "CLEAN",
            Self::Infected => "INFECTED",
            Self::Erased => "ERASED",
        }
    }

    /// The state of this code.
    pub fn of(code: &str) -> Option<Self> {
        let all = [Self::Quarantine, Self::Clean, Self::Infected, Self::Erased];
        all.into_iter().find(|it| it.code() == code)
    }

    /// Whether the file is there, or is on its way through quarantine.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Quarantine | Self::Clean)
    }
}

/// A file on its way in: what it is was read from its bytes.
#[derive(Clone, Debug)]
pub struct SentEvidence {
    /// The document asked for that it is.
    pub code: String,
    /// What it is.
    pub media: Media,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file, as it is kept.
#[derive(Clone, Debug)]
pub struct KeptEvidence {
    /// Identifier.
    pub id: Uuid,
    /// The session of its person.
    pub(super) session: Uuid,
    /// The document asked for that it is.
    pub code: String,
    /// What it is.
    pub media: Media,
    /// Its digest.
    pub(super) sha256: [u8; 32],
    /// Its size in bytes.
    pub size: u32,
    /// Where it stands.
    pub state: EvidenceState,
    /// When it came.
    pub received_at: Timestamp,
}

/// What a decision asks for, and what came of it.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The decision.
    pub decision: Uuid,
    /// Codes of the documents.
    pub codes: Vec<String>,
    /// Since when.
    pub asked_at: Timestamp,
    /// When the person said that everything is sent.
    pub completed_at: Option<Timestamp>,
    /// The files that came for it, the oldest first.
    pub files: Vec<KeptEvidence>,
}

impl Demand {
    /// The files of one document.
    pub fn of<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a KeptEvidence> {
        self.files.iter().filter(move |file| file.code == code)
    }

    /// The documents of which no file counts.
    pub fn missing(&self) -> Vec<String> {
        let is_there = |code: &String| self.of(code).any(|file| file.state.counts());
        self.codes.iter().filter(|code| !is_there(code)).cloned().collect()
    }
}

/// A demand of which something is due: a reminder, or its end.
#[derive(Clone, Copy, Debug)]
pub struct DueDemand {
    /// The decision that asks.
    pub decision: Uuid,
    /// Of whom.
    pub insured: Insured,
    /// Since when.
    pub asked_at: Timestamp,
    /// How often they were reminded.
    pub reminders: u8,
}
