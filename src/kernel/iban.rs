//! Bank accounts (IBAN, ISO 13616) and creditor identifiers (ICS), read as a person types them, refused
//! with the reason.

use std::fmt;

/// Countries whose accounts can be debited by SEPA, with the length of their IBAN (EPC409-09).
#[rustfmt::skip]
const SEPA: &[(&str, usize)] = &[
    ("AD", 24), ("AT", 20), ("BE", 16), ("BG", 22), ("CH", 21), ("CY", 28), ("CZ", 24), ("DE", 22),
    ("DK", 18), ("EE", 20), ("ES", 24), ("FI", 18), ("FR", 27), ("GB", 22), ("GI", 23), ("GR", 27),
    ("HR", 21), ("HU", 28), ("IE", 22), ("IS", 26), ("IT", 27), ("LI", 21), ("LT", 20), ("LU", 20),
    ("LV", 21), ("MC", 27), ("MT", 31), ("NL", 18), ("NO", 15), ("PL", 28), ("PT", 25), ("RO", 24),
    ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("VA", 22),
];

/// An account that can be debited: in capitals, without spaces. It prints masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Iban(Box<str>);

/// What is wrong with an IBAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IbanError {
    /// Nothing was typed.
    #[error("no account")]
    Missing,
    /// A character that no IBAN has.
    #[error("a character that is neither a letter nor a digit")]
    Character,
    /// It does not begin with a country and two digits.
    #[error("no country and check digits at the beginning")]
    Shape,
    /// A country outside SEPA.
    #[error("an account outside SEPA")]
    NotSepa,
    /// Characters are missing.
    #[error("{0} characters are missing")]
    Short(usize),
    /// Characters are too many.
    #[error("{0} characters are too many")]
    Long(usize),
    /// The check digits do not fit: a character is wrong, or two are exchanged.
    #[error("the check digits do not fit")]
    Check,
}

impl Iban {
    /// Reads what a person typed: spaces, dots and hyphens between the groups are theirs.
    ///
    /// # Errors
    /// The first reason that it cannot be debited.
    pub fn read(typed: &str) -> Result<Self, IbanError> {
        let between = |c: &char| !c.is_whitespace() && !matches!(c, '.' | '-' | '\u{202f}');
        let text: String = typed.chars().filter(between).flat_map(char::to_uppercase).collect();
        if text.is_empty() {
            return Err(IbanError::Missing);
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(IbanError::Character);
        }
        let begins = text.as_bytes().get(..4).and_then(|four| four.split_at_checked(2));
        let is_shaped = begins.is_some_and(|(country, check)| {
            country.iter().all(u8::is_ascii_alphabetic) && check.iter().all(u8::is_ascii_digit)
        });
        if !is_shaped {
            return Err(IbanError::Shape);
        }
        let country = SEPA.iter().find(|(code, _)| text.starts_with(code));
        let (_, length) = country.ok_or(IbanError::NotSepa)?;
        if text.len() < *length {
            return Err(IbanError::Short(length - text.len()));
        }
        if text.len() > *length {
            return Err(IbanError::Long(text.len() - length));
        }
        let turned = text.get(4..).into_iter().chain(text.get(..4)).flat_map(str::bytes);
        let is_whole = remainder(turned) == Some(1) && rib_fits(&text);
        if is_whole { Ok(Self(text.into())) } else { Err(IbanError::Check) }
    }

    /// The account, for whoever must debit it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account as a person recognises it: country and last three characters.
    pub fn masked(&self) -> String {
        let last = self.0.get(self.0.len() - 3..).unwrap_or_default();
        format!("{}•• •••• {last}", self.0.get(..2).unwrap_or_default())
    }

    /// In groups of four, as it stands on a bank's paper.
    pub fn grouped(&self) -> String {
        let characters: Vec<char> = self.0.chars().collect();
        let groups: Vec<String> =
            characters.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Remainder by 97 of the number that the characters spell, letters counting 10 to 35; `None` when one
/// is neither letter nor digit.
fn remainder(characters: impl Iterator<Item = u8>) -> Option<u32> {
    let mut rest = 0;
    for byte in characters {
        let value = char::from(byte).to_digit(36)?;
        rest = (rest * if value < 10 { 10 } else { 100 } + value) % 97;
    }
    Some(rest)
}

/// The key of a French account (*clé RIB*), a second check inside the first: bank, branch and account
/// weighted 89, 15 and 3. Monaco's accounts are made the same way.
fn rib_fits(iban: &str) -> bool {
    if !iban.starts_with("FR") && !iban.starts_with("MC") {
        return true;
    }
    let number = |from, to| iban.get(from..to).and_then(digits);
    let parts = (number(4, 9), number(9, 14), number(14, 25), number(25, 27));
    let (Some(bank), Some(branch), Some(account), Some(key)) = parts else { return false };
    let weighted = (89 * bank + 15 * branch + 3 * account) % 97;
    key == 97 - weighted
}

/// The number that the characters spell by the table of French accounts: A and J are 1, B, K and S
/// are 2, and so on.
fn digits(text: &str) -> Option<u64> {
    text.bytes().try_fold(0, |number, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'I' => byte - b'A' + 1,
            b'J'..=b'R' => byte - b'J' + 1,
            b'S'..=b'Z' => byte - b'S' + 2,
            _ => return None,
        };
        Some(number * 10 + u64::from(digit))
    })
}

/// The creditor identifier of a French creditor (*ICS*), from its national number of six characters.
/// The business code `ZZZ` does not count in the check digits.
pub fn creditor_identifier(national: &str) -> Option<String> {
    let is_number = national.len() == 6 && national.bytes().all(|b| b.is_ascii_alphanumeric());
    let rest = remainder(national.bytes().chain(*b"FR00")).filter(|_| is_number)?;
    Some(format!("FR{:02}ZZZ{national}", 98 - rest))
}

/// Whether this is a creditor identifier (*ICS*, EPC262-08): a country, two check digits, a business code of three
/// characters that does not count in them, and a national number.
pub fn is_creditor_identifier(text: &str) -> bool {
    let is_shaped = (8..=35).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && text.bytes().skip(2).take(2).all(|b| b.is_ascii_digit());
    is_shaped && remainder(text.bytes().skip(7).chain(text.bytes().take(4))) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "FR7630006000011234567890189";

    #[test]
    fn accounts_are_read_as_people_type_them() {
        for typed in [
            "FR76 3000 6000 0112 3456 7890 189",
            "fr7630006000011234567890189",
            "FR76-3000-6000-0112-3456-7890-189",
        ] {
            assert_eq!(Iban::read(typed).expect(typed).as_str(), RIGHT);
        }
        for other in [
            "DE89370400440532013000",
            "BE68539007547034",
            "GB29NWBK60161331926819",
            "MC5811222000010123456789030",
        ] {
            assert!(Iban::read(other).is_ok(), "{other}");
        }
    }

    #[test]
    fn each_fault_has_its_reason() {
        for (typed, error) in [
            ("", IbanError::Missing),
            ("FR76 3000 6000 0112 3456 7890 1é9", IbanError::Character),
            ("US64 1234", IbanError::NotSepa),
            ("1234", IbanError::Shape),
            ("bonjour", IbanError::Shape),
            ("FR", IbanError::Shape),
            ("FR76 3000 6000 0112 3456 7890 1", IbanError::Short(2)),
            ("FR76 3000 6000 0112 3456 7890 1890", IbanError::Long(1)),
            ("FR76 3000 6000 0112 3456 7890 198", IbanError::Check),
            ("FR77 3000 6000 0112 3456 7890 189", IbanError::Check),
        ] {
            assert_eq!(Iban::read(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        for place in 2..RIGHT.len() {
            for digit in b'0'..=b'9' {
                let mut other = RIGHT.as_bytes().to_vec();
                if other[place] == digit {
                    continue;
                }
                other[place] = digit;
                let other = String::from_utf8(other).expect("digits");
                assert!(Iban::read(&other).is_err(), "{other}");
            }
        }
    }

    #[test]
    fn an_account_prints_masked_and_a_creditor_is_checked() {
        let iban = Iban::read(RIGHT).expect("right");
        assert_eq!(format!("{iban:?}"), "FR•• •••• 189");
        assert_eq!(iban.grouped(), "FR76 3000 6000 0112 3456 7890 189");
        assert_eq!(creditor_identifier("123456").as_deref(), Some("FR72ZZZ123456"));
        assert_eq!(creditor_identifier("12345"), None);
        // The example of the rulebook (EPC262-08), and another business code.
        for right in ["FR72ZZZ123456", "FR72ABC123456", "DE98ZZZ09999999999"] {
            assert!(is_creditor_identifier(right), "{right}");
        }
        for wrong in ["FR12ZZZ123456", "FR72ZZZ123457", "fr72zzz123456", "FR72ZZZ", "à compléter"]
        {
            assert!(!is_creditor_identifier(wrong), "{wrong}");
        }
    }
}
