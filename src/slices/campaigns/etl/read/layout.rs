//! How a line becomes fields. Every line is either split into exactly the fields of the dataset, or
//! refused with a reason; nothing is repaired.

use memchr::{memchr, memchr2};

use crate::slices::campaigns::etl::schema::{Definition, Encoding};

/// Why a line or a value is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Too few or too many fields.
    FieldCount,
    /// Bytes that are no text in the declared encoding.
    Utf8,
    /// A byte 0 in the line.
    NulByte,
    /// Not a day that exists.
    Date,
    /// Not a decimal, or too large for its column.
    Decimal,
    /// Not a whole number, or too large for its column.
    Integer,
    /// More characters than the column has, or a blank that it would drop.
    TooLong,
    /// Longer than any line may be.
    LineTooLong,
    /// A quoted value that does not end.
    Quote,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::FieldCount,
        Self::Utf8,
        Self::NulByte,
        Self::Date,
        Self::Decimal,
        Self::Integer,
        Self::TooLong,
        Self::LineTooLong,
        Self::Quote,
    ];

    /// Its stable word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FieldCount => "field_count",
            Self::Utf8 => "utf8",
            Self::NulByte => "nul_byte",
            Self::Date => "date",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::TooLong => "too_long",
            Self::LineTooLong => "line_too_long",
            Self::Quote => "quote",
        }
    }
}

/// How the lines of a dataset are written.
#[derive(Clone, Debug)]
pub struct Layout {
    separator: u8,
    quote: Option<u8>,
    is_windows: bool,
    has_trailing_separator: bool,
    trailer: Vec<u8>,
}

/// What is known of the lines of a block, looked at as a whole: cheaper than line by line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Survey {
    /// Every byte of it is text in the declared encoding, none of them is a byte 0.
    is_text: bool,
    /// No byte of it has a meaning for the server, so that values are sent as they are.
    is_plain: bool,
}

impl Survey {
    /// Whether the values of this line are sent as they are: no tab, no backslash.
    pub fn is_plain(self, line: &[u8]) -> bool {
        self.is_plain || memchr2(b'\\', b'\t', line).is_none()
    }
}

/// Room that is used again for each line.
#[derive(Debug, Default)]
pub struct Scratch {
    text: String,
    line: Vec<u8>,
    ends: Vec<usize>,
}

/// The fields of one line.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    line: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Fields<'a> {
    /// How many.
    pub const fn count(&self) -> usize {
        self.ends.len()
    }

    /// One of them; nothing beyond the last.
    pub fn get(&self, place: usize) -> &'a [u8] {
        let Some(end) = self.ends.get(place) else { return b"" };
        let start = if place == 0 { 0 } else { self.ends[place - 1] + 1 };
        &self.line[start..*end]
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.count()).map(move |place| self.get(place))
    }
}

impl Layout {
    /// The layout of a dataset.
    pub fn of(definition: &Definition) -> Self {
        let dataset = &definition.dataset;
        Self {
            separator: definition.separator(),
            quote: dataset.quote.bytes().next(),
            is_windows: dataset.encoding == Encoding::Windows1252,
            has_trailing_separator: dataset.trailing_separator,
            trailer: dataset.trailer.clone().into_bytes(),
        }
    }

    /// Whether the line is a trailer.
    pub fn is_trailer(&self, line: &[u8]) -> bool {
        !self.trailer.is_empty() && line.starts_with(&self.trailer)
    }

    /// Looks at whole lines, one behind the other.
    pub fn survey(&self, lines: &[u8]) -> Survey {
        let is_text = !self.is_windows && std::str::from_utf8(lines).is_ok();
        Survey {
            is_text: is_text && memchr(0, lines).is_none(),
            is_plain: memchr2(b'\\', b'\t', lines).is_none(),
        }
    }

    /// The fields of a line, as UTF-8.
    ///
    /// # Errors
    /// The line's reason to be refused, whatever its number of fields.
    pub fn split<'a>(
        &self,
        line: &'a [u8],
        scratch: &'a mut Scratch,
    ) -> Result<Fields<'a>, Reason> {
        self.split_known(line, Survey::default(), scratch)
    }

    /// The same for a line of a block that was surveyed.
    ///
    /// # Errors
    /// The same.
    pub fn split_known<'a>(
        &self,
        line: &'a [u8],
        survey: Survey,
        scratch: &'a mut Scratch,
    ) -> Result<Fields<'a>, Reason> {
        if !survey.is_text && memchr(0, line).is_some() {
            return Err(Reason::NulByte);
        }
        let Scratch { text, line: unquoted, ends } = scratch;
        let mut line = line;
        if self.is_windows {
            text.clear();
            decode(line, text)?;
            line = text.as_bytes();
        } else if !survey.is_text && std::str::from_utf8(line).is_err() {
            return Err(Reason::Utf8);
        }
        let mut separator = self.separator;
        if let Some(quote) = self.quote.filter(|quote| memchr(*quote, line).is_some()) {
            unquote(line, separator, quote, unquoted)?;
            (line, separator) = (unquoted, 0);
        }
        ends.clear();
        places(line, separator, ends);
        let ends_with_one = line.last() == Some(&separator);
        if !self.has_trailing_separator {
            ends.push(line.len());
        } else if !ends_with_one {
            return Err(Reason::FieldCount);
        }
        Ok(Fields { line, ends })
    }
}

/// Adds the places of a byte, eight bytes at a time: values are three bytes long on average, too short
/// for a search that begins anew behind each.
fn places(line: &[u8], byte: u8, out: &mut Vec<usize>) {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let pattern = u64::from_ne_bytes([byte; 8]);
    let (words, rest) = line.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let other = u64::from_le_bytes(*word) ^ pattern;
        // The high bit of each byte that is zero, and of no other.
        let mut found = !(((other & LOW) + LOW) | other | LOW);
        while found != 0 {
            out.push(number * 8 + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
    }
    let base = line.len() - rest.len();
    out.extend(rest.iter().enumerate().filter(|(_, b)| **b == byte).map(|(at, _)| base + at));
}

/// Takes the quotes away (RFC 4180), with a byte 0 as the separator, which no line has. A quote opens a
/// value only where the value begins; elsewhere it is data. After the closing one the value ends: text
/// behind it would be lost or glued, so the line is given back.
fn unquote(line: &[u8], separator: u8, quote: u8, out: &mut Vec<u8>) -> Result<(), Reason> {
    out.clear();
    let mut rest = line;
    loop {
        rest = match rest.strip_prefix(&[quote]) {
            Some(inside) => quoted(inside, quote, out)?,
            None => {
                let end = memchr(separator, rest).unwrap_or(rest.len());
                out.extend_from_slice(&rest[..end]);
                &rest[end..]
            }
        };
        match rest.split_first() {
            None => return Ok(()),
            Some((byte, after)) if *byte == separator => {
                out.push(0);
                rest = after;
            }
            Some(_) => return Err(Reason::Quote),
        }
    }
}

/// Copies a value up to its closing quote, and gives what is behind it.
fn quoted<'a>(mut rest: &'a [u8], quote: u8, out: &mut Vec<u8>) -> Result<&'a [u8], Reason> {
    loop {
        let end = memchr(quote, rest).ok_or(Reason::Quote)?;
        out.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(after) = rest.strip_prefix(&[quote]) else { return Ok(rest) };
        out.push(quote);
        rest = after;
    }
}

/// The characters of Windows-1252 from 0x80 to 0x9f; five of them are none.
const WINDOWS: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘',
    '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

fn decode(line: &[u8], text: &mut String) -> Result<(), Reason> {
    for byte in line {
        let c = match byte {
            0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
            byte => char::from(*byte),
        };
        if c == '\0' {
            return Err(Reason::Utf8);
        }
        text.push(c);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        Layout {
            separator: b'|',
            quote: None,
            is_windows: false,
            has_trailing_separator: false,
            trailer: b"File Creation".to_vec(),
        }
    }

    fn fields(layout: &Layout, line: &[u8]) -> Result<Vec<String>, Reason> {
        let mut scratch = Scratch::default();
        let fields = layout.split(line, &mut scratch)?;
        Ok(fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect())
    }

    #[test]
    fn separators_are_found_wherever_they_stand() {
        let line: Vec<u8> = (0..2000_u32)
            .map(|n| if n * n % 7 < 2 { b'|' } else { n.to_le_bytes()[0] | 0x80 })
            .collect();
        for start in 0..40 {
            for end in (start..line.len()).step_by(13) {
                let mut found = Vec::new();
                places(&line[start..end], b'|', &mut found);
                let known: Vec<usize> = memchr::memchr_iter(b'|', &line[start..end]).collect();
                assert_eq!(found, known, "{start} {end}");
            }
        }
    }

    #[test]
    fn quotes_and_backslashes_are_data() {
        let found = fields(&layout(), br#"a|"b|\N|c\|"#).expect("fields");
        assert_eq!(found, ["a", "\"b", "\\N", "c\\", ""]);
        assert_eq!(fields(&layout(), b"").expect("one"), [""]);
        assert!(layout().is_trailer(b"File Creation Time: 0102") && !layout().is_trailer(b"File"));
    }

    #[test]
    fn a_line_that_is_no_text_is_refused() {
        assert_eq!(fields(&layout(), b"a\xe9|b"), Err(Reason::Utf8));
        assert_eq!(fields(&layout(), b"a\0|b"), Err(Reason::NulByte));
    }

    #[test]
    fn a_survey_spares_no_line_that_needs_a_look() {
        let known = |lines: &[u8], line: &[u8]| {
            let mut scratch = Scratch::default();
            let survey = layout().survey(lines);
            let count = layout().split_known(line, survey, &mut scratch).map(|f| f.count());
            (count, survey.is_plain(line))
        };
        assert_eq!(known(b"a|b\nc|d\n", b"a|b"), (Ok(2), true));
        assert_eq!(known(b"a|b\nc|\xe9\n", b"a|b"), (Ok(2), true));
        assert_eq!(known(b"a|b\nc|\xe9\n", b"c|\xe9"), (Err(Reason::Utf8), true));
        assert_eq!(known(b"a|\0\n", b"a|\0"), (Err(Reason::NulByte), true));
        assert_eq!(known(b"a|b\nc|\\\n", b"a|b"), (Ok(2), true));
        assert_eq!(known(b"a|b\nc|\\\n", b"c|\\"), (Ok(2), false));
        assert_eq!(known(b"a|\t\n", b"a|\t"), (Ok(2), false));
        let windows = Layout { is_windows: true, ..layout() };
        let mut scratch = Scratch::default();
        let survey = windows.survey(b"\x81|a");
        assert!(windows.split_known(b"\x81|a", survey, &mut scratch).is_err());
    }

    #[test]
    fn windows_1252_is_read_when_declared() {
        let windows = Layout { is_windows: true, ..layout() };
        assert_eq!(fields(&windows, b"\xe9t\xe9|\x80 \x9c").expect("text"), ["été", "€ œ"]);
        assert_eq!(fields(&windows, b"\x81"), Err(Reason::Utf8));
    }

    #[test]
    fn a_separator_at_the_end_is_an_option() {
        let trailing = Layout { has_trailing_separator: true, ..layout() };
        assert_eq!(fields(&trailing, b"a|b|").expect("two"), ["a", "b"]);
        assert_eq!(fields(&trailing, b"a|b"), Err(Reason::FieldCount));
    }

    #[test]
    fn quotes_open_values_when_declared() {
        let quoted = Layout { separator: b',', quote: Some(b'"'), ..layout() };
        let found = fields(&quoted, br#"a,"b, ""c""",d"#).expect("fields");
        assert_eq!(found, ["a", "b, \"c\"", "d"]);
        assert_eq!(fields(&quoted, b"a,\"b"), Err(Reason::Quote));
        let found = fields(&quoted, br#"""",""","6"" pipe",5" nail,"","#).expect("fields");
        assert_eq!(found, ["\",\"", "6\" pipe", "5\" nail", "", ""]);
        for wrong in [&br#""a"b,c"#[..], br#"a,"b" ,c"#, br#"""a,b"#] {
            assert_eq!(fields(&quoted, wrong), Err(Reason::Quote));
        }
    }
}
