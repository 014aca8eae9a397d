//! From quarantine to the desk: every file that somebody sent is looked at by a scanner, in a job.
//!
//! Fail closed: without a verdict a file stays in quarantine, where nobody opens it, and is looked at
//! again later, for as long as it takes. What a scanner finds something in is destroyed.

use std::time::Duration;

use uuid::Uuid;

use super::demand::{EvidenceState, KeptEvidence};
use super::evidence::object;
use super::service::{Shared, Underwriting};
use crate::kernel::problem::Problem;
use crate::platform::db::DbError;
use crate::platform::jobs::{Job, Next, Task};
use crate::platform::scan::{Verdict, judged};

/// A file is looked at by a scanner.
pub(super) const SCAN: &str = "underwriting.scan";

/// How often the quarantine is counted.
const COUNTED: Duration = Duration::from_secs(60);

/// A file without a verdict waits as long as it is old, within these.
const SHORTEST: i64 = 5;
const LONGEST: i64 = 600;

impl Underwriting {
    /// What underwriting does by jobs.
    pub fn tasks(&self) -> Vec<Task> {
        let (scan, count) = (self.clone(), self.clone());
        vec![
            Task::due(SCAN, move |job| {
                let own = scan.clone();
                async move { own.0.scan(&job).await }
            }),
            Task::every("underwriting.quarantine", COUNTED, move |_: Job| {
                let own = count.clone();
                async move {
                    own.0.count_quarantine().await?;
                    Ok(Next::Done)
                }
            }),
            self.erasures(),
        ]
    }
}

impl Shared {
    /// Looks at one file. Only the database can make this fail: everything else is «later».
    async fn scan(&self, job: &Job) -> Result<Next, Problem> {
        let Ok(id) = Uuid::try_parse(job.subject()) else { return Ok(Next::Done) };
        let Some(file) = self.store.evidence_file(id).await? else { return Ok(Next::Done) };
        if file.state != EvidenceState::Quarantine {
            return Ok(Next::Done);
        }
        match self.verdict(&file).await {
            Ok(verdict) => {
                self.settle(job, &file, &verdict).await?;
                Ok(Next::Done)
            }
            Err(cause) => {
                metrics::counter!("evidence_scan_failures_total").increment(1);
                tracing::warn!(cause, "a file stays in quarantine");
                let age = job.now().duration_since(file.received_at).as_secs();
                let wait = age.clamp(SHORTEST, LONGEST).unsigned_abs();
                Ok(Next::At(job.now() + Duration::from_secs(wait)))
            }
        }
    }

    /// What a scanner says of a file, or why there is no verdict.
    async fn verdict(&self, file: &KeptEvidence) -> Result<Verdict, String> {
        let scanner = self.scanner.as_ref().ok_or("no scanner is configured")?;
        let bytes = self.open_evidence(file).await;
        let bytes = bytes
            .map_err(|problem| problem.cause.unwrap_or_else(|| "it cannot be read".to_owned()))?;
        judged(scanner.as_ref(), &bytes).await.map_err(|error| error.to_string())
    }

    /// Lets a file through, or destroys it; the demand that it answered is open again then.
    async fn settle(
        &self,
        job: &Job,
        file: &KeptEvidence,
        verdict: &Verdict,
    ) -> Result<(), Problem> {
        let (store, now) = (&self.store, self.clock.now());
        let (state, action) = match verdict {
            Verdict::Clean => (EvidenceState::Clean, "evidence_clean"),
            Verdict::Infected(_) => (EvidenceState::Infected, "evidence_infected"),
        };
        let Some(session) = store.session(file.session).await? else { return Ok(()) };
        let others = store.evidence(file.session).await?;
        let is_other = |it: &KeptEvidence| it.id != file.id && it.code == file.code;
        let is_only = !others.iter().any(|it| is_other(it) && it.state.counts());
        let mut transaction = store.database.begin().await?;
        if store.settle_evidence(&mut transaction, file.id, state, now).await? {
            let found =
                if let Verdict::Infected(name) = verdict { Some(name.as_str()) } else { None };
            let act = super::store::Act { reason: found, ..self.act(&session, "scanner", action) };
            store.audit(&mut transaction, &act).await?;
            if state == EvidenceState::Infected && is_only {
                let received = file.received_at;
                store.reopen_evidence(&mut transaction, file.session, received, now).await?;
            }
        }
        job.finish(&mut transaction).await?;
        transaction.commit().await.map_err(DbError::from)?;
        metrics::counter!("evidence_files_total", "state" => state.code()).increment(1);
        if let Verdict::Infected(name) = verdict {
            tracing::warn!(name, "a file is infected, and destroyed");
            // What is left of it if the storage is away is sealed, and nobody has a way to it.
            if let Err(error) = self.storage.remove(&object(file)).await {
                tracing::warn!(cause = %error, "an infected file is still in the storage");
            }
        }
        Ok(())
    }

    /// Figures for the operators: a quarantine that grows old has no scanner.
    async fn count_quarantine(&self) -> Result<(), Problem> {
        let (files, since) = self.store.quarantine().await?;
        let age = since.map_or(0.0, |at| self.clock.now().duration_since(at).as_secs_f64());
        metrics::gauge!("evidence_quarantine_files").set(u32::try_from(files).unwrap_or(u32::MAX));
        metrics::gauge!("evidence_quarantine_oldest_seconds").set(age.max(0.0));
        Ok(())
    }
}
