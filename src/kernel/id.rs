//! Identifiers: UUIDv7 in sixteen bytes, typed text outside (`quo_…`), and human numbers with a
//! check digit.

use std::hash::{Hash, Hasher};
use std::{fmt, marker::PhantomData, str::FromStr};

use uuid::Uuid;

/// What an identifier names: gives it its prefix, so that two sorts are never taken for another.
pub trait Sort {
    /// The letters before the underscore.
    const PREFIX: &'static str;
}

/// An identifier of one sort of thing. The text form is the prefix, `_`, and 32 hex digits.
pub struct Id<S> {
    uuid: Uuid,
    sort: PhantomData<fn() -> S>,
}

/// A text that is not an identifier of this sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this sort")]
pub struct IdError;

impl<S: Sort> Id<S> {
    /// The identifier with these sixteen bytes.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, sort: PhantomData }
    }

    /// The sixteen bytes, as they are stored.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<S> Clone for Id<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Id<S> {}

impl<S> PartialEq for Id<S> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<S> Eq for Id<S> {}

impl<S> Hash for Id<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<S: Sort> fmt::Display for Id<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", S::PREFIX, self.uuid.simple())
    }
}

impl<S: Sort> fmt::Debug for Id<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<S: Sort> FromStr for Id<S> {
    type Err = IdError;

    /// Reads the text form, in lower case only: one thing has one address.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let hex = text.strip_prefix(S::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        let hex = hex.filter(|hex| {
            hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        });
        let uuid = hex.and_then(|hex| Uuid::try_parse(hex).ok()).ok_or(IdError)?;
        Ok(Self::from_uuid(uuid))
    }
}

/// The check digit of a string of digits: ISO 7064 MOD 11,10, which finds every single wrong digit
/// and nearly every exchange of two neighbours. `None` when a character is not a digit.
pub fn check_digit(digits: &str) -> Option<u8> {
    let mut product = 10_u32;
    for character in digits.chars() {
        let sum = (product + character.to_digit(10)?) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    u8::try_from((11 - product) % 10).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing;
    impl Sort for Thing {
        const PREFIX: &'static str = "thi";
    }

    #[test]
    fn text_form_round_trips_and_other_sorts_are_refused() {
        let id = Id::<Thing>::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in [
            "",
            "thi_",
            "quo_01900000000070008000000000000001",
            "thi_0190000000007000800000000000000G",
        ] {
            assert_eq!(text.parse::<Id<Thing>>(), Err(IdError), "{text}");
        }
    }

    #[test]
    fn check_digit_is_that_of_the_standard() {
        // The example of ISO 7064: 0794 has the check digit 5.
        assert_eq!(check_digit("0794"), Some(5));
        assert_eq!(check_digit("07a4"), None);
    }

    #[test]
    fn check_digit_sees_every_single_error() {
        let number = "20260001234";
        let right = check_digit(number);
        for place in 0..number.len() {
            for digit in b'0'..=b'9' {
                let mut other = number.as_bytes().to_vec();
                if other[place] == digit {
                    continue;
                }
                other[place] = digit;
                let other = String::from_utf8(other).expect("digits");
                assert_ne!(check_digit(&other), right, "{other}");
            }
        }
    }
}
