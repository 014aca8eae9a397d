//! Use-cases of segments: count, keep, list, export. Decides what may be said.

use std::collections::BTreeMap;

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::csv::csv;
use super::error::SegmentError;
use super::filter::{Kind, SegmentFilter};
pub use super::store::Edition;
use super::store::{Event, NewSegment};
pub use super::store::{RejectRow, RunRow};
use super::store::{SegmentRow, Store};
use crate::kernel::id::{Id, Sort};
use crate::platform::access::Party;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::{Database, DbError};
use crate::platform::digest::sha256;
use crate::slices::campaigns::CampaignsSettings;

/// Who asked what is kept for so long.
const EVENTS_KEPT: Duration = Duration::from_secs(365 * 24 * 3600);

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

/// The sort of segments.
pub struct SegmentSort;

impl Sort for SegmentSort {
    const PREFIX: &'static str = "seg";
}

/// Names a segment: `seg_…`.
pub type SegmentId = Id<SegmentSort>;

/// A segment that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its identifier.
    pub id: SegmentId,
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
    pub async fn count(
        &self,
        who: Option<Party>,
        filter: &SegmentFilter,
    ) -> Result<Counted, SegmentError> {
        let (sales, editions) = self.exact(filter).await?;
        self.note(who, "counted", None, filter).await?;
        Ok(Counted { sales: self.shown(sales), smallest: self.smallest, editions })
    }

    /// Keeps a filter under a name, with its count and the editions that it was counted on; the same
    /// act again is answered with the same segment.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn save(
        &self,
        who: Option<Party>,
        name: &str,
        filter: SegmentFilter,
        act: Option<&str>,
    ) -> Result<(Saved, bool), SegmentError> {
        let name = name.trim();
        if !(1..=120).contains(&name.chars().count()) {
            return Err(SegmentError::Filter("/name", "Le nom a de 1 à 120 caractères.".into()));
        }
        let act = act.map(|key| act_names(who, key, name, &filter));
        if let Some(known) = self.replayed(act).await? {
            return Ok((known, true));
        }
        let (sales, editions) = self.exact(&filter).await?;
        let now = self.clock.now();
        let [id, event] = [self.entropy.uuid_v7(now), self.entropy.uuid_v7(now)];
        let (filter_ref, editions_ref) = (&filter, &editions);
        let new = NewSegment {
            id,
            event,
            name,
            filter: filter_ref,
            editions: editions_ref,
            sales,
            at: now,
            party: who,
            act,
        };
        match self.store.insert(&new).await {
            Err(error) if error.is_duplicate() => {
                let known = self.replayed(act).await?.ok_or(SegmentError::Database(error))?;
                return Ok((known, true));
            }
            other => other?,
        }
        let (name, sales) = (name.to_owned(), self.shown(sales));
        Ok((
            Saved { id: SegmentId::from_uuid(id), name, filter, sales, editions, created_at: now },
            false,
        ))
    }

    /// What this act has kept before.
    async fn replayed(
        &self,
        act: Option<([u8; 32], [u8; 32])>,
    ) -> Result<Option<Saved>, SegmentError> {
        let Some((act, sent)) = act else { return Ok(None) };
        match self.store.act(&act).await? {
            None => Ok(None),
            Some((id, hash)) if hash == sent => {
                Ok(Some(self.find(SegmentId::from_uuid(id)).await?))
            }
            Some(_) => Err(SegmentError::KeyReused),
        }
    }

    /// The segments after this one, the newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn list(
        &self,
        after: Option<SegmentId>,
        most: u32,
    ) -> Result<Vec<Saved>, SegmentError> {
        let before = after.map_or(Uuid::max(), SegmentId::uuid);
        let rows = self.store.segments(before, most).await?;
        Ok(rows.into_iter().map(|row| self.saved(row)).collect())
    }

    /// One segment.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn find(&self, id: SegmentId) -> Result<Saved, SegmentError> {
        let row = self.store.segment(id.uuid()).await?.ok_or(SegmentError::Unknown)?;
        Ok(self.saved(row))
    }

    /// The editions that a count of now would be made on.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn editions_of(&self, dataset: &str) -> Result<Vec<Edition>, SegmentError> {
        self.editions(dataset).await
    }

    /// The segment commune by commune, as CSV; small counts are hidden with their prices, and never one
    /// alone in a department, which the others would tell.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn export(
        &self,
        who: Option<Party>,
        id: Option<SegmentId>,
        filter: &SegmentFilter,
    ) -> Result<Export, SegmentError> {
        let (found, _) = self.of_editions(filter, |run| self.store.zones(filter, run)).await?;
        let mut zones: BTreeMap<(String, String, u8), (u64, u64)> = BTreeMap::new();
        for (department, commune, kind, sales, cents) in found.into_iter().flatten() {
            let total = zones.entry((department, commune, kind)).or_default();
            *total = (total.0 + sales, total.1 + cents);
        }
        self.note(who, "exported", id, filter).await?;
        let counts: Vec<_> =
            zones.iter().map(|((zone, ..), (sales, _))| (zone.as_str(), *sales)).collect();
        let hidden = hidden(&counts, self.smallest);
        let mut text = csv(&["departement", "commune", "type", "ventes", "prix_moyen_euros"]);
        for (((department, commune, kind), (sales, cents)), is_hidden) in zones.iter().zip(hidden) {
            let (count, mean) = if is_hidden {
                (self.hidden(), String::new())
            } else {
                (sales.to_string(), (cents / sales / 100).to_string())
            };
            text.push_str(&csv(&[department, commune, Kind::word(*kind), &count, &mean]));
        }
        Ok(text)
    }

    /// Sales month by month, from the aggregates: of zones and kinds, whatever the price.
    ///
    /// # Errors
    /// [`SegmentError`].
    pub async fn months(&self, filter: &SegmentFilter) -> Result<Vec<Month>, SegmentError> {
        let (found, _) = self.of_editions(filter, |run| self.store.months(filter, run)).await?;
        let mut months: BTreeMap<String, u64> = BTreeMap::new();
        for (month, sales) in found.into_iter().flatten() {
            *months.entry(month).or_default() += sales;
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
        let (sales, editions) =
            self.of_editions(filter, |run| self.store.count(filter, run)).await?;
        Ok((sales.into_iter().sum(), editions))
    }

    /// What `ask` finds in each edition of the filter's dataset, all of them read at one moment.
    async fn of_editions<T, F>(
        &self,
        filter: &SegmentFilter,
        ask: impl Fn(u64) -> F + Send + Sync,
    ) -> Result<(Vec<T>, Vec<Edition>), SegmentError>
    where
        T: Send,
        F: Future<Output = Result<T, DbError>> + Send,
    {
        filter.check()?;
        let mut editions = self.editions(&filter.dataset).await?;
        loop {
            let found = stream::iter(&editions).then(|(_, run)| ask(*run)).try_collect().await;
            match found {
                Err(error) if error.is_no_table() => {
                    // An edition that was replaced twice in the meantime is not there any more.
                    let newer = self.editions(&filter.dataset).await?;
                    if newer == editions {
                        return Err(SegmentError::NoSales(filter.dataset.clone()));
                    }
                    editions = newer;
                }
                found => return Ok((found?, editions)),
            }
        }
    }

    async fn editions(&self, dataset: &str) -> Result<Vec<Edition>, SegmentError> {
        let editions = self.store.editions(dataset).await?;
        if editions.is_empty() {
            return Err(SegmentError::NoEdition(dataset.to_owned()));
        }
        Ok(editions)
    }

    /// Writes down who asked what. An answer that cannot be written down is not given.
    async fn note(
        &self,
        party: Option<Party>,
        kind: &'static str,
        id: Option<SegmentId>,
        filter: &SegmentFilter,
    ) -> Result<(), SegmentError> {
        let at = self.clock.now();
        let event = self.entropy.uuid_v7(at);
        let event = Event { id: event, at, party, kind, segment: id.map(SegmentId::uuid), filter };
        Ok(self.store.note(&event, at - EVENTS_KEPT).await?)
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
            id: SegmentId::from_uuid(row.id),
            name: row.name,
            filter: row.filter.0,
            sales: self.shown(row.sale_count),
            editions: row.editions.0,
            created_at: row.created_at.0,
        }
    }
}

/// Names of an act and of what was sent with it: the act of one person is never that of another.
fn act_names(
    who: Option<Party>,
    key: &str,
    name: &str,
    filter: &SegmentFilter,
) -> ([u8; 32], [u8; 32]) {
    let party = who.as_ref().map_or(&[][..], |party| party.as_bytes());
    let filter = serde_json::to_vec(filter).unwrap_or_default();
    (sha256(&[b"segment", party, key.as_bytes()]), sha256(&[name.as_bytes(), b"\0", &filter]))
}

/// Which counts of a list may not be said: those that are too small, and where one of a department is
/// alone in that, the smallest of the others with it: the department's total would tell it.
fn hidden(counts: &[(&str, u64)], smallest: u64) -> Vec<bool> {
    let mut hidden: Vec<bool> = counts.iter().map(|(_, sales)| *sales < smallest).collect();
    let mut start = 0;
    for group in counts.chunk_by(|left, right| left.0 == right.0) {
        let range = start..start + group.len();
        start = range.end;
        if hidden[range.clone()].iter().filter(|is_hidden| **is_hidden).count() == 1 {
            let others = range.filter(|place| !hidden[*place]);
            if let Some(next) = others.min_by_key(|place| counts[*place].1) {
                hidden[next] = true;
            }
        }
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn a_hidden_count_is_never_alone() {
        let one = [("01", 50), ("01", 3), ("01", 20), ("2A", 30), ("2A", 40)];
        assert_eq!(hidden(&one, 11), [false, true, true, false, false]);
        let two = [("01", 50), ("01", 3), ("01", 4)];
        assert_eq!(hidden(&two, 11), [false, true, true]);
        assert_eq!(hidden(&[("01", 3)], 11), [true]);
        assert!(hidden(&[], 11).is_empty());
    }
}
