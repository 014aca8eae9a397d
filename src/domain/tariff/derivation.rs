//! How the demonstration tariff follows from the public tables (`docs/domain/tariff.md`).
//!
//! Tables in, pure rates out: no loading, no tax, for a non-smoker of class C2. Nothing here knows
//! a premium; that is the work of [`crate::domain::tariff`] once the rates are frozen in a file.
//! The result is illustrative and certified by nobody: the incidence into invalidity is anchored on
//! published averages, because no public table of it exists.
//!
//! Everything is decimal arithmetic on 28 digits, the exponential included, so the file is the same
//! on every machine.

use std::fmt::Write;

use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};
use serde::Deserialize;

use super::table::AgeRates;
use crate::domain::{
    guarantee::Guarantee,
    tariff::public_tables::{Law, Mortality, RADIX, TableError},
};

/// Waiting periods (*franchises*) that the file prices, in months of thirty days.
pub const FRANCHISE_MONTHS: [usize; 3] = [1, 2, 3];

/// Horizons, in years, at which the file gives the expected time spent in invalidity.
pub const HORIZONS_YEARS: [u8; 5] = [5, 10, 15, 20, 25];

/// Months after which incapacity is over: the law of staying ends there (art. A331-22 C. ass.).
const INCAPACITY_MONTHS: usize = 36;

/// Decimals of every value of the file.
const DECIMALS: u32 = 8;

/// The first line of the file.
pub const HEADER: &str = "age,rate_death,rate_ptia,rate_ipt,itt_months_f30,itt_months_f60,\
    itt_months_f90,ipp_entry,inv_years_5,inv_years_10,inv_years_15,inv_years_20,inv_years_25";

/// What the derivation takes from judgement rather than from a table: the section `[derivation]`
/// of a tariff's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// First age of the file, completed years.
    pub first_age: u8,
    /// Last age of the file.
    pub last_age: u8,
    /// Factor on the mean mortality of both sexes: progress since 2002, times selection.
    pub mortality_factor: Decimal,
    /// `a`: entries into invalidity a year at [`Self::entry_centre_age`], per head.
    pub entry_level: Decimal,
    /// `b`: growth of the entries with each year of age, on the exponential scale.
    pub entry_growth: Decimal,
    /// Age at which the entries are [`Self::entry_level`].
    pub entry_centre_age: u8,
    /// Entries are constant below this age, where the law of passage begins.
    pub entry_first_age: u8,
    /// Entries are constant above this age, where the law of passage ends.
    pub entry_last_age: u8,
    /// Part of the entries that the contract recognises, after selection.
    pub invalidity_recognition: Decimal,
    /// Part of the incapacity that the contract recognises, after selection.
    pub incapacity_recognition: Decimal,
    /// Part of the recognised entries that are PTIA.
    pub ptia_part: Decimal,
    /// Part of the recognised entries that are IPT.
    pub ipt_part: Decimal,
    /// Part of the recognised entries that are IPP.
    pub ipp_part: Decimal,
}

impl Parameters {
    /// The parameters of the tariff `demo-v1`, equal to its file (a test compares them).
    pub const DEMO_V1: Self = Self {
        first_age: 18,
        last_age: 84,
        mortality_factor: hundredths(45),
        entry_level: Decimal::from_parts(493, 0, 0, false, 5),
        entry_growth: hundredths(8),
        entry_centre_age: 50,
        entry_first_age: 20,
        entry_last_age: 61,
        invalidity_recognition: hundredths(30),
        incapacity_recognition: hundredths(45),
        ptia_part: hundredths(3),
        ipt_part: hundredths(72),
        ipp_part: hundredths(25),
    };

    /// `v(x) = a · exp(b · (x − 50))`: entries into invalidity a year, per head aged `age`
    /// (`docs/domain/tariff.md`), flat outside the ages of the law of passage.
    pub fn invalidity_entries(&self, age: u8) -> Decimal {
        let age = age.clamp(self.entry_first_age, self.entry_last_age);
        let years = Decimal::from(age) - Decimal::from(self.entry_centre_age);
        // The default tolerance of the exponential would show in the eighth decimal.
        let tolerance = Decimal::new(1, 26);
        self.entry_level * (self.entry_growth * years).exp_with_tolerance(tolerance)
    }
}

/// The public tables that the derivation reads.
#[derive(Clone, Debug)]
pub struct Tables {
    /// TH/TF 00-02.
    pub mortality: Mortality,
    /// Staying in incapacity, by month (*maintien en incapacité*).
    pub incapacity: Law,
    /// Passage from incapacity to invalidity, by month.
    pub passage: Law,
    /// Staying in invalidity, by year (*maintien en invalidité*).
    pub invalidity: Law,
}

/// Why no tariff can be derived.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DerivationError {
    /// A text is not the table it should be.
    #[error("{table}: {error}")]
    Table {
        /// Which of the four tables.
        table: &'static str,
        /// What is wrong with it.
        error: TableError,
    },
    /// A law stops before the months or years that the formulas need.
    #[error("{table}: {needed} columns are needed after the age")]
    TooShort {
        /// Which of the four tables.
        table: &'static str,
        /// Columns needed.
        needed: usize,
    },
    /// The mortality table does not know an age of the tariff.
    #[error("mortality: no probability at age {0}")]
    AgeMissing(u8),
    /// Nobody passes from incapacity to invalidity at this age, so no incidence follows.
    #[error("passage: nobody becomes invalid at age {0}")]
    NoPassage(u8),
}

impl Tables {
    /// Reads the four CSV texts.
    ///
    /// # Errors
    /// The first table that cannot be read or is too short.
    pub fn parse(
        mortality: &str,
        incapacity: &str,
        passage: &str,
        invalidity: &str,
    ) -> Result<Self, DerivationError> {
        let horizon = usize::from(HORIZONS_YEARS[HORIZONS_YEARS.len() - 1]);
        Ok(Self {
            mortality: Mortality::parse(mortality)
                .map_err(|error| DerivationError::Table { table: "mortality", error })?,
            incapacity: law("incapacity", incapacity, INCAPACITY_MONTHS + 1)?,
            passage: law("passage", passage, INCAPACITY_MONTHS)?,
            invalidity: law("invalidity", invalidity, horizon + 1)?,
        })
    }
}

/// The tariff as the text of `rates.csv`, with the parameters of `demo-v1`.
///
/// `mortality` is TH/TF 00-02, the others the laws of the BCAC: staying in incapacity (`itt`),
/// passage, staying in invalidity; each as the CSV text kept in `products/tables`.
///
/// # Errors
/// The first table that cannot be used, and why.
pub fn derive_csv(
    mortality: &str,
    itt: &str,
    passage: &str,
    invalidity: &str,
) -> Result<String, DerivationError> {
    let tables = Tables::parse(mortality, itt, passage, invalidity)?;
    Ok(to_csv(&derive(&tables, &Parameters::DEMO_V1)?))
}

/// The pure rates of every age of the tariff, each rounded half-up to eight decimals.
///
/// # Errors
/// An age for which a table has no answer.
pub fn derive(
    tables: &Tables,
    parameters: &Parameters,
) -> Result<Vec<(u8, AgeRates)>, DerivationError> {
    (parameters.first_age..=parameters.last_age)
        .map(|age| Ok((age, rates_at(tables, parameters, age)?)))
        .collect()
}

/// Writes rates as `rates.csv`: [`HEADER`], then one line per age with eight decimals.
pub fn to_csv(rates: &[(u8, AgeRates)]) -> String {
    let mut text = String::from(HEADER);
    text.push('\n');
    for (age, row) in rates {
        text.push_str(&age.to_string());
        for cell in cells(row) {
            write!(text, ",{cell:.8}").expect("writing into a string never fails");
        }
        text.push('\n');
    }
    text
}

fn cells(rates: &AgeRates) -> impl Iterator<Item = Decimal> {
    [rates.death, rates.ptia, rates.ipt]
        .into_iter()
        .chain(rates.itt_months)
        .chain([rates.ipp_entry])
        .chain(rates.invalidity_years)
}

fn rates_at(tables: &Tables, p: &Parameters, age: u8) -> Result<AgeRates, DerivationError> {
    let mortality = tables.mortality.unisex(age);
    let mortality = mortality.ok_or(DerivationError::AgeMissing(age))?;
    let recognised = p.invalidity_recognition * p.invalidity_entries(age);
    let incidence = p.incapacity_recognition * incidence(tables, p, age)?;
    let while_covered = |guarantee: Guarantee, value: Decimal| {
        if i32::from(age) < guarantee.end_age() { round(value) } else { Decimal::ZERO }
    };
    Ok(AgeRates {
        death: while_covered(Guarantee::Deces, mortality * p.mortality_factor),
        ptia: while_covered(Guarantee::Ptia, recognised * p.ptia_part),
        ipt: while_covered(Guarantee::Ipt, recognised * p.ipt_part),
        itt_months: FRANCHISE_MONTHS.map(|months| {
            let stay = time_spent(tables.incapacity.at(age), months, INCAPACITY_MONTHS);
            while_covered(Guarantee::Itt, incidence * stay)
        }),
        ipp_entry: while_covered(Guarantee::Ipp, recognised * p.ipp_part),
        invalidity_years: HORIZONS_YEARS.map(|horizon| {
            let horizon = usize::from(horizon).min(years_to_end(Guarantee::Ipp, age));
            round(time_spent(tables.invalidity.at(age), 0, horizon))
        }),
    })
}

/// `i0(x) = v(x) / ΣP(x,·) · 10 000`: entries into incapacity at month 0 of the law, such that the
/// law of passage turns them into the known entries into invalidity (`docs/domain/tariff.md`).
fn incidence(tables: &Tables, p: &Parameters, age: u8) -> Result<Decimal, DerivationError> {
    let passages: Decimal = tables.passage.at(age).iter().sum();
    if passages.is_zero() {
        return Err(DerivationError::NoPassage(age));
    }
    Ok(p.invalidity_entries(age) * RADIX / passages)
}

/// Expected time spent in a state between two elapsed times, per entry: the area under the law of
/// staying, by trapezes (`Σ (L(m) + L(m+1)) / 2 / 10 000`).
fn time_spent(law: &[Decimal], from: usize, to: usize) -> Decimal {
    let trapezes = law[from..=to].windows(2).map(|pair| pair[0] + pair[1]);
    trapezes.sum::<Decimal>() / Decimal::TWO / RADIX
}

fn years_to_end(guarantee: Guarantee, age: u8) -> usize {
    usize::try_from(guarantee.end_age() - i32::from(age)).unwrap_or(0)
}

fn law(table: &'static str, text: &str, needed: usize) -> Result<Law, DerivationError> {
    let law = Law::parse(text).map_err(|error| DerivationError::Table { table, error })?;
    if law.width() < needed {
        return Err(DerivationError::TooShort { table, needed });
    }
    Ok(law)
}

/// Rates, not money: half-up at the eighth decimal, as the frozen file prints them.
fn round(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero)
}

const fn hundredths(value: u32) -> Decimal {
    Decimal::from_parts(value, 0, 0, false, 2)
}
