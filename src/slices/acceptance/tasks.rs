//! What acceptance does in time: decisions that nobody has read yet are put on their dossier and told.

use std::time::Duration;

use super::core::Acceptances;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::jobs::{Job, Next, Task};
use crate::slices::dossiers::DossierId;
use crate::slices::underwriting::News;

/// How often decisions are looked for.
const PERIOD: Duration = Duration::from_secs(60);

/// Who waits in front of the page reads the answer there: nobody is called back before.
const PATIENCE: Duration = Duration::from_secs(60);

/// Decisions looked at in one go.
const AT_ONCE: u32 = 100;

impl Acceptances {
    /// What acceptance does in time.
    pub fn tasks(&self) -> Vec<Task> {
        let own = self.clone();
        let follow = move |_: Job| {
            let own = own.clone();
            async move {
                own.follow().await?;
                Ok(Next::Done)
            }
        };
        let follows = Task::every("acceptance.follow", PERIOD, follow);
        vec![follows, self.reminders(), self.returns(), self.forgets()]
    }

    /// Puts every decision since the last look on its dossier, and tells it.
    ///
    /// # Errors
    /// The database does not answer: what is left is looked at the next time.
    pub async fn follow(&self) -> Result<u32, Problem> {
        let core = &self.core;
        let until = core.clock.now() - PATIENCE;
        let mut told = 0;
        loop {
            let after = core.store.seen().await?;
            let page = core.underwriting.news(after, until, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(told) };
            let last = (last.at, last.decision);
            for news in &page {
                match self.take(news).await {
                    Ok(is_told) => told += u32::from(is_told),
                    // One dossier that cannot be moved does not keep the others waiting.
                    Err(problem) if problem.kind != Kind::Unavailable => {
                        tracing::warn!(cause = problem.cause, "a decision is not on its dossier");
                    }
                    Err(problem) => return Err(problem),
                }
            }
            core.store.set_seen(last).await?;
        }
    }

    async fn take(&self, news: &News) -> Result<bool, Problem> {
        let id = DossierId::from_uuid(news.insured.dossier);
        let shown = self.core.dossiers.shown(id).await?;
        let person = shown.insured.iter().find(|one| one.place == news.insured.number);
        let insured = person.ok_or(Kind::NotFound)?.insured_id;
        let case = self.case(id, insured).await?;
        self.outlook(&case).await?;
        let mut transaction = self.core.store.begin().await?;
        let now = self.core.clock.now();
        let is_new = self.core.store.told(&mut transaction, insured, news.decision, now).await?;
        if is_new {
            let event = news.decision.simple().to_string();
            self.core.dossiers.tell_answer(&mut transaction, insured, &event).await?;
        }
        self.commit(transaction).await?;
        Ok(is_new)
    }
}
