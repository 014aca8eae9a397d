//! Whether this copy can work: what the database said last, asked for at most once a second however
//! many want to know, and said in the log when it changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Mutex;

use crate::gateway::Stop;
use crate::platform::db::{Database, Probe};

/// An answer is good for so long: strangers may ask as often as they like.
const FRESH: Duration = Duration::from_secs(1);

/// Asks, remembers, and says what changed. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(super) struct Readiness {
    database: Database,
    stop: Stop,
    last: Arc<Mutex<Last>>,
}

#[derive(Default)]
struct Last {
    probe: Option<(Instant, Probe)>,
    said: Option<Result<bool, String>>,
}

/// What `/readyz` says.
#[derive(Serialize)]
pub(super) struct Report {
    status: &'static str,
    parts: [Part; 3],
}

#[derive(Serialize)]
struct Part {
    name: &'static str,
    status: &'static str,
    duration_ms: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Readiness {
    pub(super) fn new(database: Database, stop: Stop) -> Self {
        Self { database, stop, last: Arc::default() }
    }

    /// The state of each part. Those who ask together wait for one answer.
    pub(super) async fn report(&self) -> Report {
        Report::of(&self.probe().await, self.stop.is_asked())
    }

    /// Brings the log and the figures up to date.
    pub(super) async fn look(&self) {
        self.probe().await;
    }

    async fn probe(&self) -> Probe {
        let mut last = self.last.lock().await;
        if let Some((at, probe)) = &last.probe
            && at.elapsed() < FRESH
        {
            return probe.clone();
        }
        let probe = self.database.probe().await;
        last.probe = Some((Instant::now(), probe.clone()));
        last.say(&probe);
        probe
    }
}

impl Last {
    /// Writes down what is not as it was: an outage is one line, however long it lasts.
    fn say(&mut self, probe: &Probe) {
        let (up, ready) = (probe.migrated.is_ok(), probe.migrated == Ok(true));
        metrics::gauge!("db_up").set(f64::from(u8::from(up)));
        metrics::gauge!("db_schema_up").set(f64::from(u8::from(ready)));
        if self.said.as_ref() == Some(&probe.migrated) {
            return;
        }
        match &probe.migrated {
            Ok(true) => tracing::info!("the database answers and its tables are up to date"),
            Ok(false) => tracing::warn!("the database answers and its tables are not up to date"),
            Err(reason) => tracing::error!(reason, "the database does not answer"),
        }
        self.said = Some(probe.migrated.clone());
    }
}

impl Report {
    fn of(probe: &Probe, is_stopping: bool) -> Self {
        let (database, schema) = match probe.migrated {
            Ok(true) => ("up", "up"),
            Ok(false) => ("up", "behind"),
            Err(_) => ("down", "unknown"),
        };
        let process = if is_stopping { "stopping" } else { "up" };
        let part = |name, status, took: Duration| Part {
            name,
            status,
            duration_ms: took.as_millis(),
            reason: None,
        };
        let mut parts = [
            part("database", database, probe.took),
            part("schema", schema, probe.took),
            part("process", process, Duration::ZERO),
        ];
        parts[0].reason = probe.migrated.as_ref().err().cloned();
        let ready = parts.iter().all(|part| part.status == "up");
        Self { status: if ready { "ready" } else { "not_ready" }, parts }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.status == "ready"
    }

    /// Without the reasons, which name machines and accounts: for the public.
    pub(super) fn without_reasons(mut self) -> Self {
        for part in &mut self.parts {
            part.reason = None;
        }
        self
    }
}
