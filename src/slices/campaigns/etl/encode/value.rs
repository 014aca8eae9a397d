//! One value, checked and written in the default dialect of LOAD DATA: tab between values, `\N` for
//! none, backslash before what would be taken for either.

use memchr::memchr3;

use crate::slices::campaigns::etl::profile::{characters, french_date, is_nought, iso_date};
use crate::slices::campaigns::etl::read::Reason;
use crate::slices::campaigns::etl::schema::ColumnType;

/// How one column is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer {
    pub(super) kind: ColumnType,
    pub(super) pad: usize,
    /// `,` or `.`.
    pub(super) mark: u8,
}

impl Writer {
    /// Writes a value, or says why it cannot be in this column; then `out` may hold a part of it. A plain
    /// one has nothing that LOAD DATA would take for something else.
    pub(super) fn write(
        self,
        value: &[u8],
        is_plain: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        if value.is_empty() {
            out.extend_from_slice(b"\\N");
            return Ok(());
        }
        match self.kind {
            // CHAR drops blanks at the end: what would be altered is refused.
            ColumnType::Char(_) if value.ends_with(b" ") => Err(Reason::TooLong),
            ColumnType::Varchar(most) | ColumnType::Char(most) => {
                text((value, is_plain), self.pad, usize::from(most), out)
            }
            ColumnType::Date => date(value, out),
            ColumnType::Decimal(digits, scale) => {
                decimal(value, usize::from(digits - scale), usize::from(scale), self.mark, out)
            }
            kind => integer(value, kind.largest(), out),
        }
    }
}

fn text(
    (value, is_plain): (&[u8], bool),
    pad: usize,
    most: usize,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    let length = if value.len() <= most { value.len() } else { characters(value) };
    if length.max(pad) > most {
        return Err(Reason::TooLong);
    }
    if pad > length {
        out.resize(out.len() + pad - characters(value), b'0');
    }
    if is_plain {
        out.extend_from_slice(value);
    } else {
        escaped(value, out);
    }
    Ok(())
}

/// Writes text so that LOAD DATA reads the same again.
pub fn escaped(value: &[u8], out: &mut Vec<u8>) {
    let mut rest = value;
    while let Some(at) = memchr3(b'\\', b'\t', b'\n', rest) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(match rest[at] {
            b'\\' => b"\\\\",
            b'\t' => b"\\t",
            _ => b"\\n",
        });
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

fn date(value: &[u8], out: &mut Vec<u8>) -> Result<(), Reason> {
    if french_date(value).is_some() {
        out.extend_from_slice(&value[6..]);
        out.push(b'-');
        out.extend_from_slice(&value[3..5]);
        out.push(b'-');
        out.extend_from_slice(&value[..2]);
    } else if iso_date(value).is_some() {
        out.extend_from_slice(value);
    } else {
        return Err(Reason::Date);
    }
    Ok(())
}

fn decimal(
    value: &[u8],
    before: usize,
    after: usize,
    mark: u8,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let whole = digits.iter().take_while(|b| b.is_ascii_digit()).count();
    let fraction = match digits.get(whole) {
        None => &b""[..],
        Some(found) if *found == mark && digits.len() > whole + 1 => &digits[whole + 1..],
        Some(_) => return Err(Reason::Decimal),
    };
    let is_minus_zero = digits.len() < value.len() && is_nought(digits);
    let is_plain = (whole == 1 || digits.first() != Some(&b'0')) && !is_minus_zero;
    let fits = (1..=before).contains(&whole) && fraction.len() <= after;
    if !is_plain || !fits || !fraction.iter().all(u8::is_ascii_digit) {
        return Err(Reason::Decimal);
    }
    out.extend_from_slice(&value[..value.len() - digits.len() + whole]);
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction);
    }
    Ok(())
}

fn integer(value: &[u8], largest: u64, out: &mut Vec<u8>) -> Result<(), Reason> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    // A leading zero, or minus zero, would not come back as it was written.
    let is_plain = digits == b"0" && value.len() == 1 || digits.first().is_some_and(|b| *b != b'0');
    if !is_plain || digits.len() > 18 {
        return Err(Reason::Integer);
    }
    let number = digits
        .iter()
        .try_fold(0_u64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u64::from(b - b'0')));
    if number.is_none_or(|number| number > largest) {
        return Err(Reason::Integer);
    }
    out.extend_from_slice(value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: &str, pad: usize, value: &str) -> Result<String, Reason> {
        let writer = Writer { kind: kind.parse().expect("a type"), pad, mark: b',' };
        let mut out = Vec::new();
        writer.write(value.as_bytes(), false, &mut out)?;
        Ok(String::from_utf8(out).expect("text"))
    }

    #[test]
    fn right_values_are_written_in_the_dialect() {
        for (kind, pad, value, expected) in [
            ("varchar(8)", 0, "", "\\N"),
            ("varchar(8)", 0, "\\N", "\\\\N"),
            ("varchar(8)", 0, "a\tb", "a\\tb"),
            ("varchar(4)", 0, "été!", "été!"),
            ("char(5)", 5, "1000", "01000"),
            ("date", 0, "07/01/2020", "2020-01-07"),
            ("date", 0, "2020-01-07", "2020-01-07"),
            ("decimal(14,2)", 0, "-8000,5", "-8000.5"),
            ("decimal(14,2)", 0, "12", "12"),
            ("tinyint", 0, "-127", "-127"),
            ("int", 0, "0", "0"),
        ] {
            assert_eq!(written(kind, pad, value).as_deref(), Ok(expected), "{kind} {value}");
        }
    }

    #[test]
    fn what_the_server_would_alter_is_refused() {
        for (kind, value, reason) in [
            ("varchar(3)", "toolong", Reason::TooLong),
            ("char(6)", "ab ", Reason::TooLong),
            ("date", "2020-02-31", Reason::Date),
            ("date", "7/1/2020", Reason::Date),
            ("decimal(14,2)", "1.5", Reason::Decimal),
            ("decimal(4,2)", "123,00", Reason::Decimal),
            ("decimal(4,2)", "1,234", Reason::Decimal),
            ("decimal(4,2)", "1,", Reason::Decimal),
            ("decimal(4,2)", "01,5", Reason::Decimal),
            ("decimal(4,2)", "-0,00", Reason::Decimal),
            ("int", "007", Reason::Integer),
            ("int", "-0", Reason::Integer),
            ("int", "2147483648", Reason::Integer),
            ("int", "1x", Reason::Integer),
            ("int", "-", Reason::Integer),
            ("smallint", "32768", Reason::Integer),
        ] {
            assert_eq!(written(kind, 0, value), Err(reason), "{kind} {value}");
        }
    }
}
