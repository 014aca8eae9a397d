//! Erasing what a person's questionnaires hold about health: answers at the engine, its documents, files that
//! were sent, reasons of decisions (GDPR art. 17; end of what the law lets us keep).
//!
//! What is ours is emptied in the caller's transaction; what is elsewhere (the engine, the storage) goes by a
//! job of that transaction, which comes back until it is done. A contract's questionnaire is not erased here:
//! who calls has looked whether the law has us keep it (art. L113-8, L114-1 C. ass.).

use uuid::Uuid;

use super::archive::object;
use super::engine::EngineError;
use super::model::{Insured, SessionState};
use super::service::{Shared, Underwriting};
use super::store::Act;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::{Connection, DbError};
use crate::platform::jobs::{Job, Next, Task};

/// A session is erased where our database does not reach.
const ERASE: &str = "underwriting.erase";

/// The engine is asked again after this.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(300);

impl Underwriting {
    /// In the caller's transaction: every questionnaire of this person ends, their reasons are emptied, and
    /// the rest is asked for. The sessions that are left to [`Self::erase_now`]. Done twice, it is done once.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget(
        &self,
        connection: &mut Connection,
        insured: Insured,
    ) -> Result<Vec<Uuid>, Problem> {
        let (shared, now) = (&self.0, self.0.clock.now());
        let sessions = shared.store.unerased(connection, insured).await?;
        for (id, state) in &sessions {
            let over = SessionState::Cancelled;
            if state.may_become(over) {
                shared.store.set_state(connection, *id, *state, over, now).await?;
            }
            shared.store.forget_medical(connection, *id, now).await?;
            shared.store.end_evidence(connection, *id).await?;
            shared.store.audit(connection, &act(*id, now, "erasure_asked")).await?;
            shared.schedule.put(connection, ERASE, &id.simple().to_string(), now).await?;
        }
        Ok(sessions.into_iter().map(|(id, _)| id).collect())
    }

    /// Erases these at once, for whoever waits for it; how many are left to the job, because the engine or the
    /// storage is away.
    pub async fn erase_now(&self, sessions: &[Uuid]) -> usize {
        let mut left = 0;
        for id in sessions {
            if let Err(problem) = self.0.erase(*id).await {
                tracing::warn!(cause = problem.cause, "a questionnaire is not erased yet");
                left += 1;
            }
        }
        left
    }

    /// The work of this room.
    pub(super) fn erasures(&self) -> Task {
        let own = self.clone();
        Task::due(ERASE, move |job: Job| {
            let own = own.clone();
            async move { own.erase_job(&job).await }
        })
    }

    async fn erase_job(&self, job: &Job) -> Result<Next, Problem> {
        let Ok(id) = Uuid::try_parse(job.subject()) else { return Ok(Next::Done) };
        match self.0.erase(id).await {
            Ok(()) => Ok(Next::Done),
            // An engine that is away is no failure of the work: it comes back, however long that takes.
            Err(problem) if problem.kind == Kind::Unavailable => {
                tracing::warn!(cause = problem.cause, "a questionnaire is not erased yet");
                Ok(Next::At(job.now() + AGAIN))
            }
            Err(problem) => Err(problem),
        }
    }
}

impl Shared {
    /// Erases one session wherever something of it is. Done again, it finds nothing.
    async fn erase(&self, id: Uuid) -> Result<(), Problem> {
        if self.store.is_erased(id).await? {
            return Ok(());
        }
        let Some(session) = self.store.session(id).await? else { return Ok(()) };
        if let Some(engine_id) = &session.engine_id {
            gone(self.engine.cancel(engine_id).await)?;
            gone(self.engine.erase_answers(engine_id).await)?;
        }
        self.erase_evidence(id).await?;
        for row in self.store.documents(id).await? {
            self.storage.remove(&object(id, &row.sha256)).await?;
            self.store.delete_document(row.id).await?;
        }
        let now = self.clock.now();
        let mut transaction = self.store.database.begin().await?;
        if self.store.set_erased(&mut transaction, id, now).await? {
            self.store.audit(&mut transaction, &act(id, now, "answers_erased")).await?;
        }
        transaction.commit().await.map_err(DbError::from)?;
        Ok(())
    }
}

/// A session that the engine does not have, or has closed, is one that it does not keep answers of.
fn gone(done: Result<(), EngineError>) -> Result<(), Problem> {
    match done {
        Ok(()) | Err(EngineError::Unknown | EngineError::Over | EngineError::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

const fn act(session: Uuid, at: jiff::Timestamp, action: &'static str) -> Act<'static> {
    Act { at, actor: "system", action, session: Some(session), reason: None, request_id: None }
}
