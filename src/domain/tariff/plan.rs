//! The premium of one insured on one loan, guarantee by guarantee and month by month.
//!
//! Each guarantee is rounded on its own, so the breakdown always adds up (`docs/domain/tariff.md`).

use jiff::civil::Date;

use super::basis::Basis;
use super::loading::Loading;
use super::periods::{BrokenStart, Share, Timeline, share_on};
use super::pricing::Pricing;
use super::series::MonthlySeries;
use super::table::{Franchise, Tariff};
use crate::domain::guarantee::{Guarantee, Pack};
use crate::domain::loan::Schedule;
use crate::domain::person::RiskClass;
use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;

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
