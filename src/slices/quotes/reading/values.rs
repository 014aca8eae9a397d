//! Single values of a document: references, days, decimals.

use std::fmt::Display;

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::faults::Faults;
use crate::domain::rule::Rule;

const FIRST_DAY: Date = date(1990, 1, 1);
const LAST_DAY: Date = date(2100, 12, 31);

/// A day that a loan of today can have.
pub(super) fn day(day: Date, pointer: impl Display, faults: &mut Faults) -> bool {
    let holds = (FIRST_DAY..=LAST_DAY).contains(&day);
    faults.check(holds, pointer, Rule::DateRange, "La date doit être entre 1990 et 2100.")
}

/// A reference: 1 to 40 letters, digits, dots, underscores or hyphens.
pub(super) fn reference(text: &str, pointer: impl Display, faults: &mut Faults) -> bool {
    let holds = (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    let detail = "Donnez une référence de 1 à 40 caractères : lettres, chiffres, points, tirets.";
    faults.check(holds, pointer, Rule::RefFormat, detail)
}

/// A positive decimal in plain digits, like `0.8`; `None` when the text is not one.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let plain = !text.is_empty()
        && text.len() <= 12
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && text.bytes().any(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}
