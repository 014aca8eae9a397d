//! One version of the tariff: rates by age, coefficients, and the pure price of a year of cover.

use rust_decimal::Decimal;

use super::commission::Parts;
use crate::domain::guarantee::Guarantee;
use crate::domain::person::RiskClass;
use crate::kernel::money::Cents;

/// Days of inability before the first payment (*franchise*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Franchise {
    /// 30 days.
    Days30,
    /// 60 days.
    Days60,
    /// 90 days, the longest sold and the default.
    Days90,
}

impl Franchise {
    /// The waiting period of that many days, if it is sold.
    pub const fn from_days(days: u32) -> Option<Self> {
        match days {
            30 => Some(Self::Days30),
            60 => Some(Self::Days60),
            90 => Some(Self::Days90),
            _ => None,
        }
    }

    /// How many days.
    pub const fn days(self) -> u32 {
        match self {
            Self::Days30 => 30,
            Self::Days60 => 60,
            Self::Days90 => 90,
        }
    }
}

/// Pure rates at one age, tax and loads aside, for a non-smoker of class C2 (`docs/domain/tariff.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRates {
    /// Of death, per euro of outstanding and year.
    pub death: Decimal,
    /// Of total loss of autonomy, per euro of outstanding and year.
    pub ptia: Decimal,
    /// Of total invalidity, per euro of outstanding and year.
    pub ipt: Decimal,
    /// Indemnified months a year, for 30, 60 and 90 days.
    pub itt_months: [Decimal; 3],
    /// Entries into partial invalidity a year.
    pub ipp_entry: Decimal,
    /// Years in invalidity within 5, 10, 15, 20 and 25 years of the entry, cut at 65.
    pub invalidity_years: [Decimal; 5],
}

impl AgeRates {
    /// Expected years in invalidity within `horizon` years, by linear interpolation between 0 and
    /// the five columns.
    pub fn invalidity_years_within(&self, horizon: i32) -> Decimal {
        let horizon = horizon.clamp(0, 25);
        let (step, rest) = (horizon / 5, horizon % 5);
        let at = |step: i32| match usize::try_from(step - 1) {
            Ok(column) => self.invalidity_years.get(column).copied().unwrap_or_default(),
            Err(_) => Decimal::ZERO,
        };
        if rest == 0 {
            return at(step);
        }
        let fifths = Decimal::new(i64::from(rest) * 2, 1);
        at(step) + (at(step + 1) - at(step)) * fifths
    }
}

/// Factors of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coefficients {
    /// By risk class, on every guarantee but death.
    pub class: [Decimal; 4],
    /// Smoker, on death.
    pub smoker_death: Decimal,
    /// Smoker, on the other guarantees.
    pub smoker_other: Decimal,
    /// Back and psychiatric conditions not covered, on IPT, ITT and IPP.
    pub mno_excluded: Decimal,
    /// Tax on insurance contracts, as a factor: 1.09 (art. 1001 6° CGI).
    pub tax: Decimal,
    /// Part of the premium before tax that pays benefits: 1 − commission − management − margin.
    pub benefit_part: Decimal,
    /// Part of the instalment that IPP pays.
    pub ipp_part: Decimal,
    /// Loading of an amateur sport, per mille of the outstanding a year.
    pub sport_per_mille: Decimal,
    /// Parts of the premium before tax that pay a partner.
    pub commission: Parts,
    /// Smallest amount collected.
    pub collection_min: Cents,
}

/// One version of the tariff. It never changes once a quote is pinned to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// Name of the version, kept in every quote.
    pub version: String,
    /// Age of the first row of rates.
    pub first_age: i32,
    /// Rates, one row for each age.
    pub rates: Vec<AgeRates>,
    /// Factors.
    pub coefficients: Coefficients,
}

/// What the price of one guarantee depends on for as long as the cover runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Whether the insured smokes.
    pub smoker: bool,
    /// Risk class.
    pub class: RiskClass,
    /// Whether back and psychiatric conditions are covered.
    pub mno: bool,
}

/// What it depends on in one year of cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// Age on the first day of the insurance year.
    pub age: i32,
    /// Capital on which the premium is counted.
    pub capital: Cents,
    /// Instalment that an inability to work would indemnify.
    pub instalment: Cents,
    /// Whole years to the end of the loan, rounded up.
    pub remaining_years: i32,
}

impl Exposure {
    /// What the price of `guarantee` is counted on: what a loss of income would indemnify, or the
    /// capital.
    pub const fn base(&self, guarantee: Guarantee) -> Cents {
        match guarantee {
            Guarantee::Deces | Guarantee::Ptia | Guarantee::Ipt => self.capital,
            Guarantee::Itt | Guarantee::Ipp => self.instalment,
        }
    }
}

impl Coefficients {
    /// What the person and the choices multiply the pure price of `guarantee` by.
    pub fn factor(&self, guarantee: Guarantee, risk: Risk) -> Decimal {
        let (death, other) = if risk.smoker {
            (self.smoker_death, self.smoker_other)
        } else {
            (Decimal::ONE, Decimal::ONE)
        };
        let mno = if risk.mno { Decimal::ONE } else { self.mno_excluded };
        let class = self.class[risk.class.index()];
        match guarantee {
            Guarantee::Deces => death,
            Guarantee::Ptia => class * other,
            Guarantee::Ipt | Guarantee::Itt => class * other * mno,
            Guarantee::Ipp => class * other * mno * Decimal::from(12) * self.ipp_part,
        }
    }
}

impl Tariff {
    /// The rates at `age`; the nearest row outside the table.
    pub fn at(&self, age: i32) -> &AgeRates {
        let last = self.rates.len() - 1;
        let row = usize::try_from(age - self.first_age).unwrap_or(0).min(last);
        &self.rates[row]
    }

    /// Pure price of one year of `guarantee` for each cent of its base, the person's factors aside:
    /// with them and the base, `value_g` of `docs/domain/tariff.md`.
    pub fn pure_rate(
        &self,
        guarantee: Guarantee,
        exposure: &Exposure,
        franchise: Franchise,
    ) -> Decimal {
        let rates = self.at(exposure.age);
        match guarantee {
            Guarantee::Deces => rates.death,
            Guarantee::Ptia => rates.ptia,
            Guarantee::Ipt => rates.ipt,
            Guarantee::Itt => rates.itt_months[franchise as usize],
            Guarantee::Ipp => {
                let horizon = exposure.remaining_years.min(65 - exposure.age);
                rates.ipp_entry * rates.invalidity_years_within(horizon)
            }
        }
    }
}
