//! Whether this copy can work: what the database said last, asked for at most once a second however
//! many want to know, and said in the log when it changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Mutex;

use crate::gateway::Stop;
use crate::platform::db::{Database, Probe};
use crate::slices::underwriting::Underwriting;

/// An answer is good for so long: strangers may ask as often as they like.
const FRESH: Duration = Duration::from_secs(1);

/// Asks, remembers, and says what changed. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(super) struct Readiness {
    database: Database,
    underwriting: Underwriting,
    stop: Stop,
    last: Arc<Mutex<Last>>,
}

#[derive(Default)]
struct Last {
    probe: Option<(Instant, Probe, Option<Part>)>,
    said: Option<Result<bool, String>>,
}

/// What `/readyz` says.
#[derive(Serialize)]
pub(super) struct Report {
    status: &'static str,
    parts: Vec<Part>,
}

#[derive(Clone, Serialize)]
struct Part {
    name: &'static str,
    status: &'static str,
    duration_ms: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Readiness {
    pub(super) fn new(database: Database, underwriting: Underwriting, stop: Stop) -> Self {
        Self { database, underwriting, stop, last: Arc::default() }
    }

    /// The state of each part. Those who ask together wait for one answer.
    pub(super) async fn report(&self) -> Report {
        let (probe, engine) = self.probe().await;
        Report::of(&probe, engine, self.stop.is_asked())
    }

    /// Brings the log and the figures up to date.
    pub(super) async fn look(&self) {
        self.probe().await;
    }

    async fn probe(&self) -> (Probe, Option<Part>) {
        let mut last = self.last.lock().await;
        if let Some((at, probe, engine)) = &last.probe
            && at.elapsed() < FRESH
        {
            return (probe.clone(), engine.clone());
        }
        let (probe, engine) = tokio::join!(self.database.probe(), self.engine());
        last.probe = Some((Instant::now(), probe.clone(), engine.clone()));
        last.say(&probe);
        (probe, engine)
    }

    /// The questionnaire engine: shown, and never a reason to send nobody here, because most people do not
    /// need it.
    async fn engine(&self) -> Option<Part> {
        let started = Instant::now();
        let health = self.underwriting.health().await?;
        metrics::gauge!("reflex_up").set(f64::from(u8::from(health.is_ok())));
        Some(Part {
            name: "reflex",
            status: if health.is_ok() { "up" } else { "degraded" },
            duration_ms: started.elapsed().as_millis(),
            reason: health.err(),
        })
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
    fn of(probe: &Probe, engine: Option<Part>, is_stopping: bool) -> Self {
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
        let mut parts = vec![
            part("database", database, probe.took),
            part("schema", schema, probe.took),
            part("process", process, Duration::ZERO),
        ];
        parts[0].reason = probe.migrated.as_ref().err().cloned();
        let ready = parts.iter().all(|part| part.status == "up");
        parts.extend(engine);
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
