//! This slice's part of the configuration, section `[campaigns]`.

use serde::{Deserialize, Serialize};

use super::etl::read::S3Settings;
use crate::platform::limits::Complaints;

/// Loads and segments.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignsSettings {
    /// A segment of fewer sales is not counted out: it might lead back to a person.
    pub smallest_segment: u64,
    /// How buckets are reached.
    pub s3: S3Settings,
}

impl CampaignsSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("campaigns.smallest_segment", self.smallest_segment, 2..=1000);
    }
}
