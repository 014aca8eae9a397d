//! What operators see of jobs, and what they may decide.

use jiff::Timestamp;

use super::runner::Jobs;
use super::store::Line;
use crate::kernel::id::{Id, Sort};
use crate::platform::db::DbError;

/// Names the sort of [`JobId`].
#[derive(Clone, Copy, Debug)]
pub struct Scheduled;

impl Sort for Scheduled {
    const PREFIX: &'static str = "job";
}

/// Identifier of a job.
pub type JobId = Id<Scheduled>;

/// A job as operators see it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its identifier.
    pub id: JobId,
    /// What is done.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Where it is.
    pub state: String,
    /// How often it was begun.
    pub attempts: u32,
    /// Why it was not done the last time.
    pub reason: Option<String>,
    /// Its hour.
    pub due_at: Timestamp,
    /// When it was done or given up.
    pub settled_at: Option<Timestamp>,
}

/// Why an operator's decision cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is under way, done, or not there.
    #[error("{0} is not a job that waits or is dead")]
    NotWaiting(JobId),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<Line> for Listed {
    fn from(line: Line) -> Self {
        Self {
            id: JobId::from_uuid(line.id),
            kind: line.kind,
            subject: line.subject,
            state: line.state,
            attempts: line.attempts,
            reason: line.reason,
            due_at: line.due_at.0,
            settled_at: line.settled_at.map(|at| at.0),
        }
    }
}

impl Jobs {
    /// The newest jobs; those in one state unless it is empty.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn list(&self, state: &str, most: u32) -> Result<Vec<Listed>, Refusal> {
        let lines = self.shared.store.list(state, most).await?;
        Ok(lines.into_iter().map(Listed::from).collect())
    }

    /// Has a job done at the next look.
    ///
    /// # Errors
    /// It is not one that waits or is dead; the database does not answer.
    pub async fn retry(&self, id: JobId) -> Result<(), Refusal> {
        let done = self.shared.store.retry(id.uuid(), self.shared.clock.now()).await?;
        if done { Ok(()) } else { Err(Refusal::NotWaiting(id)) }
    }

    /// Gives a job up: it is not done.
    ///
    /// # Errors
    /// As [`Self::retry`].
    pub async fn discard(&self, id: JobId) -> Result<(), Refusal> {
        let done = self.shared.store.discard(id.uuid(), self.shared.clock.now()).await?;
        if done { Ok(()) } else { Err(Refusal::NotWaiting(id)) }
    }
}
