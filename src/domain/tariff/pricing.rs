//! The price of each month of a cover (`docs/domain/tariff.md`).
//!
//! What a month costs changes in three rhythms: on the few days on which a guarantee ends, a share
//! changes or a loading drops ([`Conditions`]); with the insurance year ([`Year`]); and with the
//! instalment. Each is computed when it changes, and a month that changes nothing costs what the
//! month before did.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::basis::Basis;
use super::loading::in_force;
use super::periods::{Period, Share, Timeline, remaining_years, share_on};
use super::plan::{Choices, Life, MonthPremium};
use super::table::{Exposure, Risk, Tariff};
use crate::domain::guarantee::Guarantee;
use crate::domain::loan::{Revision, Schedule};
use crate::kernel::calendar::{anniversary, completed_years};
use crate::kernel::money::Cents;

/// One insured on one loan, about to be priced.
pub(super) struct Pricing<'a> {
    pub(super) tariff: &'a Tariff,
    pub(super) life: &'a Life,
    pub(super) choices: &'a Choices,
    pub(super) shares: &'a [Share],
    pub(super) schedule: &'a Schedule,
    pub(super) timeline: &'a Timeline,
}

/// The premium of a month, by guarantee.
type Prices = [Cents; Guarantee::COUNT];

/// What holds until the next end of a guarantee, of a loading, or of a share.
struct Conditions {
    /// First day on which one of them may be different.
    until: Date,
    /// What multiplies the price of each guarantee; none for one that has ended.
    multipliers: [Option<Multiplier>; Guarantee::COUNT],
}

/// What multiplies the pure price of a year of one guarantee, to make a month's premium of it.
#[derive(Clone, Copy, Debug)]
struct Multiplier {
    /// `factors · (1 + s) · Q · tax / (benefit part · 1200)`: numerator and denominator.
    of_price: (Decimal, Decimal),
    /// `Q · x / 1200`, of the capital, times 1200.
    of_capital: Decimal,
}

/// What does not change within an insurance year, nor between two early repayments.
#[derive(Clone, Copy)]
struct Year {
    start: Date,
    revision: Revision,
    age: i32,
    remaining_years: i32,
    capital: Cents,
}

impl Pricing<'_> {
    /// The months of the cover, while at least one guarantee runs.
    pub(super) fn months(&self) -> Vec<MonthPremium> {
        let mut months = Vec::with_capacity(self.timeline.periods.len());
        let mut conditions: Option<Conditions> = None;
        let mut year: Option<Year> = None;
        let mut known: Option<(Exposure, Prices)> = None;
        for period in &self.timeline.periods {
            let still = conditions.take().filter(|still| period.start < still.until);
            if still.is_none() {
                known = None;
            }
            let now = still.unwrap_or_else(|| self.conditions(period.start));
            let covers_nothing = now.multipliers.iter().all(Option::is_none);
            let begins_later = covers_nothing && share_on(self.shares, period.start).is_none();
            if covers_nothing && !begins_later {
                break;
            }
            if !covers_nothing {
                let this_year = self.year(period, year);
                let exposure = self.exposure(period, &this_year);
                let by_guarantee = match known {
                    Some((before, prices)) if before == exposure => prices,
                    _ => self.prices(&now, &exposure),
                };
                (year, known) = (Some(this_year), Some((exposure, by_guarantee)));
                months.push(MonthPremium { place: period.place, due: period.due, by_guarantee });
            }
            conditions = Some(now);
        }
        months
    }

    /// What holds on `day`, and until when.
    fn conditions(&self, day: Date) -> Conditions {
        let ends = Guarantee::ALL.map(|g| anniversary(self.life.birth, g.end_age()));
        let loadings = self.life.loadings.iter().filter_map(|loading| loading.until);
        let shares = self.shares.iter().filter_map(|share| share.from);
        let changes = ends.into_iter().chain(loadings).chain(shares);
        let until = changes.filter(|change| *change > day).min().unwrap_or(Date::MAX);
        let share = share_on(self.shares, day);
        let multipliers = Guarantee::ALL.map(|guarantee| {
            let runs = self.life.pack.covers(guarantee) && day < ends[guarantee.index()];
            let share = share.filter(|_| runs)?;
            Some(self.multiplier(guarantee, Decimal::from(share.get()), day))
        });
        Conditions { until, multipliers }
    }

    fn multiplier(&self, guarantee: Guarantee, share: Decimal, day: Date) -> Multiplier {
        let risk = Risk { smoker: self.life.smoker, class: self.life.class, mno: self.choices.mno };
        let loaded = in_force(&self.life.loadings, guarantee, day);
        let coefficients = &self.tariff.coefficients;
        let factors = coefficients.factor(guarantee, risk) * coefficients.tax;
        Multiplier {
            of_price: (
                factors * (Decimal::ONE + loaded.fraction) * share,
                coefficients.benefit_part * Decimal::from(1200),
            ),
            of_capital: share * loaded.of_capital,
        }
    }

    const fn is_level(&self) -> bool {
        matches!(self.choices.basis, Basis::Ci)
    }

    /// The year of `period`: the one known, or the next. A level premium freezes age and horizon at
    /// entry.
    fn year(&self, period: &Period, known: Option<Year>) -> Year {
        let revision = self.schedule.revision_on(period.start);
        if let Some(year) = known
            && year.start == period.year_start
            && year.revision == revision
        {
            return year;
        }
        let (priced_on, place) = if self.is_level() {
            (self.choices.effect, 0)
        } else {
            let before = |earlier: &Period| earlier.year_start < period.year_start;
            (period.year_start, self.timeline.periods.partition_point(before))
        };
        let place = self.timeline.periods.get(place).map_or(period.place, |first| first.place);
        Year {
            start: period.year_start,
            revision,
            age: completed_years(self.life.birth, priced_on),
            remaining_years: remaining_years(revision.months, place),
            capital: self.timeline.base(self.choices.basis, self.schedule, period),
        }
    }

    fn exposure(&self, period: &Period, year: &Year) -> Exposure {
        let capital = match self.choices.basis {
            Basis::CrdMonthly => self.timeline.base(Basis::CrdMonthly, self.schedule, period),
            Basis::Ci | Basis::CrdAnnual => year.capital,
        };
        let instalment = if self.is_level() {
            year.revision.mean_insurable
        } else {
            self.schedule.rows()[period.place].insurable
        };
        Exposure { age: year.age, capital, instalment, remaining_years: year.remaining_years }
    }

    fn prices(&self, conditions: &Conditions, exposure: &Exposure) -> Prices {
        Guarantee::ALL.map(|guarantee| {
            conditions.multipliers[guarantee.index()].map_or(Cents::ZERO, |multiplier| {
                let rate = self.tariff.pure_rate(guarantee, exposure, self.choices.franchise);
                multiplier.premium(exposure.base(guarantee), rate, exposure.capital)
            })
        })
    }
}

impl Multiplier {
    /// `P_g = round2(base · rate · factors · (1 + s) · Q / 12 · tax / benefit part
    /// + capital · Q · x / 12)`.
    fn premium(&self, base: Cents, rate: Decimal, capital: Cents) -> Cents {
        let exact = self.exact(base, rate).filter(|_| self.of_capital.is_zero());
        exact.unwrap_or_else(|| self.in_decimals(base, rate, capital))
    }

    /// The premium as a fraction of whole numbers, rounded once: nothing is lost, and it takes a
    /// twentieth of the time. `None` past 128 bits, for a loading of many decimals.
    fn exact(&self, base: Cents, rate: Decimal) -> Option<Cents> {
        let (above, below) = self.of_price;
        let up = i128::from(base.get())
            .checked_mul(rate.mantissa())?
            .checked_mul(above.mantissa())?
            .checked_mul(power_of_ten(below.scale())?)?;
        let down = below.mantissa().checked_mul(power_of_ten(rate.scale() + above.scale())?)?;
        Some(Cents::of_ratio(up, down))
    }

    /// The premium in decimals of 28 digits.
    fn in_decimals(&self, base: Cents, rate: Decimal, capital: Cents) -> Cents {
        let (above, below) = self.of_price;
        let of_price = base.to_decimal() * rate * above / below;
        let of_capital = capital.to_decimal() * self.of_capital / Decimal::from(1200);
        Cents::rounded(of_price + of_capital)
    }
}

/// Every power of ten that 128 bits hold.
const POWERS_OF_TEN: [i128; 39] = {
    let mut powers = [1; 39];
    let mut scale = 1;
    while scale < powers.len() {
        powers[scale] = powers[scale - 1] * 10;
        scale += 1;
    }
    powers
};

fn power_of_ten(scale: u32) -> Option<i128> {
    POWERS_OF_TEN.get(scale as usize).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whole_numbers_and_decimals_give_one_premium(
            base in 0_i64..=300_000_000,
            rate in 0_i64..=130_000_000,
            above in 1_i64..=40_000_000,
        ) {
            let multiplier = Multiplier {
                of_price: (Decimal::new(above, 4), Decimal::from(804)),
                of_capital: Decimal::ZERO,
            };
            let (base, rate) = (Cents::new(base), Decimal::new(rate, 8));
            let exact = multiplier.exact(base, rate).expect("far under 128 bits");
            prop_assert_eq!(exact, multiplier.in_decimals(base, rate, Cents::ZERO));
        }
    }

    #[test]
    fn a_loading_of_many_decimals_leaves_whole_numbers() {
        let many = Decimal::new(i64::MAX, 18);
        let multiplier =
            Multiplier { of_price: (many, Decimal::from(804)), of_capital: Decimal::ZERO };
        let base = Cents::from_euros(3_000_000);
        let rate = Decimal::from_i128_with_scale(1_234_567_890_123_456_789, 18);
        assert_eq!(multiplier.exact(base, rate), None);
        assert!(multiplier.premium(base, rate, base).is_positive());
    }
}
