//! The words of loan offers: a file, where it stands, and what an advisor found.

use jiff::Timestamp;
use uuid::Uuid;

use crate::platform::web::media::Media;
use crate::slices::dossiers::DossierId;

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfferState {
    /// No scanner has looked at it yet.
    Quarantine,
    /// A scanner knows nothing against it.
    Clean,
    /// A scanner found something; its bytes are gone.
    Infected,
    /// Nobody sees it any more, and its bytes go.
    Removed,
}

impl OfferState {
    const ALL: [Self; 4] = [Self::Quarantine, Self::Clean, Self::Infected, Self::Removed];

    /// As it is stored.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Quarantine => "QUARANTINE",
            Self::Clean => "CLEAN",
            Self::Infected => "INFECTED",
            Self::Removed => "REMOVED",
        }
    }

    /// The state of this code.
    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A file on its way in: what it is was read from its bytes.
#[derive(Clone, Debug)]
pub(super) struct SentOffer {
    pub(super) name: String,
    pub(super) media: Media,
    pub(super) bytes: Vec<u8>,
}

/// The loan of a dossier, by its number, which stays when another is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LoanOf {
    pub(super) dossier: DossierId,
    pub(super) loan: u8,
}

/// A file, as it is kept.
#[derive(Clone, Debug)]
pub(super) struct OfferFile {
    pub(super) id: Uuid,
    pub(super) of: LoanOf,
    pub(super) name: String,
    pub(super) media: Media,
    pub(super) sha256: [u8; 32],
    /// Bytes.
    pub(super) size: u32,
    pub(super) state: OfferState,
    pub(super) received_at: Timestamp,
}

/// What an advisor found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The offer says what was typed (*conforme*).
    Same,
    /// It does not (*différent*).
    Different,
}

impl Verdict {
    /// As it is stored and sent by the form.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
        }
    }

    /// The verdict of this code.
    pub(super) fn of(code: &str) -> Option<Self> {
        [Self::Same, Self::Different].into_iter().find(|it| it.code() == code)
    }
}

/// A comparison that was made.
#[derive(Clone, Debug)]
pub(super) struct Review {
    pub(super) verdict: Verdict,
    pub(super) note: String,
    pub(super) reviewed_at: Timestamp,
}

/// A loan whose offer nobody has compared since its last file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) of: LoanOf,
    pub(super) since: Timestamp,
    pub(super) files: u32,
}
