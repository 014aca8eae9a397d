//! The public tables the tariff is derived from, read from their CSV text into typed values.
//!
//! Two shapes exist: the mortality table of the regulation (one row per age) and the laws of the
//! BCAC (one row per age of entry, one column per elapsed month or year, counts per 10 000
//! entries; annexes to art. A331-22 C. ass., `docs/domain/tariff.md`). The reader understands plain
//! comma-separated numbers under a header, which is all these files are. It opens no file: text in,
//! table out.

use std::str::FromStr;

use rust_decimal::Decimal;

/// Entries that every law of the BCAC starts from.
pub const RADIX: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// Why a text is not one of the public tables. Lines count from 1, the header being line 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No header, or no row under it.
    #[error("the table has no rows")]
    Empty,
    /// The header lacks a column.
    #[error("the header has no column {0}")]
    ColumnMissing(&'static str),
    /// A row with more or fewer cells than the header.
    #[error("line {line}: {found} cells under {expected} columns")]
    Width {
        /// Line of the row.
        line: usize,
        /// Cells in the row.
        found: usize,
        /// Columns in the header.
        expected: usize,
    },
    /// A cell that is not a number of zero or more.
    #[error("line {line}: {cell:?} is not a number")]
    Number {
        /// Line of the cell.
        line: usize,
        /// The cell as it stands.
        cell: String,
    },
    /// An age that does not follow the age of the row above.
    #[error("line {line}: ages must follow each other")]
    Ages {
        /// Line of the row.
        line: usize,
    },
}

/// Yearly death probabilities of the tables TH 00-02 (men) and TF 00-02 (women), homologated by
/// the *arrêté* of 20 December 2005. Unitless, by completed age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mortality {
    first_age: u8,
    /// (men, women); nothing at the ages that nobody of that table reaches.
    rows: Vec<(Option<Decimal>, Option<Decimal>)>,
}

impl Mortality {
    /// Reads the columns `age`, `qx_th00_02` and `qx_tf00_02`; other columns are left aside.
    ///
    /// # Errors
    /// The first thing that makes the text another file.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let (header, records) = split(text)?;
        let men = column(&header, "qx_th00_02")?;
        let women = column(&header, "qx_tf00_02")?;
        let ages = read_ages(&header, &records)?;
        let rows = records.iter().map(|record| {
            Ok((
                optional(record.line, record.cells[men])?,
                optional(record.line, record.cells[women])?,
            ))
        });
        Ok(Self { first_age: ages, rows: rows.collect::<Result<_, _>>()? })
    }

    /// The mean of the probabilities of men and women at `age`: the price may not depend on sex
    /// (CJEU C-236/09, Test-Achats; `docs/domain/tariff.md`). `None` outside the ages of both tables.
    pub fn unisex(&self, age: u8) -> Option<Decimal> {
        let place = usize::from(age.checked_sub(self.first_age)?);
        let (men, women) = *self.rows.get(place)?;
        Some((men? + women?) / Decimal::TWO)
    }
}

/// A law of the BCAC: for each age of entry, a count per [`RADIX`] entries at each elapsed month or
/// year. Laws of staying (*maintien*) hold those still there, the law of passage those who leave
/// incapacity for invalidity during the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    first_age: u8,
    width: usize,
    rows: Vec<Vec<Decimal>>,
}

impl Law {
    /// Reads a table whose columns are `age`, `0`, `1`, `2`…
    ///
    /// # Errors
    /// The first thing that makes the text another file.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let (header, records) = split(text)?;
        let first_age = read_ages(&header, &records)?;
        let rows = records.iter().map(|record| {
            let cells = record.cells[1..].iter();
            cells.map(|cell| number(record.line, cell)).collect()
        });
        Ok(Self { first_age, width: header.len() - 1, rows: rows.collect::<Result<_, _>>()? })
    }

    /// How many elapsed months or years the law knows, the zeroth included.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// The ages of entry the law knows, first and last.
    pub fn ages(&self) -> (u8, u8) {
        let above_first = u8::try_from(self.rows.len() - 1).unwrap_or(u8::MAX);
        (self.first_age, self.first_age.saturating_add(above_first))
    }

    /// The counts for an entry at `age`; the nearest known age speaks for the ages outside.
    pub fn at(&self, age: u8) -> &[Decimal] {
        let (first, last) = self.ages();
        &self.rows[usize::from(age.clamp(first, last) - first)]
    }
}

struct Record<'a> {
    line: usize,
    cells: Vec<&'a str>,
}

fn split(text: &str) -> Result<(Vec<&str>, Vec<Record<'_>>), TableError> {
    let mut lines = text.lines().enumerate();
    let (_, header) = lines.next().ok_or(TableError::Empty)?;
    let header: Vec<&str> = header.split(',').collect();
    let records = lines.map(|(index, line)| {
        let cells: Vec<&str> = line.split(',').collect();
        if cells.len() == header.len() {
            Ok(Record { line: index + 1, cells })
        } else {
            Err(TableError::Width { line: index + 1, found: cells.len(), expected: header.len() })
        }
    });
    let records = records.collect::<Result<Vec<_>, _>>()?;
    if records.is_empty() {
        return Err(TableError::Empty);
    }
    Ok((header, records))
}

fn column(header: &[&str], name: &'static str) -> Result<usize, TableError> {
    let place = header.iter().position(|title| *title == name);
    place.ok_or(TableError::ColumnMissing(name))
}

/// The age of the first row, once it is sure that ages are the first column and follow each other:
/// a row is then found by its age alone.
fn read_ages(header: &[&str], records: &[Record<'_>]) -> Result<u8, TableError> {
    if column(header, "age")? != 0 {
        return Err(TableError::ColumnMissing("age"));
    }
    let age = |record: &Record<'_>| {
        let cell = record.cells[0];
        cell.parse::<u8>()
            .map_err(|_| TableError::Number { line: record.line, cell: cell.to_owned() })
    };
    let first = age(&records[0])?;
    for (place, record) in records.iter().enumerate() {
        if usize::from(age(record)?) != usize::from(first) + place {
            return Err(TableError::Ages { line: record.line });
        }
    }
    Ok(first)
}

fn number(line: usize, cell: &str) -> Result<Decimal, TableError> {
    let plain = cell.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value = Decimal::from_str(cell).ok().filter(|_| plain);
    value.ok_or_else(|| TableError::Number { line, cell: cell.to_owned() })
}

fn optional(line: usize, cell: &str) -> Result<Option<Decimal>, TableError> {
    if cell.is_empty() {
        return Ok(None);
    }
    number(line, cell).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_law_and_lends_its_edges_to_the_ages_outside() {
        let law = Law::parse("age,0,1\n20,10000,2842\n21,10000,0.67\n").expect("a law");
        assert_eq!((law.ages(), law.width()), ((20, 21), 2));
        assert_eq!(law.at(18), [RADIX, Decimal::from(2842)]);
        assert_eq!(law.at(80), [RADIX, Decimal::new(67, 2)]);
    }

    #[test]
    fn reads_mortality_whatever_the_order_of_its_columns() {
        let text = "age,lx,qx_tf00_02,qx_th00_02\n30,9,0.001,0.003\n31,0,,1.0\n";
        let table = Mortality::parse(text).expect("a table");
        assert_eq!(table.unisex(30), Some(Decimal::new(2, 3)));
        assert_eq!(table.unisex(31), None);
        assert_eq!(table.unisex(29), None);
    }

    #[test]
    fn says_where_a_text_stops_being_a_table() {
        let line = 3;
        for (text, error) in [
            ("", TableError::Empty),
            ("age,0", TableError::Empty),
            ("x,0\n20,1", TableError::ColumnMissing("age")),
            ("0,age\n1,20", TableError::ColumnMissing("age")),
            ("age,0\n20,1\n22,1", TableError::Ages { line }),
            ("age,0\n20,1\n21,-1", TableError::Number { line, cell: "-1".into() }),
            ("age,0\n20,1\n21", TableError::Width { line, found: 1, expected: 2 }),
        ] {
            assert_eq!(Law::parse(text), Err(error), "{text:?}");
        }
        let missing = Mortality::parse("age,qx_tf00_02\n0,1");
        assert_eq!(missing, Err(TableError::ColumnMissing("qx_th00_02")));
    }
}
