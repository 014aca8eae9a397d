//! Doing what is due: claim a few, do them side by side, write how each ended.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::settings::JobsSettings;
use super::store::{Due, Settled, Store};
use super::task::{Job, Next, Task};
use super::tending;
use crate::kernel::problem::Problem;
use crate::platform::backoff;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::{Database, DbError};

/// The pause after a look that failed.
const AGAIN: Duration = Duration::from_secs(1);

/// Times that a claim is renewed before it would end: one that comes late loses nothing.
const RENEWALS: u32 = 3;

/// How often the tables are looked for at the start.
const LOOK: Duration = Duration::from_millis(500);

/// Jobs, and the tasks that do them. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Jobs {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) store: Store,
    pub(super) clock: Clock,
    entropy: Entropy,
    pub(super) settings: JobsSettings,
    pub(super) tasks: Vec<Task>,
    /// Their kinds, joined by commas.
    kinds: String,
    pub(super) outage: tending::Outage,
}

impl Jobs {
    /// These tasks on this database. A kind that no task has is left to other copies.
    pub fn new(
        database: Database,
        (clock, entropy): (Clock, Entropy),
        settings: JobsSettings,
        tasks: Vec<Task>,
    ) -> Self {
        let kinds: Vec<_> = tasks.iter().map(|task| task.kind).collect();
        let kinds = kinds.join(",");
        let store = Store::new(database);
        let outage = tending::Outage::default();
        Self { shared: Arc::new(Shared { store, clock, entropy, settings, tasks, kinds, outage }) }
    }

    /// Does what is due until `stop` ends, then lets what is under way end. A database that is away is
    /// waited for. Dropped in the middle, what was under way is begun again when its claim ends.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        if !self.shared.settings.run {
            return;
        }
        let token = CancellationToken::new();
        let work = async {
            tokio::select! {
                () = self.shared.wait_for_tables() => {}
                () = token.cancelled() => return,
            }
            tokio::join!(self.look(&token), tending::run(&self.shared, &token));
        };
        let watch = async {
            stop.await;
            token.cancel();
        };
        tokio::join!(work, watch);
    }

    async fn look(&self, stop: &CancellationToken) {
        let shared = &self.shared;
        let batch = usize::try_from(shared.settings.batch).unwrap_or(1);
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            let room = batch - under_way.len().min(batch);
            let claimed = shared.outage.note(shared.claim(room).await);
            let poll = shared.settings.poll();
            let pause = if claimed.is_some() { poll } else { poll.min(AGAIN) };
            for job in claimed.unwrap_or_default() {
                under_way.spawn(Arc::clone(shared).attempt(job));
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
                Some(_) = under_way.join_next() => {}
            }
            while under_way.try_join_next().is_some() {}
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Does everything that is due now, and what becomes due by it, then ends: for the command line
    /// and tests. Says how many attempts that took.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn run_due(&self) -> Result<u32, DbError> {
        let shared = &self.shared;
        shared.plant().await?;
        let mut attempts = 0;
        loop {
            let claimed = shared.claim(16).await?;
            if claimed.is_empty() {
                return Ok(attempts);
            }
            for job in claimed {
                attempts += 1;
                Arc::clone(shared).attempt(job).await;
            }
        }
    }
}

impl Shared {
    async fn wait_for_tables(&self) {
        while !self.store.is_there().await {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Writes the rows of what is done again and again; those that are there stay.
    pub(super) async fn plant(&self) -> Result<(), DbError> {
        for task in self.tasks.iter().filter(|task| task.every.is_some()) {
            let now = self.clock.now();
            let mut connection = self.store.connection().await?;
            let row = (self.entropy.uuid_v7(now), task.kind, "");
            self.store.insert(&mut connection, row, now, now).await?;
        }
        Ok(())
    }

    async fn claim(&self, room: usize) -> Result<Vec<Job>, DbError> {
        let most = u32::try_from(room).unwrap_or(u32::MAX);
        if most == 0 {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let claim = self.entropy.uuid_v7(now);
        let until = now + self.settings.claim();
        let due = self.store.claim(&self.kinds, most, claim, (now, until)).await?;
        let job = |due: Due| {
            let kind = self.task(&due.kind)?.kind;
            let (id, subject, attempts) = (due.id, due.subject.into(), due.attempts + 1);
            Some(Job { id, kind, subject, attempts, claim, now, store: self.store.clone() })
        };
        Ok(due.into_iter().filter_map(job).collect())
    }

    fn task(&self, kind: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.kind == kind)
    }

    async fn attempt(self: Arc<Self>, job: Job) {
        let Some(task) = self.task(job.kind) else { return };
        let began = Instant::now();
        let work = AssertUnwindSafe((task.work)(job.clone())).catch_unwind();
        let work = tokio::time::timeout(self.settings.timeout(), work);
        let ended = tokio::select! {
            ended = work => ended,
            () = self.hold(&job) => return,
        };
        let ended = match ended {
            Ok(Ok(Ok(next))) => Ok(next),
            Ok(Ok(Err(problem))) => Err(Failure::Refused(problem)),
            Ok(Err(_)) => Err(Failure::Panicked),
            Err(_) => Err(Failure::TooSlow),
        };
        metrics::histogram!("job_seconds", "kind" => job.kind).record(began.elapsed());
        let settled = self.settled(task, &job, ended);
        self.write(&job, &settled).await;
    }

    /// Says again and again that this copy is still at it; never ends by itself.
    async fn hold(&self, job: &Job) {
        loop {
            tokio::time::sleep(self.settings.claim() / RENEWALS).await;
            let until = self.clock.now() + self.settings.claim();
            self.outage.note(self.store.renew(job.id, job.claim, until).await);
        }
    }

    /// Writes how an attempt ended, as long as the claim may still be ours. What cannot be written is
    /// begun again when it ends.
    async fn write(&self, job: &Job, settled: &Settled) {
        let since = Instant::now();
        let left = self.settings.claim();
        loop {
            let now = self.clock.now();
            let written = self.store.settle(job.id, job.claim, settled, now).await;
            if self.outage.note(written).is_some() || since.elapsed() >= left {
                return;
            }
            tokio::time::sleep(self.settings.poll().min(AGAIN)).await;
        }
    }

    fn settled(&self, task: &Task, job: &Job, ended: Result<Next, Failure>) -> Settled {
        let now = self.clock.now();
        let again = |at: Timestamp| Settled::Again(at);
        let (settled, outcome) = match (ended, task.every) {
            (Ok(Next::More), _) => (again(now), "done"),
            (Ok(Next::At(due)), _) => (again(due), "done"),
            (Ok(Next::Done), Some(period)) => (again(now + period), "done"),
            (Ok(Next::Done), None) => (Settled::Done, "done"),
            (Err(failure), every) => {
                let (reason, cause) = failure.words();
                let gives_up = every.is_none() && job.attempts >= self.settings.attempts_max;
                tracing::warn!(?job, job.attempts, reason, cause, gives_up, "a job failed");
                if gives_up {
                    (Settled::Dead(reason), "dead")
                } else {
                    (Settled::Later(reason, now + self.wait(job.attempts)), "failed")
                }
            }
        };
        tending::count(job.kind, outcome, 1);
        settled
    }

    fn wait(&self, attempts: u32) -> Duration {
        let first = Duration::from_secs(self.settings.retry_first_s);
        let longest = Duration::from_secs(self.settings.retry_longest_s);
        backoff::wait(attempts, first, longest, u32::from_le_bytes(self.entropy.bytes()))
    }
}

/// Why an attempt failed.
enum Failure {
    Refused(Problem),
    Panicked,
    TooSlow,
}

impl Failure {
    /// A code of ours, and what is behind it for the log.
    fn words(self) -> (&'static str, Option<String>) {
        match self {
            Self::Refused(problem) => (problem.kind.entry().slug, problem.cause),
            Self::Panicked => ("panicked", None),
            Self::TooSlow => ("too_slow", None),
        }
    }
}
