//! From what was named on the command line to a profile and a fitted schema. Touches no database.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::load::{Event, Listener, LoadError, LoadRequest, Phase};
use super::profile::{Profile, ScanOptions, propose, scan};
use super::read::{Layout, Source, discover};
use super::schema::{Column, Dataset, Definition, fit};
use crate::platform::storage::BucketSettings;

/// Reads everything once and proposes a schema. What `given` already says is kept.
///
/// # Errors
/// [`LoadError`].
pub async fn profile(
    inputs: &[String],
    dataset: Dataset,
    given: Option<Definition>,
    s3: &BucketSettings,
    listener: &Listener,
) -> Result<(Definition, Profile), LoadError> {
    let sources = discover(inputs, s3).await?;
    let base = given.clone().unwrap_or_else(|| blank(dataset.clone()));
    let (_, profile) = look(sources, &base, u64::MAX / 2, listener).await?;
    Ok((propose(dataset, &profile, given.as_ref()), profile))
}

/// Reads everything once and fits the schema to it.
///
/// # Errors
/// [`LoadError`]; also when the files are not what the schema says.
pub async fn request(
    inputs: &[String],
    definition: Definition,
    period: Option<String>,
    (chunk_bytes, reject_conflicts): (u64, bool),
    s3: &BucketSettings,
    listener: &Listener,
) -> Result<LoadRequest, LoadError> {
    let sources = discover(inputs, s3).await?;
    let since = Instant::now();
    let (sources, profile) = look(sources, &definition, chunk_bytes, listener).await?;
    let proposed = propose(definition.dataset.clone(), &profile, Some(&definition));
    let fitted = fit(&definition, &profile, &proposed.columns, reject_conflicts)?;
    let period = period.unwrap_or_else(|| period_of(&sources));
    let profile_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(LoadRequest { definition, fitted, sources, profile, period, profile_ms })
}

/// The scan, on a thread that may wait.
async fn look(
    sources: Vec<Source>,
    definition: &Definition,
    chunk: u64,
    listener: &Listener,
) -> Result<(Vec<Source>, Profile), LoadError> {
    let options = ScanOptions {
        layout: Layout::of(definition),
        has_header: definition.dataset.header,
        chunk,
        group: group(definition),
        labels: if definition.dataset.header { Vec::new() } else { labels(definition) },
        aliases: aliases(definition),
    };
    listener(&Event::Begins { phase: Phase::Profile, bytes: 0, done: 0 });
    let listener = Arc::clone(listener);
    let scanned = tokio::task::spawn_blocking(move || {
        let profile = scan(&sources, &options, &|bytes| listener(&Event::Read(bytes)));
        profile.map(|profile| (sources, profile))
    });
    Ok(scanned.await.map_err(|_| LoadError::Panicked)??)
}

/// Labels of the columns that lines of one sale have in common.
fn group(definition: &Definition) -> Vec<String> {
    let names = definition.sale.iter().flat_map(|sale| &sale.key);
    let columns = names.filter_map(|name| definition.place(name));
    columns.map(|place| definition.columns[place].label.clone()).collect()
}

fn labels(definition: &Definition) -> Vec<String> {
    definition.columns.iter().map(|column| column.label.clone()).collect()
}

fn aliases(definition: &Definition) -> BTreeMap<String, String> {
    let of_column = |column: &Column| {
        let label = column.label.clone();
        let aliases = column.aliases.clone();
        aliases.into_iter().map(move |alias| (alias, label.clone())).collect::<Vec<_>>()
    };
    definition.columns.iter().flat_map(of_column).collect()
}

/// The period in the files' names: a year, with its half if there is one; of several files, all of
/// them; `all` when there is none.
fn period_of(sources: &[Source]) -> String {
    let mut periods: Vec<_> =
        sources.iter().filter_map(|source| year(source.short_name())).collect();
    periods.sort();
    periods.dedup();
    match periods.as_slice() {
        [] => "all".to_owned(),
        [one] => one.clone(),
        [first, .., last] => format!("{first}-{last}"),
    }
}

fn year(name: &str) -> Option<String> {
    let at = name.as_bytes().windows(4).position(|four| four.iter().all(u8::is_ascii_digit))?;
    let (year, rest) = name[at..].split_at(4);
    let half = rest.get(..3).filter(|half| matches!(*half, "-s1" | "-s2" | "-S1" | "-S2"));
    Some(format!("{year}{}", half.unwrap_or_default().to_lowercase()))
}

/// A schema that says nothing yet: a file without labels gets them by its first line.
const fn blank(dataset: Dataset) -> Definition {
    Definition {
        hash: String::new(),
        dataset,
        columns: Vec::new(),
        derived: Vec::new(),
        sale: None,
    }
}

#[cfg(test)]
mod tests {
    use super::year;

    #[test]
    fn periods_are_in_the_names_of_files() {
        assert_eq!(year("valeursfoncieres-2020.txt").as_deref(), Some("2020"));
        assert_eq!(year("ValeursFoncieres-2025-S1.txt").as_deref(), Some("2025-s1"));
        assert_eq!(year("notes.txt"), None);
    }
}
