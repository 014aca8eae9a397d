//! What was prepared for a contract that will not come: the account that was typed, the documents that were to be
//! signed, who had signed them. It goes with the dossier's people, by a job that dossiers asked for in the
//! transaction that forgot them. A contract keeps all that it rests on.

use uuid::Uuid;

use super::core::Contracts;
use super::error::ContractError;
use super::preparing::papers_of;
use crate::kernel::problem::Problem;
use crate::platform::db::again;
use crate::platform::jobs::{Job, Next};
use crate::slices::dossiers::DossierId;

impl Contracts {
    /// The job.
    pub(super) async fn forget_prepared(&self, job: &Job) -> Result<Next, Problem> {
        if let Ok(id) = Uuid::try_parse(job.subject()) {
            self.forget(DossierId::from_uuid(id)).await?;
        }
        Ok(Next::Done)
    }

    /// Forgets what was prepared for a dossier that names somebody no more; who was asked to pay is told that
    /// their mandate serves no more. Done again, it finds nothing.
    ///
    /// # Errors
    /// The database or the storage does not answer: the job comes back.
    pub async fn forget(&self, id: DossierId) -> Result<(), Problem> {
        let is_left = again(|| self.forget_account(id)).await?;
        if is_left {
            self.drop_papers(id.uuid()).await?;
        }
        Ok(())
    }

    /// False when there is a contract, or may be one.
    async fn forget_account(&self, id: DossierId) -> Result<bool, ContractError> {
        let core = &self.core;
        if self.of_dossier(id).await?.is_some() {
            return Ok(false);
        }
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, id).await?;
        // Whoever can still sign it needs what was prepared.
        if held.state.is_offered() || held.state.is_signed() {
            return Ok(false);
        }
        if let Some(payer) = self.payer_in(&mut transaction, id).await? {
            self.release(&mut transaction, payer).await?;
        }
        core.store.forget_draft(&mut transaction, id).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Removes every document that was made for a subject to sign, and who was to sign it.
    pub(super) async fn drop_papers(&self, subject: Uuid) -> Result<(), ContractError> {
        let core = &self.core;
        for ceremony in core.signatures.ceremonies(subject).await? {
            for (papers, kind, part) in papers_of(ceremony) {
                core.documents.remove(papers, kind, part).await?;
            }
            // Last: it is the way to the documents.
            core.signatures.forget(ceremony).await?;
        }
        Ok(())
    }
}
