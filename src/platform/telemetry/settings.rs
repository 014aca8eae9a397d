//! The `telemetry` section of the configuration.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

use crate::platform::limits::Complaints;

/// What is written about the program's work, and how.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetrySettings {
    /// For machines or for a terminal.
    pub format: Format,
    /// Which events are written, in the syntax of `EnvFilter`.
    pub filter: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object per line.
    Json,
    /// For a person at a terminal.
    Pretty,
}

impl TelemetrySettings {
    /// Complains about every value that makes no sense.
    pub fn check(&self, complaints: &mut Complaints) {
        let read = EnvFilter::try_new(&self.filter).is_ok();
        complaints.unless(read, "telemetry.filter", "cannot be read, for example info,sqlx=warn");
    }
}
