//! The class of one value. Every value is of exactly one class; no value is ever guessed from others.

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nothing.
    Empty,
    /// Digits, perhaps after a minus sign, without a leading zero.
    Integer,
    /// Digits with a leading zero: a code.
    ZeroInteger,
    /// `12,50`.
    CommaDecimal,
    /// `12.50`.
    PointDecimal,
    /// `31/12/2020`, a day that exists.
    FrenchDate,
    /// `2020-12-31`, a day that exists.
    IsoDate,
    /// Anything else.
    Text,
}

impl Class {
    /// How many classes there are.
    pub const COUNT: usize = 8;

    /// The classes, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Empty,
        Self::Integer,
        Self::ZeroInteger,
        Self::CommaDecimal,
        Self::PointDecimal,
        Self::FrenchDate,
        Self::IsoDate,
        Self::Text,
    ];

    /// The class of decimals with this mark.
    pub fn of_decimals(mark: &str) -> Self {
        if mark == "." { Self::PointDecimal } else { Self::CommaDecimal }
    }

    /// Its word in the evidence.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Integer => "integer",
            Self::ZeroInteger => "leading zero",
            Self::CommaDecimal => "comma decimal",
            Self::PointDecimal => "point decimal",
            Self::FrenchDate => "dd/mm/yyyy",
            Self::IsoDate => "yyyy-mm-dd",
            Self::Text => "text",
        }
    }
}

/// A value, classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// What it looks like.
    pub class: Class,
    /// Digits before the mark; of whole numbers, all of them.
    pub digits: usize,
    /// Digits after the mark.
    pub scale: usize,
}

const TEXT: Seen = Seen { class: Class::Text, digits: 0, scale: 0 };

/// Longer digit strings are codes: no whole-number column holds them exactly.
const LONGEST_INTEGER: usize = 18;

/// Classifies a value.
pub(super) fn classify(value: &[u8]) -> Seen {
    let Some(first) = value.first() else {
        return Seen { class: Class::Empty, digits: 0, scale: 0 };
    };
    if !first.is_ascii_digit() && *first != b'-' {
        return TEXT;
    }
    let body = if *first == b'-' { &value[1..] } else { value };
    let digits = body.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = &body[digits..];
    let is_signed = body.len() != value.len();
    match rest.first() {
        None if digits > 0 => integer(body, digits, is_signed),
        Some(b',' | b'.') if digits > 0 && !(is_signed && is_nought(body)) => {
            decimal(body, digits, &rest[1..], rest[0])
        }
        Some(b'/') if !is_signed && french_date(value).is_some() => date(Class::FrenchDate),
        Some(b'-') if !is_signed && iso_date(value).is_some() => date(Class::IsoDate),
        _ => TEXT,
    }
}

const fn date(class: Class) -> Seen {
    Seen { class, digits: 0, scale: 0 }
}

fn integer(body: &[u8], digits: usize, is_signed: bool) -> Seen {
    let class = match body {
        [b'0', _, ..] => Class::ZeroInteger,
        // Minus zero would not come back as it was written.
        [b'0'] if is_signed => Class::Text,
        _ if digits > LONGEST_INTEGER => Class::ZeroInteger,
        _ => Class::Integer,
    };
    Seen { class, digits, scale: 0 }
}

fn decimal(body: &[u8], digits: usize, fraction: &[u8], mark: u8) -> Seen {
    let is_number = !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit);
    // `007,5` would lose its zeros.
    let is_plain = digits == 1 || body.first() != Some(&b'0');
    if !is_number || !is_plain {
        return TEXT;
    }
    let class = if mark == b',' { Class::CommaDecimal } else { Class::PointDecimal };
    Seen { class, digits, scale: fraction.len() }
}

/// Whether no digit says anything: minus zero would not come back as it was written.
pub fn is_nought(body: &[u8]) -> bool {
    !body.iter().any(|b| matches!(b, b'1'..=b'9'))
}

/// The day of `dd/mm/yyyy`, as year, month, day.
pub fn french_date(value: &[u8]) -> Option<(u16, u8, u8)> {
    let &[a, b, b'/', c, d, b'/', e, f, g, h] = value else { return None };
    day_of([e, f, g, h], [c, d], [a, b])
}

/// The day of `yyyy-mm-dd`.
pub fn iso_date(value: &[u8]) -> Option<(u16, u8, u8)> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = value else { return None };
    day_of([a, b, c, d], [e, f], [g, h])
}

fn day_of(year: [u8; 4], month: [u8; 2], day: [u8; 2]) -> Option<(u16, u8, u8)> {
    let number = |text: &[u8]| {
        text.iter()
            .try_fold(0_u16, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u16::from(b - b'0')))
    };
    let (year, month, day) = (number(&year)?, number(&month)?, number(&day)?);
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    let is_day = year >= 1000 && (1..=last).contains(&day);
    is_day.then(|| (year, month.to_le_bytes()[0], day.to_le_bytes()[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_one_class() {
        let class = |text: &str| classify(text.as_bytes()).class;
        for (text, expected) in [
            ("", Class::Empty),
            ("0", Class::Integer),
            ("-12", Class::Integer),
            ("-0", Class::Text),
            ("000001", Class::ZeroInteger),
            ("1234567890123456789", Class::ZeroInteger),
            ("8000,00", Class::CommaDecimal),
            ("0,5", Class::CommaDecimal),
            ("-1,5", Class::CommaDecimal),
            ("-0,05", Class::CommaDecimal),
            ("-0,00", Class::Text),
            ("1,5E3", Class::Text),
            ("12.5", Class::PointDecimal),
            ("007,5", Class::Text),
            (",5", Class::Text),
            ("5,", Class::Text),
            ("1 234,56", Class::Text),
            ("29/02/2020", Class::FrenchDate),
            ("29/02/2021", Class::Text),
            ("31/04/2021", Class::Text),
            ("2020-12-31", Class::IsoDate),
            ("2020-13-01", Class::Text),
            ("2A", Class::Text),
            ("B063", Class::Text),
            ("-", Class::Text),
        ] {
            assert_eq!(class(text), expected, "{text}");
        }
    }

    #[test]
    fn digits_are_counted_on_both_sides() {
        assert_eq!(classify(b"-1250,75"), Seen { class: Class::CommaDecimal, digits: 4, scale: 2 });
    }
}
