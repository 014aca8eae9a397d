//! Documents that are awaited: whoever sends nothing is reminded three times, then the demand is closed
//! without follow-up (*classement sans suite*). Nothing is accepted or refused by it.

use std::time::Duration;

use super::core::Acceptances;
use crate::domain::dossier::{Act, Role, State};
use crate::domain::underwriting::evidence::{Step, next};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::jobs::{Job, Next, Task};
use crate::slices::dossiers::DossierId;
use crate::slices::underwriting::DueDemand;

/// How often demands are looked at.
const PERIOD: Duration = Duration::from_secs(600);

/// Demands looked at in one go.
const AT_ONCE: u32 = 100;

impl Acceptances {
    /// The work of this room.
    pub(super) fn reminders(&self) -> Task {
        let own = self.clone();
        Task::every("acceptance.evidence", PERIOD, move |_: Job| {
            let own = own.clone();
            async move { own.remind().await }
        })
    }

    /// Reminds and closes what is due.
    async fn remind(&self) -> Result<Next, Problem> {
        let due = self.core.underwriting.evidence_due(AT_ONCE).await?;
        let mut is_whole = true;
        for one in &due {
            match self.remind_of(one).await {
                Ok(()) => {}
                Err(problem) if problem.kind == Kind::Unavailable => return Err(problem),
                // One dossier that cannot be moved does not keep the others waiting.
                Err(problem) => {
                    is_whole = false;
                    tracing::warn!(cause = problem.cause, "a demand of documents stands still");
                }
            }
        }
        let is_full = u32::try_from(due.len()).is_ok_and(|count| count == AT_ONCE);
        Ok(if is_full && is_whole { Next::More } else { Next::Done })
    }

    async fn remind_of(&self, due: &DueDemand) -> Result<(), Problem> {
        let (core, now) = (&self.core, self.core.clock.now());
        let id = DossierId::from_uuid(due.insured.dossier);
        let shown = core.dossiers.shown(id).await?;
        let person = shown.insured.iter().find(|one| one.place == due.insured.number);
        let demand = core.underwriting.demand(due.insured).await?;
        let is_same =
            demand.is_some_and(|it| it.decision == due.decision && it.completed_at.is_none());
        let Some(person) = person.filter(|_| is_same) else {
            return self.over(due).await;
        };
        // Given up by the person, or by the time that dossiers have: nobody studies anything any more.
        if !matches!(shown.state, State::Medical | State::Decision) {
            self.give_up(due).await?;
            return self.over(due).await;
        }
        let (step, days) = next(due.reminders);
        let is_due = due.asked_at + Duration::from_secs(u64::from(days) * 86_400) <= now;
        if step == Step::Close && is_due {
            return self.close(id, due).await;
        }
        // What was found to be missing again is told at once, and is no reminder of the three.
        let reminders = due.reminders + u8::from(is_due);
        let mut transaction = core.store.begin().await?;
        if core.underwriting.evidence_reminded(&mut transaction, due, reminders).await? {
            let event = format!("{}-{}", due.decision.simple(), now.as_second());
            core.dossiers.tell_documents(&mut transaction, person.insured_id, &event).await?;
        }
        self.commit(transaction).await
    }

    /// Nothing came: the dossier is abandoned.
    async fn close(&self, id: DossierId, due: &DueDemand) -> Result<(), Problem> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        if core.underwriting.evidence_over(&mut transaction, due).await? {
            core.dossiers.stop(&mut transaction, id, Act::Abandon, Role::System).await?;
        }
        self.commit(transaction).await?;
        self.give_up(due).await
    }

    /// Nothing is awaited any more.
    async fn over(&self, due: &DueDemand) -> Result<(), Problem> {
        let mut transaction = self.core.store.begin().await?;
        self.core.underwriting.evidence_over(&mut transaction, due).await?;
        self.commit(transaction).await
    }

    /// The questionnaire ends on both sides, and what was sent is erased.
    async fn give_up(&self, due: &DueDemand) -> Result<(), Problem> {
        let mut transaction = self.core.store.begin().await?;
        self.core.underwriting.forget(&mut transaction, due.insured).await?;
        self.commit(transaction).await
    }
}
