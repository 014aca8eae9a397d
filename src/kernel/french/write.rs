//! Printing: `1 234,56 €`, `0,18 %`, `22 novembre 2026`, `20 ans et 6 mois`.

use std::str::FromStr;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::kernel::money::Cents;

/// Space inside a number and before `;`, `!` and `?`: narrow, and never a line's end.
pub const THIN: char = '\u{202F}';
/// Space before a unit, `:` and `»`: never a line's end.
pub const HARD: char = '\u{A0}';
/// The sign of a negative number, as wide as a plus.
pub const MINUS: char = '\u{2212}';

/// Names of the months, January first.
pub const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// Paris time by the European rule, so that no time-zone file is needed to print a day.
const PARIS: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// A whole number, by groups of three digits.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    if value < 0 {
        text.push(MINUS);
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// Words that begin a sentence.
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// An amount to the cent: `1 234,56 €`.
pub fn euros(amount: Cents) -> String {
    let sign = if amount.get() < 0 { "\u{2212}" } else { "" };
    let cents = amount.abs().get();
    format!("{sign}{},{:02}{HARD}€", number(cents / 100), cents % 100)
}

/// An amount without decimals when it is whole: `220 000 €`, but `62,50 €`.
pub fn euros_short(amount: Cents) -> String {
    if amount.get() % 100 == 0 {
        format!("{}{HARD}€", number(amount.get() / 100))
    } else {
        euros(amount)
    }
}

/// An amount to the nearest euro, for tables that show how a number moves.
pub fn euros_round(amount: Cents) -> String {
    let cents = amount.get();
    format!("{}{HARD}€", number((cents + 50 * cents.signum()) / 100))
}

/// A decimal text in percent, rounded half-up to `decimals`: `0.1758` is `0,18 %`. A text that is
/// not a number is printed as it came: nothing invented.
pub fn percent(text: &str, decimals: u32) -> String {
    let Ok(value) = Decimal::from_str(text) else {
        return text.to_owned();
    };
    let mut value = value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(decimals);
    let figures = value.abs().to_string().replace('.', ",");
    let sign = if value.is_sign_negative() && !value.is_zero() { "\u{2212}" } else { "" };
    format!("{sign}{figures}{HARD}%")
}

/// A nominal rate with the decimals that it needs, two at least: `3,45 %`, `4,793 %`.
pub fn rate(text: &str) -> String {
    let needed = Decimal::from_str(text).map_or(2, |value| value.normalize().scale());
    percent(text, needed.max(2))
}

/// A day: `22 novembre 2026`, `1er janvier 2027`.
pub fn day(date: Date) -> String {
    let ordinal = if date.day() == 1 { "er" } else { "" };
    format!("{}{ordinal}{HARD}{}", date.day(), month(date))
}

/// A month: `novembre 2026`.
pub fn month(date: Date) -> String {
    let name = usize::try_from(date.month() - 1).map_or("", |place| MONTHS[place]);
    format!("{name} {}", date.year())
}

/// The day in Paris of a moment written as RFC 3339, in words; `None` when it is not a moment.
pub fn day_of_moment(text: &str) -> Option<String> {
    date_of_moment(text).map(day)
}

/// The day in Paris of a moment written as RFC 3339; `None` when it is not a moment.
pub fn date_of_moment(text: &str) -> Option<Date> {
    let moment: Timestamp = text.parse().ok()?;
    let paris = TimeZone::posix(PARIS).ok()?;
    Some(moment.to_zoned(paris).date())
}

/// The size of a file: `84 Ko`, `1,2 Mo`; never less than one.
pub fn bytes(size: u64) -> String {
    let kilo = size.div_ceil(1000).max(1);
    if kilo < 1000 {
        return format!("{kilo}{HARD}Ko");
    }
    let tenths = size.div_ceil(100_000);
    match tenths % 10 {
        0 => format!("{}{HARD}Mo", tenths / 10),
        tenth => format!("{},{tenth}{HARD}Mo", tenths / 10),
    }
}

/// A term in years and months: `20 ans`, `20 ans et 6 mois`, `11 mois`.
pub fn duration(months: u32) -> String {
    let (years, rest) = (months / 12, months % 12);
    let unit = if years == 1 { "an" } else { "ans" };
    match (years, rest) {
        (0, _) => format!("{rest}{HARD}mois"),
        (_, 0) => format!("{years}{HARD}{unit}"),
        _ => format!("{years}{HARD}{unit} et {rest}{HARD}mois"),
    }
}

/// A sentence with the spaces of French typography, when it was written with plain ones.
pub fn spaced(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        let letter = match (before, letter, after) {
            (_, ' ', ';' | '!' | '?') => THIN,
            (_, ' ', ':' | '»' | '€' | '%') | ('«', ' ', _) => HARD,
            _ => letter,
        };
        spaced.push(letter);
        before = letter;
    }
    spaced.replace('\'', "’")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn amounts_have_the_spaces_of_french() {
        assert_eq!(euros(Cents::new(123_456)), "1\u{202F}234,56\u{A0}€");
        assert_eq!(euros(Cents::new(-5)), "\u{2212}0,05\u{A0}€");
        assert_eq!(euros_short(Cents::from_euros(3_000_000)), "3\u{202F}000\u{202F}000\u{A0}€");
        assert_eq!(euros_short(Cents::new(6_250)), "62,50\u{A0}€");
        assert_eq!(euros_round(Cents::new(123_450)), "1\u{202F}235\u{A0}€");
        assert_eq!(number(999), "999");
    }

    #[test]
    fn percentages_round_half_up() {
        assert_eq!(percent("0.1758", 2), "0,18\u{A0}%");
        assert_eq!(percent("0.125", 2), "0,13\u{A0}%");
        assert_eq!(percent("-0.001", 2), "0,00\u{A0}%");
        assert_eq!(percent("3", 2), "3,00\u{A0}%");
        assert_eq!(rate("4.793"), "4,793\u{A0}%");
        assert_eq!(rate("3.5"), "3,50\u{A0}%");
        assert_eq!(percent("?", 2), "?");
    }

    #[test]
    fn days_are_those_of_paris() {
        assert_eq!(day(date(2027, 1, 1)), "1er\u{A0}janvier 2027");
        assert_eq!(day_of_moment("2026-11-22T23:30:00Z").as_deref(), Some("23\u{A0}novembre 2026"));
        assert_eq!(day_of_moment("2026-07-01T22:30:00Z").as_deref(), Some("2\u{A0}juillet 2026"));
        assert_eq!(day_of_moment("hier"), None);
    }

    #[test]
    fn sentences_get_their_spaces() {
        let plain = "L'offre « A » couvre 80 % : assez ?";
        let good = "L’offre «\u{A0}A\u{A0}» couvre 80\u{A0}%\u{A0}: assez\u{202F}?";
        assert_eq!(spaced(plain), good);
        assert_eq!(spaced(good), good);
    }

    #[test]
    fn durations_name_years_first() {
        assert_eq!(duration(240), "20\u{A0}ans");
        assert_eq!(duration(13), "1\u{A0}an et 1\u{A0}mois");
        assert_eq!(duration(11), "11\u{A0}mois");
    }
}
