//! Segments in French, for people.

use jiff::civil::Date;

use crate::kernel::french;
use crate::slices::campaigns::segments::service::{Counted, Edition};
use crate::slices::campaigns::segments::{SegmentFilter, ZoneKind};

/// Most zones that are named one by one.
const NAMED: usize = 8;

pub(super) fn zone(filter: &SegmentFilter) -> String {
    let (one, many) = match filter.zone {
        ZoneKind::Country => return "Tout le pays".to_owned(),
        ZoneKind::Departments => ("Département", "Départements"),
        ZoneKind::Communes => ("Commune", "Communes"),
        ZoneKind::PostalCodes => ("Code postal", "Codes postaux"),
    };
    let word = if filter.zones.len() == 1 { one } else { many };
    let named: Vec<&str> = filter.zones.iter().take(NAMED).map(String::as_str).collect();
    let more = filter.zones.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" et {more} autres") } else { String::new() };
    format!("{word} {}{more}", named.join(", "))
}

pub(super) fn period(filter: &SegmentFilter) -> String {
    format!("du {} au {}", french::day(filter.from), french::day(filter.to))
}

/// A month as the tables write it, `2020-01-01`.
pub(super) fn month(text: &str) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_owned(), french::month)
}

/// A count that may be hidden.
pub(super) fn sales(count: Option<u64>) -> String {
    count.map_or_else(|| "trop peu pour être dit".to_owned(), whole)
}

pub(super) fn counted(counted: &Counted) -> String {
    match counted.sales {
        None => format!("Moins de {} ventes", counted.smallest),
        Some(0) => "Aucune vente".to_owned(),
        Some(count) => format!("{}\u{a0}ventes", whole(count)),
    }
}

pub(super) fn editions(list: &[Edition]) -> String {
    let one = |(period, run): &Edition| format!("{period} (chargement {run})");
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn whole(count: u64) -> String {
    french::number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What a filter asks, line by line.
pub(super) fn facts(filter: &SegmentFilter) -> Vec<(&'static str, String)> {
    let kinds: Vec<_> = filter.kinds.iter().map(|kind| kind.name()).collect();
    let natures = filter.natures.join(", ").replace('\'', "’");
    let euros = |cents: Option<u64>| cents.map(|cents| format!("{}\u{a0}€", whole(cents / 100)));
    let plain = |count: Option<u32>| count.map(|count| whole(u64::from(count)));
    let area = |count: Option<u32>| plain(count).map(|count| format!("{count}\u{a0}m²"));
    let all = [
        ("Zone", Some(zone(filter))),
        ("Période", Some(period(filter))),
        ("Nature", Some(if natures.is_empty() { "Toutes".to_owned() } else { natures })),
        ("Type", Some(if kinds.is_empty() { "Tous".to_owned() } else { kinds.join(", ") })),
        ("Prix", between(euros(filter.price_min_cents), euros(filter.price_max_cents))),
        ("Pièces", between(plain(filter.rooms_min), plain(filter.rooms_max))),
        ("Surface bâtie", between(area(filter.built_min), area(filter.built_max))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn between(lowest: Option<String>, highest: Option<String>) -> Option<String> {
    match (lowest, highest) {
        (None, None) => None,
        (Some(lowest), None) => Some(format!("à partir de {lowest}")),
        (None, Some(highest)) => Some(format!("jusqu’à {highest}")),
        (Some(lowest), Some(highest)) => Some(format!("de {lowest} à {highest}")),
    }
}
