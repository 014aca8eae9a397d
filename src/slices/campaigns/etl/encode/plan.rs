//! The plan of one file: which of its fields becomes which column. Made once, followed for each line.

use super::sale::{SaleBuilder, SalePlan};
use super::value::{Writer, escaped};
use crate::slices::campaigns::etl::read::{Fields, Layout, Reason};
use crate::slices::campaigns::etl::schema::{ColumnType, Definition, Derived, Fitted, Part};

/// The columns that are sent, the same for all files of a run: `id` first.
#[derive(Clone, Debug)]
pub struct RowShape {
    /// Their names.
    pub names: Vec<String>,
}

impl RowShape {
    /// The columns that have a value, and the derived ones.
    pub fn of(definition: &Definition, fitted: &Fitted) -> Self {
        let filled = fitted.columns.iter().filter(|column| column.is_filled);
        let mut names = vec!["id".to_owned()];
        names.extend(filled.map(|column| column.column.name.clone()));
        names.extend(definition.derived.iter().map(|derived| derived.name.clone()));
        Self { names }
    }
}

/// What becomes of the fields of one file.
#[derive(Clone, Debug)]
pub struct FilePlan {
    pub(super) layout: Layout,
    /// Number of the file in its run: the upper bits of each row's id.
    pub(super) file_no: u32,
    width: usize,
    targets: Vec<Target>,
    derived: Vec<DerivedPlan>,
    sale: Option<SalePlan>,
}

#[derive(Clone, Debug)]
struct Target {
    /// Place of the field; `None` when this file has it not.
    place: Option<usize>,
    name: String,
    writer: Writer,
}

#[derive(Clone, Debug)]
struct DerivedPlan {
    parts: Vec<PartPlan>,
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct PartPlan {
    place: Option<usize>,
    pad: usize,
    fill_to: usize,
    is_optional: bool,
}

/// Why a line is refused, and in which column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) reason: Reason,
    pub(super) column: String,
}

impl FilePlan {
    /// The plan of a file with these labels.
    pub fn new(definition: &Definition, fitted: &Fitted, labels: &[String], file_no: u32) -> Self {
        let mark = definition.dataset.decimal_mark.bytes().next().unwrap_or(b',');
        let here = |place: usize| {
            let label = fitted.labels.get(place)?;
            labels.iter().position(|known| known == label)
        };
        let at = |name: &str| {
            let column = fitted.columns.iter().find(|column| column.column.name == name)?;
            column.place.and_then(here)
        };
        let filled = fitted.columns.iter().filter(|column| column.is_filled);
        let targets = filled.map(|column| Target {
            place: column.place.and_then(here),
            name: column.column.name.clone(),
            writer: Writer {
                kind: column.column.kind,
                pad: usize::from(column.column.pad.unwrap_or(0)),
                mark,
            },
        });
        let derived = definition.derived.iter().map(|derived| DerivedPlan::new(derived, at));
        let sale = definition.sale.as_ref().map(|roles| SalePlan::new(roles, definition, at));
        Self {
            layout: Layout::of(definition),
            file_no,
            width: labels.len(),
            targets: targets.collect(),
            derived: derived.collect(),
            sale,
        }
    }

    /// The builder of this file's sales.
    pub(super) fn sales(&self) -> Option<SaleBuilder<'_>> {
        self.sale.as_ref().map(SaleBuilder::new)
    }

    /// The row's identity: it points back at the source line.
    pub(in crate::slices::campaigns::etl) fn id(&self, line: u64) -> u64 {
        (u64::from(self.file_no) << 40) | line
    }

    /// Writes a row, of a line whose values are sent as they are if it is plain. When it is refused,
    /// `out` is as it was.
    pub(super) fn write(
        &self,
        fields: Fields<'_>,
        (line, is_plain): (u64, bool),
        out: &mut Vec<u8>,
    ) -> Result<(), Refused> {
        if fields.count() != self.width {
            return Err(Refused { reason: Reason::FieldCount, column: String::new() });
        }
        let start = out.len();
        push_number(self.id(line), out);
        for target in &self.targets {
            out.push(b'\t');
            let value = target.place.map_or(&b""[..], |place| fields.get(place));
            if let Err(reason) = target.writer.write(value, is_plain, out) {
                out.truncate(start);
                return Err(Refused { reason, column: target.name.clone() });
            }
        }
        for derived in &self.derived {
            out.push(b'\t');
            derived.write(fields, out);
        }
        out.push(b'\n');
        Ok(())
    }
}

impl DerivedPlan {
    fn new(derived: &Derived, at: impl Fn(&str) -> Option<usize>) -> Self {
        let part = |part: &Part| PartPlan {
            place: at(&part.column),
            pad: part.pad,
            fill_to: part.fill_to,
            is_optional: part.optional,
        };
        let most = match derived.kind {
            ColumnType::Char(n) | ColumnType::Varchar(n) => usize::from(n),
            _ => 0,
        };
        let parts = derived.parts.iter().map(part).collect();
        Self { parts, most }
    }

    /// Writes the parts one after the other. What does not fit is no value: the row's own columns
    /// say all that the file says.
    fn write(&self, fields: Fields<'_>, out: &mut Vec<u8>) {
        let start = out.len();
        let is_whole = self.parts.iter().all(|part| {
            let value = part.place.map_or(&b""[..], |place| fields.get(place));
            let missing = (part.fill_to + start).saturating_sub(out.len()).max(part.pad);
            out.resize(out.len() + missing.saturating_sub(value.len()), b'0');
            escaped(value, out);
            part.is_optional || !value.is_empty()
        });
        if !is_whole || out.len() - start > self.most {
            out.truncate(start);
            out.extend_from_slice(b"\\N");
        }
    }
}

/// Writes a number without allocating.
pub(super) fn push_number(mut number: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10).to_le_bytes()[0];
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}
