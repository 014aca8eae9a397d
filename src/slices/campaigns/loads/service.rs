//! What is known of loads: their pace, the time that is left, and whether they are still alive.

use std::time::Duration;

use super::store::{FileRow, RejectRow, RunRow, Store};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::clock::Clock;
use crate::platform::db::{Database, Instant};

/// A loader without a sign of life for so long is taken for dead.
const SILENCE: Duration = Duration::from_secs(120);

/// Loads, to be looked at. Cheap to clone.
#[derive(Clone)]
pub struct Loads {
    store: Store,
    clock: Clock,
}

/// How a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It works.
    Loading,
    /// It said that it works, and has been silent since.
    Silent,
    /// It stopped; it can go on.
    Failed,
    /// It is what is read.
    Published,
    /// Another one is read in its place.
    Replaced,
    /// Its tables are gone.
    Dropped,
}

/// How fast it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    pub(super) rows_per_second: u64,
    /// Seconds until the last byte is committed.
    pub(super) seconds_left: u64,
}

/// One run, whole.
pub(super) struct Run {
    pub(super) row: RunRow,
    pub(super) state: State,
    pub(super) files: Vec<FileRow>,
    pub(super) pace: Option<Pace>,
    pub(super) reasons: Vec<(String, u64)>,
    pub(super) rejects: Vec<RejectRow>,
}

impl Loads {
    /// Loads of this database.
    pub const fn new(database: Database, clock: Clock) -> Self {
        Self { store: Store::new(database), clock }
    }

    /// The newest runs.
    pub(super) async fn list(&self) -> Result<Vec<(RunRow, State)>, Problem> {
        let rows = self.store.runs().await?;
        Ok(rows.into_iter().map(|row| (row.clone(), self.state(&row))).collect())
    }

    /// One of them.
    pub(super) async fn find(&self, id: u64) -> Result<Run, Problem> {
        let row = self.store.run(id).await?.ok_or_else(|| Problem::new(Kind::NotFound))?;
        let state = self.state(&row);
        let chunks = self.store.pace(id).await?;
        let left = row.bytes_total.saturating_sub(row.bytes_done);
        Ok(Run {
            pace: (state == State::Loading).then(|| pace(&chunks, left)).flatten(),
            files: self.store.files(id).await?,
            reasons: self.store.reasons(id).await?,
            rejects: self.store.rejects(id).await?,
            row,
            state,
        })
    }

    fn state(&self, row: &RunRow) -> State {
        match row.state.as_str() {
            "loading" if row.heartbeat_at.0 + SILENCE < self.clock.now() => State::Silent,
            "loading" => State::Loading,
            "failed" => State::Failed,
            "published" => State::Published,
            "replaced" => State::Replaced,
            _ => State::Dropped,
        }
    }
}

/// The pace of the newest chunks, the newest first; none while there are too few.
fn pace(chunks: &[(Instant, u64, u64)], left: u64) -> Option<Pace> {
    let [(newest, ..), .., (oldest, ..)] = chunks else { return None };
    let ms = newest.0.as_millisecond().saturating_sub(oldest.0.as_millisecond());
    let ms = u64::try_from(ms).ok().filter(|ms| *ms > 0)?;
    // The oldest one's own bytes were sent before it was committed.
    let (bytes, rows) = chunks[..chunks.len() - 1]
        .iter()
        .fold((0, 0), |(bytes, rows), (_, more, also)| (bytes + more, rows + also));
    let seconds_left = (u128::from(left) * u128::from(ms)).checked_div(u128::from(bytes) * 1000)?;
    Some(Pace {
        rows_per_second: rows * 1000 / ms,
        seconds_left: u64::try_from(seconds_left).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_newest_chunks() {
        let at = |second: i64| Instant(jiff::Timestamp::from_second(second).expect("an instant"));
        let chunks = [(at(30), 100, 10), (at(20), 100, 10), (at(10), 900, 90)];
        let expected = Pace { rows_per_second: 1, seconds_left: 40 };
        assert_eq!(pace(&chunks, 400), Some(expected));
        assert_eq!(pace(&chunks[..1], 400), None);
        assert_eq!(pace(&[(at(1), 1, 1), (at(1), 1, 1)], 400), None);
        assert_eq!(pace(&[(at(2), 0, 0), (at(1), 1, 1)], 400), None, "nothing moves");
    }
}
