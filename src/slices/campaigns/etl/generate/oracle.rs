//! What a right load of the generated file must find, counted while it is written and never read back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts and sums of one generated file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oracle {
    /// Lines in all, with the header.
    pub lines: u64,
    /// Lines that must be loaded.
    pub rows: u64,
    /// Lines that must be given back, reason by reason.
    pub rejects: BTreeMap<String, u64>,
    /// Empty lines.
    pub blanks: u64,
    /// Sum of the prices of all rows, in cents.
    pub price_cents: u64,
    /// Rows without a price.
    pub without_price: u64,
    /// Sales.
    pub sales: u64,
    /// Rows with a quotation mark in the street.
    pub quotes: u64,
    /// Rows with a backslash in the street.
    pub backslashes: u64,
    /// Rows of Corsica.
    pub corsica: u64,
    /// Rows whose first lot has a letter.
    pub lots_with_letters: u64,
    /// Sum of the lengths of the streets, in characters.
    pub street_characters: u64,
}
