//! Use-cases of segments: count, keep, list, export. Decides what may be said.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::csv::csv;
use super::error::SegmentError;
use super::filter::{Kind, SegmentFilter};
use super::store::{Edition, SegmentRow, Store};
pub use super::store::{RejectRow, RunRow};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::Database;
use crate::slices::campaigns::CampaignsSettings;

/// Segments. Cheap to clone.
#[derive(Clone)]
pub struct Segments {
    store: Store,
    clock: Clock,
    entropy: Entropy,
    smallest: u64,
}

/// A count, and what it was counted on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Sales; `None` when there are some, but too few to be said.
    pub sales: Option<u64>,
    /// The threshold.
    pub smallest: u64,
    /// Periods and the runs that are their editions.
    pub editions: Vec<(String, u64)>,
}

/// A segment that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// Its identifier.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its filter.
    pub filter: SegmentFilter,
    /// Its count when it was kept; `None` when it was too small to be said.
    pub sales: Option<u64>,
    /// The editions that it was counted on.
    pub editions: Vec<(String, u64)>,
    /// When it was kept.
    pub created_at: Timestamp,
}

/// Sales of one month; `None` when too few to be said.
pub type Month = (String, Option<u64>);

/// A CSV document.
pub type Export = String;

impl Segments {
    /// Segments of this database.
    pub fn new(
        database: Database,
        clock: Clock,
        entropy: Entropy,
        settings: &CampaignsSettings,
    ) -> Self {
        let smallest = settings.smallest_segment;
        Self { store: Store::new(database), clock, entropy, smallest }
    }

    /// How many sales the filter finds.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn count(&self, filter: &SegmentFilter) -> Result<Counted, SegmentError> {
        let (sales, editions) = self.exact(filter).await?;
        Ok(Counted { sales: self.shown(sales), smallest: self.smallest, editions })
    }

    /// Keeps a filter under a name, with its count and the editions that it was counted on.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn save(&self, name: &str, filter: SegmentFilter) -> Result<Saved, SegmentError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 120 {
            return Err(SegmentError::Filter("Le nom a de 1 à 120 caractères.".into()));
        }
        let (sales, editions) = self.exact(&filter).await?;
        let now = self.clock.now();
        let id = self.entropy.uuid_v7(now);
        self.store.insert(id, name, &filter, &editions, (sales, now)).await?;
        let (name, sales) = (name.to_owned(), self.shown(sales));
        Ok(Saved { id, name, filter, sales, editions, created_at: now })
    }

    /// The newest segments.
    ///
    /// # Errors
    /// The database.
    pub async fn list(&self) -> Result<Vec<Saved>, SegmentError> {
        let rows = self.store.segments().await?;
        Ok(rows.into_iter().map(|row| self.saved(row)).collect())
    }

    /// One segment.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn find(&self, id: Uuid) -> Result<Saved, SegmentError> {
        let row = self.store.segment(id).await?.ok_or(SegmentError::Unknown)?;
        Ok(self.saved(row))
    }

    /// The segment commune by commune, as CSV; small counts are hidden with their prices.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn export(&self, filter: &SegmentFilter) -> Result<Export, SegmentError> {
        filter.check()?;
        let mut zones: BTreeMap<(String, String, u8), (u64, u64)> = BTreeMap::new();
        for (_, run) in self.editions(filter).await? {
            for (department, commune, kind, sales, cents) in self.store.zones(filter, run).await? {
                let total = zones.entry((department, commune, kind)).or_default();
                *total = (total.0 + sales, total.1 + cents);
            }
        }
        let mut text = csv(&["departement", "commune", "type", "ventes", "prix_moyen_euros"]);
        for ((department, commune, kind), (sales, cents)) in zones {
            let shown = self.shown(sales);
            let count = shown.map_or_else(|| self.hidden(), |sales| sales.to_string());
            let mean = shown.map_or(String::new(), |sales| (cents / sales / 100).to_string());
            text.push_str(&csv(&[&department, &commune, Kind::word(kind), &count, &mean]));
        }
        Ok(text)
    }

    /// Sales month by month, from the aggregates: of zones and kinds, whatever the price.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn months(&self, filter: &SegmentFilter) -> Result<Vec<Month>, SegmentError> {
        filter.check()?;
        let mut months: BTreeMap<String, u64> = BTreeMap::new();
        for (_, run) in self.editions(filter).await? {
            for (month, sales) in self.store.months(filter, run).await? {
                *months.entry(month).or_default() += sales;
            }
        }
        Ok(months.into_iter().map(|(month, sales)| (month, self.shown(sales))).collect())
    }

    /// The newest runs of the loader, with their rows and rejects.
    ///
    /// # Errors
    /// The database.
    pub async fn runs(&self) -> Result<Vec<(RunRow, u64, u64)>, SegmentError> {
        let mut runs = Vec::new();
        for run in self.store.runs().await? {
            let (rows, rejects) = self.store.progress(run.id).await?;
            runs.push((run, rows, rejects));
        }
        Ok(runs)
    }

    /// The lines that a run has given back.
    ///
    /// # Errors
    /// The database.
    pub async fn rejects(&self, run: u64) -> Result<Vec<RejectRow>, SegmentError> {
        Ok(self.store.rejects(run).await?)
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.store.close().await;
    }

    async fn exact(&self, filter: &SegmentFilter) -> Result<(u64, Vec<Edition>), SegmentError> {
        filter.check()?;
        let editions = self.editions(filter).await?;
        let mut sales = 0;
        for (_, run) in &editions {
            sales += self.store.count(filter, *run).await?;
        }
        Ok((sales, editions))
    }

    async fn editions(&self, filter: &SegmentFilter) -> Result<Vec<Edition>, SegmentError> {
        let editions = self.store.editions(&filter.dataset).await?;
        if editions.is_empty() {
            return Err(SegmentError::NoEdition(filter.dataset.clone()));
        }
        Ok(editions)
    }

    /// A count that may be said: none at all, or enough.
    fn shown(&self, sales: u64) -> Option<u64> {
        (sales == 0 || sales >= self.smallest).then_some(sales)
    }

    fn hidden(&self) -> String {
        format!("moins de {}", self.smallest)
    }

    fn saved(&self, row: SegmentRow) -> Saved {
        Saved {
            id: row.id,
            name: row.name,
            filter: row.filter.0,
            sales: self.shown(row.sale_count),
            editions: row.editions.0,
            created_at: row.created_at.0,
        }
    }
}
