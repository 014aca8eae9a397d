//! The end of a demand: what is known of a payer goes at once, their mandate and how they signed it by a job that
//! comes back until the storage has let go of them.
//!
//! What a contract is paid by is never erased here: the creditor must be able to show the mandate for as long as
//! somebody may say that they gave none, thirteen months after the last debit (art. L133-24 CMF, SEPA rulebook),
//! and the accounts for ten years (art. L123-22 C. com.).

use std::time::Duration;

use serde::Serialize;
use uuid::Uuid;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::store::PayerRow;
use super::asking::is_open;
use super::letters;
use super::model::{Payer, Person, Standing};
use crate::kernel::problem::Problem;
use crate::platform::db::{Connection, again};
use crate::platform::jobs::{Job, Next};

/// The papers of a payer who is not asked any more go.
pub(in crate::slices::contracts) const FORGET_MANDATE: &str = "contracts.forget_mandate";

/// Demands whose time is over go.
pub(in crate::slices::contracts) const FORGET_PAYERS: &str = "contracts.forget_payers";

/// Days after the end of its link that a demand without an answer is kept.
const KEPT_UNANSWERED: u64 = 30;

/// The same for a mandate that was given and that no contract came of.
const KEPT_GIVEN: u64 = 180;

/// Demands forgotten at a time.
const PAGE: u32 = 200;

/// Why a mandate is kept.
const CONTRACT: &str = "a mandate that a contract is paid by: its proof is kept for thirteen months after the \
    last debit at least, and with the accounts for ten years";

/// What became of a payer's demand to be erased, mandate by mandate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ErasedPayers {
    /// References of mandates that name nobody any more.
    pub erased: Vec<String>,
    /// Those that are kept, and why.
    pub kept: Vec<(String, &'static str)>,
    /// Whose papers a job removes: [`Contracts::erase_papers_now`].
    #[serde(skip)]
    pub payers: Vec<Uuid>,
}

/// What became of one of them.
enum Fate {
    Erased,
    Kept,
    /// Somebody was faster.
    Unknown,
}

impl Contracts {
    /// Erases who was asked for a mandate at this address, but from the mandates of contracts. Who asked is told
    /// that the account is missing.
    ///
    /// # Errors
    /// The database does not answer: what is left is done by the same demand again.
    pub async fn erase_payer(&self, email: &str) -> Result<ErasedPayers, ContractError> {
        let mut done = ErasedPayers::default();
        for payer in self.payers_at(email).await? {
            match again(|| self.erase_one(&payer)).await? {
                Fate::Erased => {
                    done.erased.push(payer.rum);
                    done.payers.push(payer.id);
                }
                Fate::Kept => done.kept.push((payer.rum, CONTRACT)),
                Fate::Unknown => {}
            }
        }
        Ok(done)
    }

    async fn erase_one(&self, seen: &Payer) -> Result<Fate, ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        // The dossier first, as everybody who writes of a payer.
        let held = core.dossiers.signable(&mut transaction, seen.dossier).await?;
        let row = core.store.lock_payer_by_id(&mut transaction, seen.id).await?;
        let payer = row.map(|row| self.payer_of(row)).transpose()?;
        let payer = payer.filter(|payer| payer.person.email == seen.person.email);
        let Some(payer) = payer else { return Ok(Fate::Unknown) };
        if core.store.is_concluded(&mut transaction, &payer.rum).await? {
            return Ok(Fate::Kept);
        }
        if is_open(&held).is_ok() {
            let told = (&held, &payer, "left");
            self.tell_who_asked(&mut transaction, told, letters::left).await?;
        }
        self.empty_payer(&mut transaction, payer).await?;
        self.commit(transaction).await?;
        Ok(Fate::Erased)
    }

    /// Nobody is asked by this demand any more, and nothing of it names anybody; in the caller's transaction,
    /// which holds the dossier.
    pub(super) async fn empty_payer(
        &self,
        connection: &mut Connection,
        mut payer: Payer,
    ) -> Result<(), ContractError> {
        payer.standing = Standing::Withdrawn;
        (payer.person, payer.visit) = (Person::default(), None);
        payer.answered_at = Some(self.now());
        self.write_payer(connection, &payer).await?;
        self.drop_mandate_later(connection, payer.id).await
    }

    /// Has the papers of a payer removed once this commits.
    pub(super) async fn drop_mandate_later(
        &self,
        connection: &mut Connection,
        payer: Uuid,
    ) -> Result<(), ContractError> {
        let subject = payer.simple().to_string();
        self.core.schedule.put(connection, FORGET_MANDATE, &subject, self.now()).await?;
        Ok(())
    }

    /// Removes the papers of these payers at once, for whoever waits for it; how many are left to the job.
    pub async fn erase_papers_now(&self, payers: &[Uuid]) -> usize {
        let mut left = 0;
        for payer in payers {
            if let Err(problem) = self.drop_mandate(*payer).await {
                tracing::warn!(cause = problem.cause, "the papers of a payer are not erased yet");
                left += 1;
            }
        }
        left
    }

    /// The job of the same.
    pub(in crate::slices::contracts) async fn forget_mandate(
        &self,
        job: &Job,
    ) -> Result<Next, Problem> {
        if let Ok(payer) = Uuid::try_parse(job.subject()) {
            self.drop_mandate(payer).await?;
        }
        Ok(Next::Done)
    }

    async fn drop_mandate(&self, payer: Uuid) -> Result<(), Problem> {
        let row = self.core.store.payer_by_id(payer).await?;
        let stands = |row: &PayerRow| {
            [Standing::Waiting.code(), Standing::Given.code()].contains(&row.state.as_str())
        };
        // A row that is gone was looked at when it went.
        if row.as_ref().is_some_and(stands) {
            return Ok(());
        }
        Ok(self.drop_papers(payer).await?)
    }

    /// Each day: forgets those of whom no contract came.
    pub(in crate::slices::contracts) async fn forget_payers(&self) -> Result<Next, Problem> {
        let days = |count: u64| Duration::from_secs(count * 86_400);
        let (store, now) = (&self.core.store, self.now());
        let before = (now - days(KEPT_UNANSWERED), now - days(KEPT_GIVEN));
        let due = store.forgettable_payers(before, PAGE).await?;
        for id in &due {
            let mut transaction = store.begin().await?;
            if store.forget_payer(&mut transaction, *id, before).await? {
                self.drop_mandate_later(&mut transaction, *id).await?;
                store.commit(transaction).await?;
            }
        }
        let forgotten = due.len();
        tracing::info!(forgotten, "payers of whom no contract came are forgotten");
        let is_full = u32::try_from(forgotten).is_ok_and(|count| count >= PAGE);
        Ok(if is_full { Next::More } else { Next::Done })
    }
}
