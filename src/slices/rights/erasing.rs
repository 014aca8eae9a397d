//! The erasure of somebody wherever no law has us keep them (GDPR art. 17), and what was kept, and why.
//!
//! Each room erases in a transaction of its own and asks for a job there, so that the rest follows whatever
//! happens; what the jobs would do is tried at once, for whoever waits for the answer.

use jiff::Timestamp;
use serde::Serialize;

use super::core::{Found, POOL, Rights};
use crate::kernel::problem::{Kind, Problem};
use crate::slices::contracts::ErasedPayers;
use crate::slices::dossiers::Erased;
use crate::slices::identity::{Change, UserError};

/// What became of a demand to be erased.
#[derive(Serialize)]
pub struct Erasure {
    erased_at: Timestamp,
    dossiers: Erased,
    /// Their questionnaires at the engine.
    questionnaires: &'static str,
    /// The offers of loans that they sent.
    offers: &'static str,
    /// The account and the documents of contracts that will not come.
    contracts: &'static str,
    /// The mandates that they were asked for, to pay for another.
    payer: ErasedPayers,
    account: &'static str,
    proof: Found,
}

/// How far something is that is not in our database alone.
const fn said(asked: usize, left: usize) -> &'static str {
    match (asked, left) {
        (0, _) => "none",
        (_, 0) => "erased",
        _ => "asked for: erased by the service as soon as what keeps it answers",
    }
}

impl Rights {
    /// Erases who has this address; done again, it finds nothing. An operator has made sure that it is them who
    /// ask.
    ///
    /// # Errors
    /// A room does not answer: what is left is done by the same demand again.
    pub async fn erase(&self, email: &str) -> Result<Erasure, Problem> {
        let tools = &self.tools;
        let dossiers = tools.dossiers.erase_person(email).await?;
        let mut sessions = Vec::new();
        for one in &dossiers.people {
            sessions.extend(tools.acceptances.forget(*one).await?);
        }
        let questionnaires = said(sessions.len(), tools.underwriting.erase_now(&sessions).await);
        let count = dossiers.dossiers.len();
        // Offers are of who began the dossier.
        let begun: Vec<_> = dossiers.begun().collect();
        let (files, waiting) = tools.offers.erase_now(&begun).await?;
        let mut left = 0;
        for id in &dossiers.dossiers {
            if let Err(problem) = tools.contracts.forget(*id).await {
                tracing::warn!(cause = problem.cause, "a prepared contract is not erased yet");
                left += 1;
            }
        }
        let payer = tools.contracts.erase_payer(email).await?;
        left += tools.contracts.erase_papers_now(&payer.payers).await;
        let account = self.close_account(email, &dossiers).await?;
        Ok(Erasure {
            erased_at: tools.clock.now(),
            questionnaires,
            offers: said(files, waiting),
            contracts: said(count + payer.payers.len(), left),
            dossiers,
            payer,
            account,
            proof: self.find(email).await?,
        })
    }

    /// The account opens what is kept: it goes with the last of it.
    async fn close_account(&self, email: &str, erased: &Erased) -> Result<&'static str, Problem> {
        if !erased.kept.is_empty() {
            return Ok("kept: it opens what is kept");
        }
        match self.tools.identity.change_user(POOL, email, Change::Erase).await {
            Ok(()) => Ok("erased"),
            Err(UserError::Unknown | UserError::Email(_)) => Ok("none"),
            Err(UserError::Problem(problem)) => Err(*problem),
            Err(error) => Err(Problem::new(Kind::Bug).cause(error)),
        }
    }
}
