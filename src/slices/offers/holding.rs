//! What is kept of the offers that a person sent, for that person alone (GDPR art. 15 and 20), and its end at once
//! for whoever waits for it (art. 17). What a scanner found something in is said and never handed out; what no
//! scanner has looked at yet is given to nobody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;

use super::core::Offers;
use super::keeping::object;
use super::model::{LoanOf, OfferFile, OfferState};
use crate::kernel::problem::Problem;
use crate::slices::dossiers::DossierId;

/// How much of a file is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// That it is there.
    Facts,
    /// Its bytes too.
    Whole,
}

/// The offers that were sent with a dossier.
#[derive(Debug, Serialize)]
pub struct HeldOffers {
    /// The files.
    pub files: Vec<HeldOffer>,
    /// What an advisor found when they compared them with what was typed.
    pub comparisons: Vec<HeldComparison>,
}

/// A file.
#[derive(Debug, Serialize)]
pub struct HeldOffer {
    /// Of which loan, from 1.
    pub loan: u8,
    /// As it was called when it was sent.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Bytes.
    pub size: u32,
    /// When it came.
    pub received_at: Timestamp,
    /// `CLEAN`; `QUARANTINE` until a scanner has looked at it; `INFECTED` when it was destroyed.
    pub state: &'static str,
    /// Its bytes, when they may be handed out.
    pub base64: Option<String>,
}

/// A comparison.
#[derive(Debug, Serialize)]
pub struct HeldComparison {
    /// Of which loan, from 1.
    pub loan: u8,
    /// `same` or `different`.
    pub verdict: &'static str,
    /// In the advisor's words.
    pub note: String,
    /// When.
    pub compared_at: Timestamp,
}

impl Offers {
    /// The offers of a dossier; who calls has looked that they are of who asks.
    ///
    /// # Errors
    /// The database or the storage does not answer; a file is not what was kept.
    pub async fn sent_with(&self, id: DossierId, part: Part) -> Result<HeldOffers, Problem> {
        let store = &self.core.store;
        let mut connection = store.begin().await?;
        let mut kept = store.of_dossier(&mut connection, id).await?;
        drop(connection);
        kept.sort_by_key(|file| (file.of.loan, file.received_at, file.id));
        let mut files = Vec::with_capacity(kept.len());
        for file in &kept {
            files.push(self.file_held(file, part).await?);
        }
        let mut loans: Vec<u8> = kept.iter().map(|file| file.of.loan).collect();
        loans.dedup();
        let mut comparisons = Vec::new();
        for loan in loans {
            let review = store.review(LoanOf { dossier: id, loan }).await?;
            comparisons.extend(review.map(|review| HeldComparison {
                loan,
                verdict: review.verdict.code(),
                note: review.note,
                compared_at: review.reviewed_at,
            }));
        }
        Ok(HeldOffers { files, comparisons })
    }

    async fn file_held(&self, file: &OfferFile, part: Part) -> Result<HeldOffer, Problem> {
        let is_given = part == Part::Whole && file.state == OfferState::Clean;
        let bytes = if is_given { Some(self.bytes(file).await?) } else { None };
        Ok(HeldOffer {
            loan: file.of.loan,
            name: file.name.clone(),
            media_type: file.media.media_type(),
            size: file.size,
            received_at: file.received_at,
            state: file.state.code(),
            base64: bytes.map(|bytes| STANDARD.encode(bytes)),
        })
    }

    /// Erases every offer of these dossiers at once, for whoever waits for it: how many files there were, and how
    /// many are left to their jobs, because the storage is away. Done again, it finds nothing.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn erase_now(&self, dossiers: &[DossierId]) -> Result<(usize, usize), Problem> {
        let (mut files, mut left) = (0, 0);
        for id in dossiers {
            self.forget(*id).await?;
            for file in self.core.store.put_away_of(*id).await? {
                files += 1;
                match self.core.storage.remove(&object(&file)).await {
                    Ok(()) => self.core.store.delete(file.id).await?,
                    Err(error) => {
                        tracing::warn!(cause = %error, "a loan offer is not erased yet");
                        left += 1;
                    }
                }
            }
        }
        Ok((files, left))
    }
}
