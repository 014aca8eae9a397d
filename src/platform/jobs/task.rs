//! What a slice registers, what its work is given, and what it answers.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::store::Store;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::Connection;

type Work =
    dyn Fn(Job) -> Pin<Box<dyn Future<Output = Result<Next, Problem>> + Send>> + Send + Sync;

/// A kind of work and who does it. Its name is `slice.what`, and never changes.
#[derive(Clone)]
pub struct Task {
    pub(super) kind: &'static str,
    pub(super) every: Option<Duration>,
    pub(super) work: Arc<Work>,
}

/// What becomes of a job that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is over; what is done again and again comes back after its period.
    Done,
    /// There is more to do at once: a batch was full.
    More,
    /// It comes back then.
    At(Timestamp),
}

/// One attempt at a job.
#[derive(Clone)]
pub struct Job {
    pub(super) id: Uuid,
    pub(super) kind: &'static str,
    pub(super) subject: Arc<str>,
    pub(super) attempts: u32,
    pub(super) claim: Uuid,
    pub(super) now: Timestamp,
    pub(super) store: Store,
}

impl Task {
    /// Work that [`super::Schedule::put`] asks for, once per subject.
    pub fn due<W, F>(kind: &'static str, work: W) -> Self
    where
        W: Fn(Job) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Next, Problem>> + Send + 'static,
    {
        Self { kind, every: None, work: Arc::new(move |job| Box::pin(work(job))) }
    }

    /// Work that is done again and again, with so long between an end and the next beginning. It
    /// takes a bounded number of things at a time and says [`Next::More`] when there are others.
    pub fn every<W, F>(kind: &'static str, period: Duration, work: W) -> Self
    where
        W: Fn(Job) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Next, Problem>> + Send + 'static,
    {
        Self { every: Some(period), ..Self::due(kind, work) }
    }
}

impl Job {
    /// What it is about, as it was asked for.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Which attempt this is; the first is 1.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// When this attempt began: the time that the work goes by.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Ends the job in the transaction of what was done for it: both happen or none.
    ///
    /// # Errors
    /// The claim is somebody else's by now, so the transaction must not be committed; or the database
    /// does not answer.
    pub async fn finish(&self, connection: &mut Connection) -> Result<(), Problem> {
        if self.store.finish(connection, self.id, self.claim, self.now).await? {
            return Ok(());
        }
        Err(Problem::new(Kind::Unavailable).cause(Lost))
    }
}

/// Another copy has begun it again meanwhile.
#[derive(Debug, thiserror::Error)]
#[error("the claim on this job is lost")]
struct Lost;

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.kind, self.subject)
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("kind", &self.kind).field("every", &self.every).finish()
    }
}
