//! Types of columns, as the schema file writes them: `varchar(40)`, `char(6)`, `decimal(14,2)`,
//! `tinyint` to `bigint`, `date`. The same words are SQL on both engines.

use std::fmt;
use std::str::FromStr;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Text of at most so many characters.
    Varchar(u16),
    /// A code of exactly so many characters, or fewer.
    Char(u16),
    /// One digit, so to speak: a small closed list.
    Tinyint,
    /// Up to 32 767.
    Smallint,
    /// Up to 2 147 483 647.
    Int,
    /// Up to 18 digits here.
    Bigint,
    /// An exact decimal: digits in all, digits after the point.
    Decimal(u8, u8),
    /// A civil date.
    Date,
}

/// What a type is, without its size: a file may widen a size, never change a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text and codes.
    Text,
    /// Whole numbers.
    Integer,
    /// Decimals.
    Decimal,
    /// Dates.
    Date,
}

/// A text that is no type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no type: varchar(n), char(n), tinyint, smallint, int, bigint, decimal(n,s), date"
)]
pub struct UnknownType(String);

impl ColumnType {
    /// The type without its size.
    pub const fn shape(self) -> Shape {
        match self {
            Self::Varchar(_) | Self::Char(_) => Shape::Text,
            Self::Tinyint | Self::Smallint | Self::Int | Self::Bigint => Shape::Integer,
            Self::Decimal(..) => Shape::Decimal,
            Self::Date => Shape::Date,
        }
    }

    /// The largest absolute value of a whole number.
    pub const fn largest(self) -> u64 {
        match self {
            Self::Tinyint => 127,
            Self::Smallint => 32_767,
            Self::Int => 2_147_483_647,
            _ => 999_999_999_999_999_999,
        }
    }

    /// The smallest whole-number type for so many digits, with room for one more.
    pub const fn integer(digits: usize) -> Self {
        match digits {
            0 | 1 => Self::Tinyint,
            2 | 3 => Self::Smallint,
            4..=8 => Self::Int,
            _ => Self::Bigint,
        }
    }

    /// Text for so many characters, with a quarter of room, in steps of eight.
    pub fn text(longest: usize) -> Self {
        let with_room = longest + longest.div_ceil(4);
        let length = with_room.div_ceil(8).max(1) * 8;
        Self::Varchar(u16::try_from(length.min(8000)).unwrap_or(8000))
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Varchar(n) => write!(f, "varchar({n})"),
            Self::Char(n) => write!(f, "char({n})"),
            Self::Tinyint => f.write_str("tinyint"),
            Self::Smallint => f.write_str("smallint"),
            Self::Int => f.write_str("int"),
            Self::Bigint => f.write_str("bigint"),
            Self::Decimal(n, s) => write!(f, "decimal({n},{s})"),
            Self::Date => f.write_str("date"),
        }
    }
}

impl FromStr for ColumnType {
    type Err = UnknownType;

    fn from_str(text: &str) -> Result<Self, UnknownType> {
        let unknown = || UnknownType(text.to_owned());
        let (word, sizes) = match text.split_once('(') {
            Some((word, rest)) => (word, rest.strip_suffix(')').ok_or_else(unknown)?),
            None => (text, ""),
        };
        let size = |text: &str, most: u16| {
            text.trim().parse::<u16>().ok().filter(|n| (1..=most).contains(n)).ok_or_else(unknown)
        };
        Ok(match word {
            "varchar" => Self::Varchar(size(sizes, 8000)?),
            "char" => Self::Char(size(sizes, 255)?),
            "decimal" => decimal(sizes).ok_or_else(unknown)?,
            _ if !sizes.is_empty() => return Err(unknown()),
            "tinyint" => Self::Tinyint,
            "smallint" => Self::Smallint,
            "int" => Self::Int,
            "bigint" => Self::Bigint,
            "date" => Self::Date,
            _ => return Err(unknown()),
        })
    }
}

fn decimal(sizes: &str) -> Option<ColumnType> {
    let (digits, scale) = sizes.split_once(',')?;
    let (digits, scale): (u8, u8) = (digits.trim().parse().ok()?, scale.trim().parse().ok()?);
    let is_right = (1..=38).contains(&digits) && scale <= digits && scale <= 20;
    is_right.then_some(ColumnType::Decimal(digits, scale))
}

impl serde::Serialize for ColumnType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ColumnType {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_they_are_read() {
        for text in ["varchar(40)", "char(6)", "decimal(14,2)", "tinyint", "int", "bigint", "date"]
        {
            assert_eq!(text.parse::<ColumnType>().expect("a type").to_string(), text);
        }
        for wrong in
            ["", "text", "varchar", "varchar(0)", "varchar(9000)", "decimal(3,4)", "int(4)"]
        {
            assert!(wrong.parse::<ColumnType>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_leave_room() {
        assert_eq!(ColumnType::text(0), ColumnType::Varchar(8));
        assert_eq!(ColumnType::text(8), ColumnType::Varchar(16));
        assert_eq!(ColumnType::text(33), ColumnType::Varchar(48));
        assert_eq!(ColumnType::integer(4), ColumnType::Int);
    }
}
