//! The documents of segments, as programs read and write them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::SegmentFilter;
use super::service::{Counted, Edition, Saved};

/// A filter to be kept under a name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSegmentDocument {
    /// Its name, 1 to 120 characters.
    pub(super) name: String,
    /// The filter.
    pub(super) filter: SegmentFilter,
}

/// The data that a count was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EditionDocument {
    /// The period.
    pub period: String,
    /// Number of the load that is its edition.
    pub run: u64,
}

/// How many sales a filter finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct CountDocument {
    /// Sales; `null` when there are some, but fewer than `smallest`.
    pub(super) sales: Option<u64>,
    /// Smaller counts are not said.
    pub(super) smallest: u64,
    /// What was counted.
    pub(super) editions: Vec<EditionDocument>,
}

/// A kept segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentDocument {
    /// Identifier, `seg_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its filter.
    pub filter: SegmentFilter,
    /// Sales when it was kept; `null` when there were some, but too few to be said.
    pub sales: Option<u64>,
    /// What was counted then.
    pub editions: Vec<EditionDocument>,
    /// When it was kept.
    pub created_at: String,
}

/// A page of kept segments, the newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SegmentList {
    /// The segments.
    pub(super) segments: Vec<SegmentDocument>,
    /// `after` of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

fn editions(list: Vec<Edition>) -> Vec<EditionDocument> {
    list.into_iter().map(|(period, run)| EditionDocument { period, run }).collect()
}

impl From<Counted> for CountDocument {
    fn from(counted: Counted) -> Self {
        let Counted { sales, smallest, editions: list } = counted;
        Self { sales, smallest, editions: editions(list) }
    }
}

impl From<Saved> for SegmentDocument {
    fn from(saved: Saved) -> Self {
        let Saved { id, name, filter, sales, editions: list, created_at } = saved;
        let (id, created_at) = (id.to_string(), created_at.to_string());
        Self { id, name, filter, sales, editions: editions(list), created_at }
    }
}
