//! A schema to read and correct, from a profile.

use super::class::Class;
use super::decide;
use super::naming::names;
use super::scan::Profile;
use crate::slices::campaigns::etl::schema::{Column, Dataset, Definition};

/// The proposed schema. What a given definition already says of a label is kept: reviewed words are
/// not proposed again.
pub fn propose(dataset: Dataset, profile: &Profile, given: Option<&Definition>) -> Definition {
    let mut dataset = dataset;
    let names = names(&profile.labels, dataset.drop_stop_words);
    if given.is_none() {
        dataset.decimal_mark = mark(profile).to_owned();
    }
    let mark = Class::of_decimals(&dataset.decimal_mark);
    let mut columns = decide::columns(&profile.labels, &names, &profile.stats, mark);
    for column in &mut columns {
        if let Some(known) = given.and_then(|given| known(given, &column.label)) {
            let evidence = std::mem::take(&mut column.evidence);
            *column = Column { evidence, ..known.clone() };
        }
    }
    Definition {
        hash: String::new(),
        dataset,
        columns,
        derived: given.map(|given| given.derived.clone()).unwrap_or_default(),
        sale: given.and_then(|given| given.sale.clone()),
    }
}

fn known<'a>(given: &'a Definition, label: &str) -> Option<&'a Column> {
    let is_it =
        |column: &&Column| column.label == label || column.aliases.iter().any(|a| a == label);
    given.columns.iter().find(is_it)
}

/// The decimal mark of most decimals.
fn mark(profile: &Profile) -> &'static str {
    let count = |class| profile.stats.iter().map(|stats| stats.count(class)).sum::<u64>();
    if count(Class::PointDecimal) > count(Class::CommaDecimal) { "." } else { "," }
}
