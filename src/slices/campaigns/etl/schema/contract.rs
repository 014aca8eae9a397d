//! The contract: what happens when a later file is not quite what the schema says.
//!
//! Wider values widen the edition's column, a new column is added, a missing one is empty, another
//! type stops the load. Nothing is narrowed and nothing is silent: every change is a sentence.

use serde::{Deserialize, Serialize};

use super::definition::{Column, Definition};
use super::kind::{ColumnType, Shape};
use crate::slices::campaigns::etl::profile::{Class, ColumnStats, Profile};

/// A column of the edition, and where it stands in the first file's labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedColumn {
    /// The column, as wide as this edition needs it.
    pub column: Column,
    /// Its place among the labels; `None` when the files have it not.
    pub place: Option<usize>,
    /// Whether any value of it is there: empty columns are not sent.
    pub is_filled: bool,
}

/// The schema as it fits these files.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fitted {
    /// The labels of all files of the run, each once.
    pub labels: Vec<String>,
    /// The columns of the table.
    pub columns: Vec<FittedColumn>,
    /// What differs from the schema, for the log and the report.
    pub changes: Vec<String>,
}

/// A file that the schema does not describe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Values of another type.
    #[error(
        "column `{name}` is {expected} in the schema, but {found} of its values are not{sample}"
    )]
    Type {
        /// The column.
        name: String,
        /// Its type.
        expected: String,
        /// How many values differ.
        found: u64,
        /// One of them.
        sample: String,
    },
    /// None of the labels is known: another dataset.
    #[error("the header has none of the schema's labels: is it a file of this dataset?")]
    Stranger,
}

/// Compares the schema with what was seen.
///
/// # Errors
/// [`Conflict`], unless `reject_conflicts`: then each value at fault is a reject.
pub fn fit(
    definition: &Definition,
    profile: &Profile,
    proposed: &[Column],
    reject_conflicts: bool,
) -> Result<Fitted, Conflict> {
    let mut fitted = Fitted { labels: profile.labels.clone(), ..Fitted::default() };
    let mark = Class::of_decimals(&definition.dataset.decimal_mark);
    let place = |column: &Column| {
        let is_it = |label: &String| *label == column.label || column.aliases.contains(label);
        profile.labels.iter().position(is_it)
    };
    for column in &definition.columns {
        let place = place(column);
        let mut column = column.clone();
        let Some(stats) = place.map(|place| &profile.stats[place]) else {
            fitted.changes.push(format!("column `{}` is missing: it stays empty", column.name));
            fitted.columns.push(FittedColumn { column, place: None, is_filled: false });
            continue;
        };
        let wider = widened(&column, stats);
        if wider != column.kind {
            fitted.changes.push(format!("column `{}`: {} to {wider}", column.name, column.kind));
            column.kind = wider;
        }
        if let Some(conflict) = conflict(&column, stats, mark).filter(|_| !reject_conflicts) {
            return Err(conflict);
        }
        let is_filled = stats.filled() > 0;
        fitted.columns.push(FittedColumn { column, place, is_filled });
    }
    if fitted.columns.iter().all(|column| column.place.is_none()) {
        return Err(Conflict::Stranger);
    }
    add_new(&mut fitted, profile, proposed);
    Ok(fitted)
}

/// Columns that the schema does not know.
fn add_new(fitted: &mut Fitted, profile: &Profile, proposed: &[Column]) {
    for (place, label) in profile.labels.iter().enumerate() {
        let is_known = fitted.columns.iter().any(|column| column.place == Some(place));
        let Some(column) = proposed.get(place).filter(|_| !is_known) else { continue };
        let mut column = column.clone();
        while fitted.columns.iter().any(|other| other.column.name == column.name) {
            column.name.push_str("_new");
        }
        fitted
            .changes
            .push(format!("column {label:?} is new: added as `{}` {}", column.name, column.kind));
        let is_filled = profile.stats[place].filled() > 0;
        fitted.columns.push(FittedColumn { column, place: Some(place), is_filled });
    }
}

/// The type with room for everything that was seen; never less than it was.
fn widened(column: &Column, stats: &ColumnStats) -> ColumnType {
    match column.kind {
        ColumnType::Varchar(n) if stats.longest > usize::from(n) => ColumnType::text(stats.longest),
        ColumnType::Char(n) if stats.longest > usize::from(n) => ColumnType::text(stats.longest),
        ColumnType::Char(_) if stats.ends_blank => ColumnType::text(stats.longest),
        ColumnType::Tinyint | ColumnType::Smallint | ColumnType::Int
            if !fits(column.kind, stats.integer_digits) =>
        {
            ColumnType::integer(stats.integer_digits)
        }
        ColumnType::Decimal(digits, scale) => {
            let before =
                usize::from(digits - scale).max(stats.decimal_digits).max(stats.integer_digits);
            let after = usize::from(scale).max(stats.scale);
            let size = |n: usize| u8::try_from(n).unwrap_or(38).min(38);
            ColumnType::Decimal(size(before + after), size(after).min(20))
        }
        kind => kind,
    }
}

/// Whether every number of so many digits fits.
const fn fits(kind: ColumnType, digits: usize) -> bool {
    match kind {
        ColumnType::Tinyint => digits <= 2,
        ColumnType::Smallint => digits <= 4,
        ColumnType::Int => digits <= 9,
        _ => true,
    }
}

/// Too many values of another type to be mistakes.
fn conflict(column: &Column, stats: &ColumnStats, mark: Class) -> Option<Conflict> {
    let right = match column.kind.shape() {
        Shape::Text => return None,
        Shape::Integer => [Class::Integer, Class::Integer],
        Shape::Decimal => [Class::Integer, mark],
        Shape::Date => [Class::FrenchDate, Class::IsoDate],
    };
    let filled = stats.filled();
    let others: Vec<_> = Class::ALL
        .into_iter()
        .filter(|class| *class != Class::Empty && !right.contains(class))
        .collect();
    let found: u64 = others.iter().map(|class| stats.count(*class)).sum();
    // The same measure as the one by which the type was given, and a little more: a bad delivery is
    // a list of rejects up to one value in a hundred, and another type beyond.
    if found <= (filled / 100).max(1) {
        return None;
    }
    let sample = others.iter().flat_map(|class| stats.samples(*class)).next();
    let sample = sample
        .map_or(String::new(), |(line, value)| format!(" (such as {value:?} on line {line})"));
    let (name, expected) = (column.name.clone(), column.kind.to_string());
    Some(Conflict::Type { name, expected, found, sample })
}
