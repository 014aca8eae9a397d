//! From quarantine to the advisors: every file is looked at by a scanner, in a job.
//!
//! Fail closed: without a verdict a file stays in quarantine, where nobody opens it, and is looked at again
//! later, for as long as it takes. What a scanner finds something in is destroyed.

use std::time::Duration;

use uuid::Uuid;

use super::core::Offers;
use super::keeping::object;
use super::model::{OfferFile, OfferState};
use crate::kernel::problem::Problem;
use crate::platform::db::DbError;
use crate::platform::jobs::{Job, Next, Task};
use crate::platform::scan::{Verdict, judged};

/// A file is looked at by a scanner.
pub(super) const SCAN: &str = "offers.scan";

/// A file without a verdict waits as long as it is old, within these (seconds).
const SHORTEST: i64 = 5;
const LONGEST: i64 = 600;

impl Offers {
    /// The work of this room.
    pub(super) fn scans(&self) -> Task {
        let own = self.clone();
        Task::due(SCAN, move |job: Job| {
            let own = own.clone();
            async move { own.scan(&job).await }
        })
    }

    /// Looks at one file. Only the database can make this fail: everything else is «later».
    async fn scan(&self, job: &Job) -> Result<Next, Problem> {
        let Ok(id) = Uuid::try_parse(job.subject()) else { return Ok(Next::Done) };
        let Some(file) = self.core.store.file(id).await? else { return Ok(Next::Done) };
        if file.state != OfferState::Quarantine {
            return Ok(Next::Done);
        }
        match self.verdict(&file).await {
            Ok(verdict) => {
                self.settle(job, &file, &verdict).await?;
                Ok(Next::Done)
            }
            Err(cause) => {
                metrics::counter!("offer_scan_failures_total").increment(1);
                tracing::warn!(cause, "a loan offer stays in quarantine");
                let age = job.now().duration_since(file.received_at).as_secs();
                let wait = age.clamp(SHORTEST, LONGEST).unsigned_abs();
                Ok(Next::At(job.now() + Duration::from_secs(wait)))
            }
        }
    }

    async fn verdict(&self, file: &OfferFile) -> Result<Verdict, String> {
        let scanner = self.core.scanner.as_ref().ok_or("no scanner is configured")?;
        let bytes = self.bytes(file).await;
        let bytes = bytes
            .map_err(|problem| problem.cause.unwrap_or_else(|| "it cannot be read".to_owned()))?;
        judged(scanner.as_ref(), &bytes).await.map_err(|error| error.to_string())
    }

    /// Lets a file through, or destroys it.
    async fn settle(&self, job: &Job, file: &OfferFile, verdict: &Verdict) -> Result<(), Problem> {
        let store = &self.core.store;
        let state = match verdict {
            Verdict::Clean => OfferState::Clean,
            Verdict::Infected(_) => OfferState::Infected,
        };
        let mut transaction = store.begin().await?;
        store.settle(&mut transaction, file.id, state).await?;
        job.finish(&mut transaction).await?;
        transaction.commit().await.map_err(DbError::from)?;
        metrics::counter!("offer_files_total", "state" => state.code()).increment(1);
        if let Verdict::Infected(name) = verdict {
            tracing::warn!(name, "a loan offer is infected, and destroyed");
            // What is left of it if the storage is away is sealed, and nobody has a way to it.
            if let Err(error) = self.core.storage.remove(&object(file)).await {
                tracing::warn!(cause = %error, "an infected file is still in the storage");
            }
        }
        Ok(())
    }
}
