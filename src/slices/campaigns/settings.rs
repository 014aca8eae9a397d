//! This slice's part of the configuration, section `[campaigns]`.

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;
use crate::platform::storage::BucketSettings;

/// Loads and segments.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignsSettings {
    /// A segment of fewer sales is not counted out: it might lead back to a person.
    pub smallest_segment: u64,
    /// How buckets of sources are reached.
    pub s3: BucketSettings,
}

impl CampaignsSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("campaigns.smallest_segment", self.smallest_segment, 2..=1000);
        self.s3.check("campaigns.s3", complaints);
    }
}
