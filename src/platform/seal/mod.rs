//! The seal: an electronic signature of the house in a PDF, by which any reader sees that not one byte
//! has changed since (PAdES baseline B-B, ETSI EN 319 142-1).
//!
//! It is an incremental update of the file that was typeset: its bytes stay as they are, and the file
//! stays PDF/A-2 and PDF/UA-1. Only files of our own press are sealed; any other shape is refused
//! rather than guessed at. The key is read once, at the start, and is never shown.

mod certificate;
mod cms;
mod development;
mod settings;
mod update;

pub use certificate::{Sealer, SealerError};
pub use development::{Pair, development_pair};
pub use settings::SealSettings;

use jiff::Timestamp;

use crate::kernel::problem::{Kind, Problem};

/// Why a document cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealingError {
    /// No certificate is configured.
    #[error("nothing can be sealed: `seal.certificate_file` is empty")]
    NoCertificate,
    /// It is not a file of our press.
    #[error("this PDF has not the shape of ours: {0}")]
    Foreign(&'static str),
    /// The signature cannot be made or written.
    #[error("the seal cannot be made: {0}")]
    Signature(String),
}

impl From<SealingError> for Problem {
    fn from(error: SealingError) -> Self {
        let kind = match error {
            SealingError::NoCertificate => Kind::Unavailable,
            _ => Kind::Bug,
        };
        Self::new(kind).cause(error)
    }
}

impl Sealer {
    /// The document with the seal in it. `name` and `reason` are what readers show beside it.
    ///
    /// # Errors
    /// No certificate is configured, or the file is not one of ours.
    pub fn seal(&self, pdf: &[u8], reason: &str, now: Timestamp) -> Result<Vec<u8>, SealingError> {
        let identity = self.identity().ok_or(SealingError::NoCertificate)?;
        let words = update::Words { name: &identity.name, reason, at: now };
        let mut prepared = update::prepare(pdf, &words)?;
        let digest = prepared.digest();
        let signature = cms::signed(identity, &digest)?;
        prepared.write(&signature)?;
        Ok(prepared.into_bytes())
    }
}
