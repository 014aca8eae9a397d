//! The engine that was away is back: whom its absence stopped is told so by e-mail, once for an outage.
//! Nothing of their answers is in it.

use std::time::Duration;

use super::core::Acceptances;
use crate::domain::dossier::State;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::jobs::{Job, Next, Task};
use crate::slices::dossiers::DossierId;
use crate::slices::underwriting::Stopped;

/// How often people who were stopped are looked for.
const PERIOD: Duration = Duration::from_secs(60);

/// Who stays in front of the page tries again by themselves: nobody is written to before.
const PATIENCE: Duration = Duration::from_secs(120);

/// People told in one go.
const AT_ONCE: u32 = 100;

impl Acceptances {
    /// The work of this room.
    pub(super) fn returns(&self) -> Task {
        let own = self.clone();
        Task::every("acceptance.returns", PERIOD, move |_: Job| {
            let own = own.clone();
            async move { own.call_back().await }
        })
    }

    /// Tells whoever was stopped; nobody while the engine is away.
    async fn call_back(&self) -> Result<Next, Problem> {
        let until = self.core.clock.now() - PATIENCE;
        let stopped = self.core.underwriting.stopped(until, AT_ONCE).await?;
        for one in &stopped {
            self.tell_return(one).await?;
        }
        let is_full = u32::try_from(stopped.len()).is_ok_and(|count| count == AT_ONCE);
        Ok(if is_full { Next::More } else { Next::Done })
    }

    async fn tell_return(&self, one: &Stopped) -> Result<(), Problem> {
        let core = &self.core;
        let shown = core.dossiers.shown(DossierId::from_uuid(one.insured.dossier)).await;
        let shown = match shown.map_err(Problem::from) {
            Ok(shown) => Some(shown),
            Err(problem) if problem.kind == Kind::NotFound => None,
            Err(problem) => return Err(problem),
        };
        // Whoever has given up since is not written to.
        let open = shown.filter(|it| matches!(it.state, State::Medical | State::Decision));
        let person = open.and_then(|shown| {
            let mut all = shown.insured.into_iter();
            all.find(|it| it.place == one.insured.number)
        });
        let mut transaction = core.store.begin().await?;
        if core.underwriting.call_back(&mut transaction, one).await?
            && let Some(person) = person
        {
            let event = one.event();
            core.dossiers.tell_return(&mut transaction, person.insured_id, &event).await?;
        }
        self.commit(transaction).await
    }
}
