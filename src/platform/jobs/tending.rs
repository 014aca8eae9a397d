//! Looking after jobs: what was abandoned is free again, what is old goes, and the figures say how
//! much waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::runner::Shared;
use super::store::Depth;
use crate::platform::db::DbError;

const OUTCOMES: [&str; 4] = ["done", "failed", "dead", "abandoned"];

/// Says when the jobs cannot be reached and when they can again: one line each.
#[derive(Default)]
pub(super) struct Outage(AtomicBool);

impl Outage {
    /// The answer, if there is one.
    pub(super) fn note<T>(&self, answer: Result<T, DbError>) -> Option<T> {
        match answer {
            Ok(answer) => {
                if self.0.swap(false, Ordering::Relaxed) {
                    tracing::info!("jobs can be reached again");
                }
                Some(answer)
            }
            // Two copies met on a row: the next look is enough.
            Err(error) if error.is_busy() => None,
            Err(error) => {
                if !self.0.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, "jobs cannot be reached");
                }
                None
            }
        }
    }
}

/// Looks after them until `stop`.
pub(super) async fn run(shared: &Shared, stop: &CancellationToken) {
    for task in &shared.tasks {
        for outcome in OUTCOMES {
            count(task.kind, outcome, 0);
        }
    }
    let mut is_planted = false;
    while !stop.is_cancelled() {
        if !is_planted {
            is_planted = shared.outage.note(shared.plant().await).is_some();
        }
        shared.outage.note(pass(shared).await);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_millis(shared.settings.tend_ms)) => {}
        }
    }
}

/// Counts what became of attempts.
pub(super) fn count(kind: &'static str, outcome: &'static str, by: u64) {
    metrics::counter!("jobs_total", "kind" => kind, "outcome" => outcome).increment(by);
}

async fn pass(shared: &Shared) -> Result<(), DbError> {
    let now = shared.clock.now();
    let (again, dead) = shared.store.abandon(now, shared.settings.attempts_max).await?;
    if again + dead > 0 {
        tracing::error!(again, dead, "jobs were abandoned: who did them did not come back");
        metrics::counter!("jobs_abandoned_total").increment(again + dead);
    }
    let settings = &shared.settings;
    shared.store.purge(now - settings.retention(), settings.purge_rows).await?;
    measure(shared, &shared.store.depth().await?);
    Ok(())
}

/// Writes down how much is in each state, and for how long the oldest has been due.
fn measure(shared: &Shared, depths: &[Depth]) {
    for state in ["waiting", "running", "dead"] {
        let found = depths.iter().find(|(code, ..)| code == state);
        let count = found.map_or(0, |(_, count, _)| u32::try_from(*count).unwrap_or(u32::MAX));
        metrics::gauge!("jobs", "state" => state).set(count);
    }
    let waiting = depths.iter().find(|(code, ..)| code == "waiting");
    let late = waiting
        .map_or(0.0, |(.., due)| shared.clock.now().duration_since(due.0).as_secs_f64().max(0.0));
    metrics::gauge!("jobs_late_seconds").set(late);
}
