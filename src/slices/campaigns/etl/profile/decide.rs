//! From what was seen to a type: by value first, then by label, then by family. A type is proposed
//! only when the whole of the data carries it; what is in doubt stays text, which loses nothing.

use std::collections::BTreeMap;

use super::class::Class;
use super::stats::ColumnStats;
use crate::slices::campaigns::etl::schema::{Column, ColumnType, Shape};

/// Labels of codes, as parts of a name: digits in them count nothing.
const CODES: &[&str] = &[
    "code",
    "codes",
    "postal",
    "siret",
    "siren",
    "identifiant",
    "identifiants",
    "telephone",
    "tel",
    "fax",
    "insee",
    "prefixe",
    "section",
    "finess",
    "rpps",
    "zip",
    "cusip",
    "isin",
    "iban",
];

/// A share of other values so small that they are mistakes to be given back, not another type.
const STRAY: u64 = 10_000;

/// Most digits of a decimal on both engines, and most of them after the mark.
const DIGITS: usize = 38;
const SCALE: u8 = 20;

/// The proposed columns: one for each name. `mark` is the class of the dataset's decimals: the other
/// mark is never taken for it.
pub(super) fn columns(
    labels: &[String],
    names: &[String],
    stats: &[ColumnStats],
    mark: Class,
) -> Vec<Column> {
    let mut columns: Vec<Column> = labels
        .iter()
        .zip(names)
        .zip(stats)
        .map(|((label, name), stats)| Column {
            label: label.clone(),
            aliases: Vec::new(),
            name: name.clone(),
            kind: by_value_and_label(name, stats, mark),
            pad: pad(name, stats),
            evidence: evidence(stats),
        })
        .collect();
    by_family(&mut columns, stats, mark);
    columns
}

fn by_value_and_label(name: &str, stats: &ColumnStats, mark: Class) -> ColumnType {
    if let Some(width) = pad(name, stats) {
        return ColumnType::Char(u16::from(width));
    }
    let by_value = by_value(stats, mark);
    // A code of one digit is a closed list, and loses nothing as a number.
    let is_one_digit = by_value == ColumnType::Tinyint;
    if is_code(name) && by_value.shape() == Shape::Integer && !is_one_digit {
        return text(stats);
    }
    by_value
}

/// Whether the label is one of a code.
fn is_code(name: &str) -> bool {
    let mut words = name.split('_');
    words.clone().any(|word| CODES.contains(&word))
        || (words.clone().any(|word| word == "no") && words.any(|word| word == "disposition"))
}

/// French postal codes have five digits, and producers lose the zero before them.
fn pad(name: &str, stats: &ColumnStats) -> Option<u8> {
    let is_postal = name.split('_').any(|word| word == "postal");
    let are_numbers =
        stats.count(Class::Integer) + stats.count(Class::ZeroInteger) == stats.filled();
    (is_postal && are_numbers && stats.longest <= 5 && stats.filled() > 0).then_some(5)
}

fn by_value(stats: &ColumnStats, mark: Class) -> ColumnType {
    let filled = stats.filled();
    if filled == 0 || stats.count(Class::ZeroInteger) > 0 {
        return text(stats);
    }
    let dates = stats.count(Class::FrenchDate) + stats.count(Class::IsoDate);
    let integers = stats.count(Class::Integer);
    let decimals = stats.count(mark);
    if carries(filled, dates) && only_mistakes(stats, &[Class::FrenchDate, Class::IsoDate]) {
        ColumnType::Date
    } else if carries(filled, integers) && only_mistakes(stats, &[Class::Integer]) {
        ColumnType::integer(stats.integer_digits)
    } else if decimals > 0
        && carries(filled, decimals + integers)
        && only_mistakes(stats, &[mark, Class::Integer])
    {
        decimal(stats)
    } else {
        text(stats)
    }
}

/// Whether the others are few enough to be mistakes.
fn carries(filled: u64, of_the_type: u64) -> bool {
    filled - of_the_type <= (filled / STRAY).max(1) && of_the_type * 2 > filled
}

/// Whether none of the others looks like a value that means something: `A12` among lots is a lot,
/// `N/C` among areas is nobody's area.
fn only_mistakes(stats: &ColumnStats, classes: &[Class]) -> bool {
    let others =
        Class::ALL.iter().filter(|class| **class != Class::Empty && !classes.contains(class));
    let mut strays = others.flat_map(|class| stats.samples(*class));
    strays.all(|(_, value)| !looks_like_a_code(value))
}

/// Letters and digits together, without blanks or signs.
fn looks_like_a_code(value: &str) -> bool {
    let is_word = value.chars().all(|c| c.is_ascii_alphanumeric());
    let has_digit = value.chars().any(|c| c.is_ascii_digit());
    is_word && (has_digit || value.len() <= 2)
}

/// A decimal with two digits to spare; text where no decimal of the engines holds every digit.
fn decimal(stats: &ColumnStats) -> ColumnType {
    let before = stats.decimal_digits.max(stats.integer_digits);
    let (most, scale) = ((before + 2 + stats.scale).min(DIGITS), stats.scale);
    match (u8::try_from(most), u8::try_from(scale)) {
        (Ok(most), Ok(scale)) if before + stats.scale <= DIGITS && scale <= SCALE => {
            ColumnType::Decimal(most, scale)
        }
        _ => text(stats),
    }
}

fn text(stats: &ColumnStats) -> ColumnType {
    let is_one_length = stats.filled() > 1 && stats.shortest == stats.longest;
    let is_code = stats.count(Class::ZeroInteger) > 0 && !stats.ends_blank;
    if is_one_length && is_code && stats.longest <= 20 {
        return ColumnType::Char(u16::try_from(stats.longest).unwrap_or(20));
    }
    ColumnType::text(stats.longest)
}

/// Columns whose names differ by a number only are a family, and get the widest type among them.
fn by_family(columns: &mut [Column], stats: &[ColumnStats], mark: Class) {
    let mut families: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, column) in columns.iter().enumerate() {
        if is_named_by_place(&column.name) {
            continue;
        }
        let stem: String = column.name.chars().filter(|c| !c.is_ascii_digit()).collect();
        if stem.len() < column.name.len() {
            families.entry(stem).or_default().push(place);
        }
    }
    for members in families.into_values().filter(|members| members.len() > 1) {
        let mut whole = ColumnStats::default();
        for place in &members {
            whole.merge(&stats[*place]);
        }
        let name = columns[members[0]].name.clone();
        let mut kind = by_value_and_label(&name, &whole, mark);
        // Numbers of lots are names of lots: one of them with a letter makes text of them all.
        if is_numbered_thing(&name) && kind.shape() == Shape::Integer {
            kind = text(&whole);
        }
        for place in members {
            columns[place].kind = kind;
        }
    }
}

/// Whether the file does not say what it is: `col_07` has nothing in common with `col_08`.
fn is_named_by_place(name: &str) -> bool {
    let number = name.strip_prefix("col_");
    number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit() || b == b'_'))
}

/// Things that are numbered, not counted.
fn is_numbered_thing(name: &str) -> bool {
    matches!(name.split('_').next(), Some("lot" | "lots" | "no" | "numero" | "ref"))
}

/// What the decision stands on, in one line.
fn evidence(stats: &ColumnStats) -> String {
    let filled = stats.filled();
    if filled == 0 {
        return format!("{} lines, always empty", stats.total());
    }
    let mut text = format!("{} lines, {} empty", stats.total(), stats.count(Class::Empty));
    for class in Class::ALL.iter().filter(|class| **class != Class::Empty) {
        let count = stats.count(*class);
        if count > 0 {
            text.push_str(&format!(", {count} {}", class.word()));
        }
    }
    text.push_str(&format!(
        "; {} to {} characters, about {} distinct",
        stats.shortest,
        stats.longest,
        stats.distinct()
    ));
    let rarest = Class::ALL
        .iter()
        .filter(|class| **class != Class::Empty && stats.count(**class) > 0)
        .min_by_key(|class| stats.count(**class));
    if let Some((line, value)) = rarest.and_then(|class| stats.samples(*class).first()) {
        text.push_str(&format!("; such as {value:?} on line {line}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, values: &[&str]) -> String {
        let mut stats = ColumnStats::default();
        for (line, value) in values.iter().enumerate() {
            stats.see(value.as_bytes(), line as u64 + 2);
        }
        let labels = vec![name.to_owned()];
        columns(&labels, &labels, &[stats], Class::CommaDecimal)[0].kind.to_string()
    }

    #[test]
    fn values_and_labels_make_a_type() {
        assert_eq!(kind("no_plan", &["12", "", "1234"]), "int");
        assert_eq!(kind("no_disposition", &["000001", "000002"]), "char(6)");
        assert_eq!(kind("code_postal", &["1000", "75001"]), "char(5)");
        assert_eq!(kind("code_commune", &["53", "289"]), "varchar(8)");
        assert_eq!(kind("code_type_local", &["1", "2", ""]), "tinyint");
        assert_eq!(kind("code_departement", &["01", "2A"]), "char(2)");
        assert_eq!(kind("valeur", &["8000,00", "123456,50", ""]), "decimal(10,2)");
        assert_eq!(kind("taux", &["1.5", "2.5"]), "varchar(8)", "the mark of another country");
        assert_eq!(kind("trop", &["1,000000000000000000000000000"]), "varchar(40)");
        assert_eq!(kind("vendu", &["07/01/2020"]), "date");
        assert_eq!(kind("rien", &["", ""]), "varchar(8)");
        assert_eq!(kind("melange", &["12", "A12", "13", "14"]), "varchar(8)");
    }

    #[test]
    fn a_stray_word_is_a_mistake_and_a_stray_code_is_a_type() {
        let numbers: Vec<String> = (1..=400).map(|n| n.to_string()).collect();
        let mut values: Vec<&str> = numbers.iter().map(String::as_str).collect();
        values.push("N/C");
        assert_eq!(kind("surface", &values), "smallint");
        values.pop();
        values.push("B12");
        assert_eq!(kind("surface", &values), "varchar(8)");
    }
}
