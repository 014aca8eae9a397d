//! Who was refused and why: kept for some days, read by operators.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::error::AdmissionError;
use super::service::Admissions;
use super::store::RefusalRow;
use crate::kernel::problem::Problem;

/// Some refusals of a few seconds that are alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusalLine {
    /// When, at the latest.
    pub at: String,
    /// How often.
    pub times: u32,
    /// Where the requests came from.
    pub address: String,
    /// Public part of the key that they came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// Application of the token that they came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// HTTP method.
    pub method: String,
    /// Address, with its parameters between braces.
    pub route: String,
    /// Status.
    pub status: u16,
    /// Which problem.
    pub slug: String,
    /// Why, in words for operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The last request's identifier, for the log.
    pub request_id: String,
}

impl From<RefusalRow> for RefusalLine {
    fn from(row: RefusalRow) -> Self {
        Self {
            at: row.at.0.to_string(),
            times: row.times,
            address: row.address,
            api_key: row.api_key,
            application: row.application,
            method: row.method,
            route: row.route,
            status: row.status,
            slug: row.slug,
            why: row.why,
            request_id: row.request_id,
        }
    }
}

impl Admissions {
    /// The newest refusals; those of one address, key, application, problem or request when `of` names
    /// it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn refusals(&self, of: &str, most: u32) -> Result<Vec<RefusalLine>, AdmissionError> {
        let rows = self.0.store.refusals(of, most).await?;
        Ok(rows.into_iter().map(RefusalLine::from).collect())
    }

    /// Keeps what was refused since the last time. What cannot be kept is in the log all the same.
    pub(super) async fn keep_refusals(&self) -> Result<(), Problem> {
        let now = self.0.clock.now();
        for (refused, times) in self.0.admission.refusals().take() {
            self.0.store.insert_refusal(&refused, &times, now).await?;
        }
        Ok(())
    }

    pub(super) async fn forget_refusals(&self) -> Result<(), Problem> {
        let settings = &self.0.settings;
        let kept = Duration::from_secs(u64::from(settings.retention_days) * 86_400);
        let before = self.0.clock.now() - kept;
        Ok(self.0.store.forget_refusals(before, settings.refusals_max).await?)
    }
}
