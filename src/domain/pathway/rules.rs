//! Thresholds of the routing, with the day from which they hold: a decree may raise the law's
//! limits (art. L113-2-1 C. ass., last paragraph).

use jiff::civil::Date;
use serde::Deserialize;

use crate::kernel::calendar::iso;
use crate::kernel::money::Cents;

/// One edition of the thresholds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// First day on which they hold.
    #[serde(with = "iso")]
    pub valid_from: Date,
    /// Insured share of all outstanding credits up to which the law forbids health questions.
    pub protected_capital_cents: Cents,
    /// The law protects who repays everything before this birthday.
    pub protected_before_age: i32,
    /// Youngest age insured.
    pub entry_age_min: i32,
    /// First age that is not insured any more.
    pub entry_age_end: i32,
    /// Largest insured share of all outstanding credits.
    pub capital_max_cents: Cents,
    /// The last repayment comes before this birthday.
    pub end_before_age: i32,
    /// Bands of the short declaration (P2); the first that fits wins.
    pub short_declaration: Vec<ShortBand>,
    /// Countries of residence, ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
}

/// Who may make a short declaration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortBand {
    /// Younger than this at the first day of cover.
    pub age_below: i32,
    /// Cumulated capital up to this.
    pub capital_max_cents: Cents,
    /// Younger than this at the last repayment.
    pub end_age_below: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Editions {
    edition: Vec<Rules>,
}

/// Editions shipped with the product.
const EDITIONS: &str = include_str!("../../../products/routing.toml");

impl Rules {
    /// Reads editions, oldest first.
    ///
    /// # Errors
    /// The reader's message when the text is not such a list.
    pub fn parse(text: &str) -> Result<Vec<Self>, toml::de::Error> {
        toml::from_str(text).map(|editions: Editions| editions.edition)
    }

    /// The shipped editions, oldest first.
    ///
    /// # Errors
    /// As [`Self::parse`]; a test keeps it from happening.
    pub fn shipped() -> Result<Vec<Self>, toml::de::Error> {
        Self::parse(EDITIONS)
    }

    /// The edition that holds on `day`: the last that has begun, the oldest before all.
    pub fn on(editions: &[Self], day: Date) -> Option<&Self> {
        let begun = editions.iter().rfind(|rules| rules.valid_from <= day);
        begun.or_else(|| editions.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_editions_are_in_order() {
        let editions = Rules::shipped().expect("products/routing.toml");
        assert!(editions.is_sorted_by_key(|rules| rules.valid_from) && !editions.is_empty());
        let first = &editions[0];
        assert_eq!(Rules::on(&editions, Date::constant(2000, 1, 1)), Some(first));
    }
}
