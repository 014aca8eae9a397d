//! The premium of one insured on one loan, guarantee by guarantee and month by month.
//!
//! Each guarantee is rounded on its own, so the breakdown always adds up (`docs/domain/tariff.md`).

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::basis::Basis;
use super::loading::{Loaded, Loading, in_force};
use super::periods::{BrokenStart, Period, Share, Timeline, remaining_years, share_on};
use super::series::MonthlySeries;
use super::table::{Exposure, Franchise, Tariff};
use crate::domain::guarantee::{Guarantee, Pack};
use crate::domain::loan::{Revision, Schedule};
use crate::domain::person::RiskClass;
use crate::kernel::calendar::{anniversary, completed_years, month_index};
use crate::kernel::money::Cents;
use crate::kernel::rate::Percent;

/// What the price needs to know of a person. Sex is not among it.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// Birth date.
    pub birth: Date,
    /// Smoked or vaped in the last 24 months.
    pub smoker: bool,
    /// Risk class.
    pub class: RiskClass,
    /// Guarantees bought.
    pub pack: Pack,
    /// Loadings.
    pub loadings: Vec<Loading>,
}

/// What is chosen for the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    /// First day of cover.
    pub effect: Date,
    /// Waiting period.
    pub franchise: Franchise,
    /// Back and psychiatric conditions covered.
    pub mno: bool,
    /// Basis of the premium.
    pub basis: Basis,
}

/// The premium of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthPremium {
    /// Place of the instalment it goes with, from 0.
    pub place: usize,
    /// Due date.
    pub due: Date,
    /// By guarantee, in the order of [`Guarantee::ALL`].
    pub by_guarantee: [Cents; Guarantee::COUNT],
}

impl MonthPremium {
    /// All guarantees together.
    pub fn total(&self) -> Cents {
        self.by_guarantee.iter().copied().sum()
    }
}

/// Premiums of one insured on one loan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PremiumPlan {
    /// Whole months, in order, while at least one guarantee runs.
    pub months: Vec<MonthPremium>,
    /// Days before the first whole month and their price: first month × days / 30.
    pub broken_start: Option<BrokenPremium>,
}

/// The premium of the days before the first whole month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenPremium {
    /// Which days, and when they are collected.
    pub days: BrokenStart,
    /// By guarantee, in the order of [`Guarantee::ALL`].
    pub by_guarantee: [Cents; Guarantee::COUNT],
}

impl BrokenPremium {
    /// `round2(first month × days / 30)`, shared out by guarantee; the cent that rounding leaves is
    /// the largest's, so that the parts always add up.
    fn new(days: BrokenStart, first: &MonthPremium) -> Self {
        let part =
            |amount: Cents| Cents::of_ratio(i128::from(amount.get()) * i128::from(days.days), 30);
        let mut by_guarantee = first.by_guarantee.map(part);
        let left = part(first.total()) - by_guarantee.iter().copied().sum();
        if let Some(largest) = by_guarantee.iter_mut().max() {
            *largest += left;
        }
        Self { days, by_guarantee }
    }

    /// All guarantees together.
    pub fn total(&self) -> Cents {
        self.by_guarantee.iter().copied().sum()
    }
}

impl PremiumPlan {
    /// Prices one insured on one loan.
    pub fn new(
        tariff: &Tariff,
        life: &Life,
        choices: &Choices,
        shares: &[Share],
        schedule: &Schedule,
    ) -> Self {
        let timeline = Timeline::new(schedule, choices.effect);
        let pricing = Pricing { tariff, life, choices, shares, schedule, timeline: &timeline };
        let months = pricing.months();
        let covered_from_start = share_on(shares, timeline.start).is_some();
        let days = timeline.broken_start.filter(|_| covered_from_start);
        let broken_start =
            days.zip(months.first()).map(|(days, first)| BrokenPremium::new(days, first));
        Self { months, broken_start }
    }

    /// The premiums by calendar month.
    pub fn series(&self) -> MonthlySeries {
        let mut series = MonthlySeries::default();
        for month in &self.months {
            series.add(month_index(month.due), month.total());
        }
        if let Some(broken) = &self.broken_start {
            series.add_aside(month_index(broken.days.collected), broken.total());
        }
        series
    }

    /// Price of the first whole month, by guarantee.
    pub fn first_month(&self) -> [Cents; Guarantee::COUNT] {
        self.months.first().map_or([Cents::ZERO; Guarantee::COUNT], |month| month.by_guarantee)
    }

    /// Calendar month of the first whole month.
    pub fn first_month_index(&self) -> Option<i32> {
        self.months.first().map(|month| month_index(month.due))
    }

    /// Total of one guarantee.
    pub fn total_of(&self, guarantee: Guarantee) -> Cents {
        let place = guarantee.index();
        let broken = self.broken_start.map_or(Cents::ZERO, |broken| broken.by_guarantee[place]);
        self.months.iter().map(|month| month.by_guarantee[place]).sum::<Cents>() + broken
    }
}

struct Pricing<'a> {
    tariff: &'a Tariff,
    life: &'a Life,
    choices: &'a Choices,
    shares: &'a [Share],
    schedule: &'a Schedule,
    timeline: &'a Timeline,
}

/// Everything the price of a month depends on: equal facts, equal price.
#[derive(Clone, Copy, PartialEq)]
struct Facts {
    exposure: Exposure,
    share: Percent,
    covered: [bool; Guarantee::COUNT],
    loaded: [Loaded; Guarantee::COUNT],
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
    fn months(&self) -> Vec<MonthPremium> {
        let ends = Guarantee::ALL.map(|g| anniversary(self.life.birth, g.end_age()));
        let mut months = Vec::with_capacity(self.timeline.periods.len());
        let mut known: Option<(Facts, [Cents; Guarantee::COUNT])> = None;
        let mut year: Option<Year> = None;
        for period in &self.timeline.periods {
            let covered =
                Guarantee::ALL.map(|g| self.life.pack.covers(g) && period.start < ends[g.index()]);
            let Some(share) = share_on(self.shares, period.start) else { continue };
            if !covered.contains(&true) {
                break;
            }
            let this_year = self.year(period, year);
            year = Some(this_year);
            let facts = self.facts(period, &this_year, share, covered);
            let by_guarantee = match known {
                Some((before, price)) if before == facts => price,
                _ => self.price(&facts),
            };
            known = Some((facts, by_guarantee));
            months.push(MonthPremium { place: period.place, due: period.due, by_guarantee });
        }
        months
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
        let first = self.timeline.periods.iter().find(|p| p.year_start == period.year_start);
        let year_place = first.map_or(period.place, |first| first.place);
        let entry_place = self.timeline.periods.first().map_or(0, |first| first.place);
        let (priced_on, place) = if self.is_level() {
            (self.choices.effect, entry_place)
        } else {
            (period.year_start, year_place)
        };
        Year {
            start: period.year_start,
            revision,
            age: completed_years(self.life.birth, priced_on),
            remaining_years: remaining_years(revision.months, place),
            capital: self.timeline.base(self.choices.basis, self.schedule, period),
        }
    }

    fn facts(
        &self,
        period: &Period,
        year: &Year,
        share: Percent,
        covered: [bool; Guarantee::COUNT],
    ) -> Facts {
        let capital = match self.choices.basis {
            Basis::CrdMonthly => self.timeline.base(Basis::CrdMonthly, self.schedule, period),
            Basis::Ci | Basis::CrdAnnual => year.capital,
        };
        let instalment = if self.is_level() {
            year.revision.mean_insurable
        } else {
            self.schedule.rows()[period.place].insurable
        };
        let exposure = Exposure {
            age: year.age,
            smoker: self.life.smoker,
            class: self.life.class,
            franchise: self.choices.franchise,
            mno: self.choices.mno,
            capital,
            instalment,
            remaining_years: year.remaining_years,
        };
        let loaded = Guarantee::ALL.map(|g| in_force(&self.life.loadings, g, period.start));
        Facts { exposure, share, covered, loaded }
    }

    fn price(&self, facts: &Facts) -> [Cents; Guarantee::COUNT] {
        Guarantee::ALL.map(|guarantee| {
            let place = guarantee.index();
            if !facts.covered[place] {
                return Cents::ZERO;
            }
            self.monthly(guarantee, facts, &facts.loaded[place])
        })
    }

    /// `P_g = round2(value_g · Q / 12 · tax / benefit part · (1 + s_g) + capital · Q · x / 12)`.
    fn monthly(&self, guarantee: Guarantee, facts: &Facts, loaded: &Loaded) -> Cents {
        let share = Decimal::from(facts.share.get());
        let pure = self.tariff.pure_year(guarantee, &facts.exposure);
        let premium = self.tariff.loaded(pure * (Decimal::ONE + loaded.fraction) * share);
        let fixed = facts.exposure.capital.to_decimal() * share * loaded.of_capital;
        Cents::rounded((premium + fixed) / Decimal::from(1200))
    }
}
