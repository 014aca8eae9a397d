//! Reads the CSV files of `tests/data`: a header, then rows whose cells are found by title.

use std::{collections::BTreeMap, fs, path::PathBuf, str::FromStr};

use assurly::kernel::money::Cents;
use rust_decimal::Decimal;

/// A file of the repository, as text.
pub(crate) fn text(path: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The rows of `tests/data/{name}.csv`.
pub(crate) fn rows(name: &str) -> Vec<Row> {
    let text = text(&format!("tests/data/{name}.csv"));
    let mut lines = text.lines();
    let titles = cells(lines.next().expect("a header"));
    let row = |(index, line): (usize, &str)| {
        let cells = cells(line);
        let place = format!("{name}.csv line {}", index + 2);
        assert_eq!(cells.len(), titles.len(), "{place}");
        let cells = titles.iter().cloned().zip(cells).collect();
        Row { place, cells }
    };
    lines.enumerate().map(row).collect()
}

/// One row, and where it stands.
#[derive(Debug)]
pub(crate) struct Row {
    /// File and line, for messages.
    pub(crate) place: String,
    cells: BTreeMap<String, String>,
}

impl Row {
    /// The cell under `title`.
    pub(crate) fn text(&self, title: &str) -> &str {
        let cell = self.cells.get(title);
        cell.unwrap_or_else(|| panic!("{}: no column {title}", self.place))
    }

    /// The cell as a number of any exact kind: `Decimal`, `i32`, `Rate`…
    pub(crate) fn number<T: FromStr>(&self, title: &str) -> T {
        let cell = self.text(title);
        let number = cell.parse().ok();
        number.unwrap_or_else(|| panic!("{}: {title} is {cell:?}", self.place))
    }

    /// The cells under the titles `0`, `1`, `2`… as numbers.
    pub(crate) fn series(&self) -> Vec<Decimal> {
        let titles = (0..).map(|n: u32| n.to_string());
        let titles = titles.take_while(|title| self.cells.contains_key(title));
        titles.map(|title| self.number(&title)).collect()
    }
}

/// `1234.56` as cents.
pub(crate) fn cents(text: &str) -> Cents {
    let euros: Decimal = text.parse().unwrap_or_else(|_| panic!("{text:?}"));
    let cents = euros * Decimal::ONE_HUNDRED;
    assert!(cents.is_integer(), "{text} has more than two decimals");
    Cents::rounded(cents)
}

/// The cells of a line; a quoted cell may hold commas.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("never empty").push(other),
        }
    }
    assert!(!quoted, "an open quote in {line}");
    cells
}
