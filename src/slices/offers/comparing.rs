//! An advisor compares an offer with what the person typed, and writes down what they found. They change
//! nothing in the dossier: who is wrong corrects it themselves.

use uuid::Uuid;

use super::core::Offers;
use super::model::{LoanOf, OfferFile, OfferState, Review, Verdict, Waiting};
use crate::kernel::problem::{Kind, Problem};

impl Offers {
    /// Loans whose offer nobody has compared since its last file, the oldest first.
    pub(super) async fn waiting(&self, most: u32) -> Result<Vec<Waiting>, Problem> {
        Ok(self.core.store.waiting(most).await?)
    }

    /// The last comparison of a loan.
    pub(super) async fn review(&self, of: LoanOf) -> Result<Option<Review>, Problem> {
        Ok(self.core.store.review(of).await?)
    }

    /// A file that a scanner has let through, with its bytes, for a member of our staff.
    pub(super) async fn opened(
        &self,
        by: &str,
        of: LoanOf,
        id: Uuid,
    ) -> Result<(OfferFile, Vec<u8>), Problem> {
        let file = self.core.store.file(id).await?.ok_or(Kind::NotFound)?;
        if file.of != of || file.state != OfferState::Clean {
            return Err(Problem::new(Kind::NotFound).cause("not there, or not looked at yet"));
        }
        let bytes = self.bytes(&file).await?;
        tracing::info!(by, dossier = %of.dossier, loan = of.loan, "a loan offer was opened");
        Ok((file, bytes))
    }

    /// Writes down what was found.
    pub(super) async fn compared(
        &self,
        by: &str,
        of: LoanOf,
        verdict: Verdict,
        note: &str,
    ) -> Result<(), Problem> {
        let shown = self.core.dossiers.shown(of.dossier).await?;
        if shown.loan_at(of.loan).is_none() {
            return Err(Problem::new(Kind::NotFound).cause("the loan was taken out"));
        }
        let now = self.core.clock.now();
        let review = Review { verdict, note: note.to_owned(), reviewed_at: now };
        let id = self.core.entropy.uuid_v7(now);
        self.core.store.insert_review(id, of, by, &review).await?;
        metrics::counter!("offer_reviews_total", "verdict" => verdict.code()).increment(1);
        Ok(())
    }
}
