//! Reading the tables of `tests/data`: comma-separated, with quotes where a value has a comma.

use std::collections::HashMap;

/// One row, by the names of the first line.
pub(crate) struct Row(HashMap<String, String>);

impl Row {
    /// The value of a column.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .get(name)
            .unwrap_or_else(|| panic!("no column {name}"))
    }
}

/// Every row of a table.
pub(crate) fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    let names = cells(lines.next().expect("a line of names"));
    let row = |line| {
        let values = cells(line);
        assert_eq!(values.len(), names.len(), "{line}");
        Row(names.iter().cloned().zip(values).collect())
    };
    lines.filter(|line| !line.is_empty()).map(row).collect()
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("at least one").push(other),
        }
    }
    cells
}
