//! Reading what people type: `220 000 €`, `3,45`, `20 ans`, `mars`.
//!
//! Figures are ASCII digits only: a text in other digits, in words, or with a sign is no value.

use std::str::FromStr;

use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

use super::write::MONTHS;

/// Longest text that is read as one value: far above any honest typing.
const LONGEST: usize = 40;

/// An amount in euros. With a comma, the comma is the decimal mark and dots are dropped; without,
/// a dot before exactly three final digits separates thousands, and is a decimal mark otherwise.
pub fn amount(text: &str) -> Option<Cents> {
    let text = bare(text, &["parmois", "/mois", "€", "euros", "euro", "eur"])?;
    let (whole, decimals) = if text.contains(',') {
        text.split_once(',').map(|(w, d)| (without_dots(w), d))?
    } else {
        match text.rsplit_once('.') {
            Some((_, last)) if last.len() == 3 => (grouped(&text)?, ""),
            Some((whole, decimals)) => (whole.to_owned(), decimals),
            None => (text.clone(), ""),
        }
    };
    let cents = match decimals.len() {
        0 => 0,
        1 => i64::from(digits(decimals)?) * 10,
        2 => i64::from(digits(decimals)?),
        _ => return None,
    };
    Some(Cents::new(i64::from(digits(&whole)?) * 100 + cents))
}

/// An annual rate in percent: comma or dot, the percent sign is dropped.
pub fn rate(text: &str) -> Option<Rate> {
    let text = bare(text, &["%"])?.replace(',', ".");
    Rate::from_str(&text).ok()
}

/// A whole number: `100`, `1 000`, with a percent sign or not.
pub fn whole(text: &str) -> Option<u32> {
    digits(&bare(text, &["%"])?)
}

/// A term in months: a number of years, or `240 mois`, or `20 ans et 6 mois`.
pub fn term(text: &str) -> Option<u32> {
    let text = bare(text, &[])?.to_lowercase();
    let (years, months) = match text.split_once("an") {
        Some((years, rest)) => {
            let rest = rest.strip_prefix('s').unwrap_or(rest).trim_start_matches("et");
            (digits(years)?, months(rest)?)
        }
        None if text.ends_with("mois") => (0, months(&text)?),
        None => (digits(&text)?, 0),
    };
    years.checked_mul(12)?.checked_add(months)
}

/// A number of months, `24` or `24 mois`.
pub fn months_only(text: &str) -> Option<u32> {
    digits(&bare(&text.to_lowercase(), &["mois"])?)
}

/// A day of the month: `27`, `03`, `1er`.
pub fn day(text: &str) -> Option<u32> {
    let day = digits(&bare(text, &["er"])?)?;
    (day == 1 || !bare(text, &[])?.ends_with(['r', 'R'])).then_some(day)
}

/// A month by its number or its name, at least three letters of it: `3`, `03`, `mars`, `févr.`.
/// A number is given back even when no month has it: the form says so in its own words.
pub fn month(text: &str) -> Option<u32> {
    let text = bare(text, &["."])?.to_lowercase();
    if let Some(number) = digits(&text) {
        return Some(number);
    }
    let plain = unaccented(&text);
    // «jui» begins two months: a beginning must name one only.
    let mut found = (1_u32..)
        .zip(MONTHS)
        .filter(|(_, name)| plain.chars().count() >= 3 && unaccented(name).starts_with(&plain));
    match (found.next(), found.next()) {
        (Some((number, _)), None) => Some(number),
        _ => None,
    }
}

fn months(text: &str) -> Option<u32> {
    if text.is_empty() {
        return Some(0);
    }
    digits(text.strip_suffix("mois").unwrap_or(text))
}

/// The text without spaces of any sort and without a unit at its end.
fn bare(text: &str, units: &[&str]) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let mut text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for unit in units {
        let cut = text.len().checked_sub(unit.len());
        if let Some(cut) = cut.filter(|cut| text.is_char_boundary(*cut))
            && text[cut..].eq_ignore_ascii_case(unit)
        {
            text.truncate(cut);
        }
    }
    Some(text)
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn without_dots(text: &str) -> String {
    text.replace('.', "")
}

/// `1.234.567` without its dots, when each of them really separates three digits.
fn grouped(text: &str) -> Option<String> {
    let mut groups = text.split('.');
    let first = groups.next()?;
    let shaped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    shaped.then(|| without_dots(text))
}

fn unaccented(text: &str) -> String {
    // Some keyboards send a letter and its accent apart.
    let apart = |letter: &char| ('\u{300}'..='\u{36F}').contains(letter);
    text.replace(['é', 'è'], "e").replace('û', "u").chars().filter(|c| !apart(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_people_type_them() {
        for text in [
            "220000",
            "220 000",
            "220.000",
            "220 000,00 €",
            "220\u{202F}000\u{A0}€",
            "220000 EUR",
            "220.000,00 euros",
        ] {
            assert_eq!(amount(text), Some(Cents::from_euros(220_000)), "{text}");
        }
        assert_eq!(amount("58,4"), Some(Cents::new(5_840)));
        assert_eq!(amount("58.40"), Some(Cents::new(5_840)));
        assert_eq!(amount("58,40 € par mois"), Some(Cents::new(5_840)));
        assert_eq!(amount("1.234.567"), Some(Cents::from_euros(1_234_567)));
        for text in [
            "",
            "€",
            "-5",
            "deux",
            "２２０",
            "1,2,3",
            "1.2.3",
            "12.34.567x",
            "1,234,567",
            "99999999999",
            ",5",
            "1234.567",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn rates_take_comma_or_dot() {
        for text in ["3,45", "3.45", "3,450 %", " 3,45% "] {
            assert_eq!(rate(text), "3.45".parse().ok(), "{text}");
        }
        assert_eq!(rate("trois"), None);
    }

    #[test]
    fn terms_are_years_unless_said_otherwise() {
        for (text, months) in [
            ("20", 240),
            ("20 ans", 240),
            ("1 an", 12),
            ("240 mois", 240),
            ("20 ans et 6 mois", 246),
            ("20ans 6", 246),
        ] {
            assert_eq!(term(text), Some(months), "{text}");
        }
        for text in ["", "vingt", "20,5", "mois", "ans", "999999999"] {
            assert_eq!(term(text), None, "{text}");
        }
        assert_eq!(months_only("120 mois"), Some(120));
    }

    #[test]
    fn the_first_of_a_month_is_the_only_ordinal() {
        for (text, number) in
            [("27", Some(27)), (" 03 ", Some(3)), ("1er", Some(1)), ("1 ER", Some(1))]
        {
            assert_eq!(day(text), number, "{text}");
        }
        for text in ["", "er", "2er", "premier", "27 %"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn months_have_numbers_and_names() {
        for (text, number) in [
            ("3", 3),
            ("03", 3),
            ("mars", 3),
            ("Févr.", 2),
            ("aout", 8),
            ("août", 8),
            ("13", 13),
            ("fe\u{301}vrier", 2),
        ] {
            assert_eq!(month(text), Some(number), "{text}");
        }
        assert_eq!(month("jui"), None);
        assert_eq!(month("ma"), None);
    }
}
