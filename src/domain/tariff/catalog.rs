//! The versions of the tariff that this build knows, read from `products/`.
//!
//! The files are compiled in: a price depends on nothing that could change under a running server.
//! A version stays here as long as a quote may be pinned to it.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::commission::Parts;
use super::table::{AgeRates, Coefficients, Tariff};
use crate::kernel::money::Cents;

/// Name of the version that prices new simulations.
pub const CURRENT: &str = "demo-v1";

/// Every version shipped: its factors and its rates.
const VERSIONS: [(&str, &str); 1] = [(
    include_str!("../../../products/demo-v1/tariff.toml"),
    include_str!("../../../products/demo-v1/rates.csv"),
)];

const COLUMNS: &str = "age,rate_death,rate_ptia,rate_ipt,itt_months_f30,itt_months_f60,\
itt_months_f90,ipp_entry,inv_years_5,inv_years_10,inv_years_15,inv_years_20,inv_years_25";

/// Why the files of a version cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The factors.
    #[error("tariff.toml: {0}")]
    Factors(#[from] toml::de::Error),
    /// A line of the rates.
    #[error("rates.csv, line {line}: {expected}")]
    Rates {
        /// Number of the line, from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The version that prices new simulations is not among the files.
    #[error("the current version {CURRENT} is not shipped")]
    NoCurrent,
}

/// The version that prices new simulations.
///
/// # Errors
/// [`CatalogError`] when a file cannot be read; a test keeps it from happening.
pub fn current() -> Result<Tariff, CatalogError> {
    for (factors, rates) in VERSIONS {
        let tariff = parse(factors, rates)?;
        if tariff.version == CURRENT {
            return Ok(tariff);
        }
    }
    Err(CatalogError::NoCurrent)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "valid_from")]
    _valid_from: String,
    factors: Factors,
    loads: Loads,
    ipp: Ipp,
    collection: Collection,
    commission: Commission,
    /// Read by the derivation and its test.
    #[serde(rename = "derivation")]
    _derivation: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Factors {
    smoker_death: Decimal,
    smoker_disability: Decimal,
    mno_excluded: Decimal,
    sport_loading_percent: Decimal,
    class: Classes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Classes {
    c1: Decimal,
    c2: Decimal,
    c3: Decimal,
    c4: Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Loads {
    commission: Decimal,
    management: Decimal,
    margin: Decimal,
    tax: Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ipp {
    benefit_percent: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collection {
    minimum_cents: Cents,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Commission {
    linear: Linear,
    precompte: Precompte,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Linear {
    rate: Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Precompte {
    first_year: Decimal,
    following_years: Decimal,
    clawback_months: u32,
}

/// Reads one version from the text of its two files.
///
/// # Errors
/// [`CatalogError`] with the line or key that is wrong.
pub fn parse(factors: &str, rates: &str) -> Result<Tariff, CatalogError> {
    let file: File = toml::from_str(factors)?;
    let (first_age, rates) = parse_rates(rates)?;
    Ok(Tariff {
        version: file.version.clone(),
        first_age,
        rates,
        coefficients: file.coefficients(),
    })
}

impl File {
    fn coefficients(&self) -> Coefficients {
        let (factors, loads, precompte) = (&self.factors, &self.loads, &self.commission.precompte);
        let classes = &factors.class;
        Coefficients {
            class: [classes.c1, classes.c2, classes.c3, classes.c4],
            smoker_death: factors.smoker_death,
            smoker_other: factors.smoker_disability,
            mno_excluded: factors.mno_excluded,
            tax: loads.tax,
            benefit_part: Decimal::ONE - loads.commission - loads.management - loads.margin,
            ipp_part: Decimal::from(self.ipp.benefit_percent) / Decimal::ONE_HUNDRED,
            sport_per_mille: factors.sport_loading_percent * Decimal::TEN,
            commission: Parts {
                linear: self.commission.linear.rate,
                first_year: precompte.first_year,
                following_years: precompte.following_years,
                clawback_months: precompte.clawback_months,
            },
            collection_min: self.collection.minimum_cents,
        }
    }
}

fn parse_rates(text: &str) -> Result<(i32, Vec<AgeRates>), CatalogError> {
    let mut lines = text.lines();
    if lines.next() != Some(COLUMNS) {
        return Err(CatalogError::Rates { line: 1, expected: "the names of the thirteen columns" });
    }
    let mut rates = Vec::new();
    let mut first_age = None;
    for (place, line) in lines.enumerate() {
        let bad = |expected| CatalogError::Rates { line: place + 2, expected };
        let (age, row) = parse_row(line).ok_or_else(|| bad("an age and twelve decimals"))?;
        let first = *first_age.get_or_insert(age);
        if usize::try_from(age - first).ok() != Some(place) {
            return Err(bad("ages one after the other"));
        }
        rates.push(row);
    }
    let first_age =
        first_age.ok_or(CatalogError::Rates { line: 2, expected: "at least one age" })?;
    Ok((first_age, rates))
}

fn parse_row(line: &str) -> Option<(i32, AgeRates)> {
    let (age, values) = line.split_once(',')?;
    let values = values.split(',').map(str::parse).collect::<Result<Vec<Decimal>, _>>().ok()?;
    // Without the zeros behind, prices stay within the whole numbers that a processor knows.
    let values: Vec<_> = values.iter().map(Decimal::normalize).collect();
    let &[death, ptia, ipt, f30, f60, f90, ipp_entry, y5, y10, y15, y20, y25] = values.as_slice()
    else {
        return None;
    };
    let rates = AgeRates {
        death,
        ptia,
        ipt,
        itt_months: [f30, f60, f90],
        ipp_entry,
        invalidity_years: [y5, y10, y15, y20, y25],
    };
    Some((age.parse().ok()?, rates))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_version_is_shipped_and_covers_every_insured_age() {
        let tariff = current().expect("products/");
        assert_eq!((tariff.first_age, tariff.rates.len()), (18, 67));
        assert_eq!(tariff.coefficients.benefit_part, Decimal::new(67, 2));
    }

    #[test]
    fn a_broken_file_names_its_line() {
        let (factors, rates) = VERSIONS[0];
        let broken = rates.replacen("\n19,", "\n20,", 1);
        let error = parse(factors, &broken).expect_err("an age is missing").to_string();
        assert_eq!(error, "rates.csv, line 3: ages one after the other");
        assert!(parse("version = 1", rates).is_err());
        assert!(parse(factors, "").is_err());
    }
}
