//! What a set of premiums costs, by calendar month: the figures that the law asks to show
//! (art. L313-8 C. conso., `domain.md` §4.4).

use crate::kernel::money::Cents;

/// Months of the first eight years.
const EIGHT_YEARS: usize = 96;

/// Premiums by calendar month, of one or several insured on one or several loans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthlySeries {
    /// Calendar month ([`crate::kernel::calendar::month_index`]) of the first amount.
    first: i32,
    amounts: Vec<Cents>,
    /// Premiums outside whole months: the broken start.
    aside: Cents,
}

/// The figures to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// First whole month.
    pub first_month: Cents,
    /// Lowest month while cover runs.
    pub min_month: Cents,
    /// Highest month.
    pub max_month: Cents,
    /// First eight years.
    pub total_8y: Cents,
    /// Whole loan.
    pub total: Cents,
}

impl MonthlySeries {
    /// Adds an amount in a calendar month.
    pub fn add(&mut self, month: i32, amount: Cents) {
        if self.amounts.is_empty() {
            self.first = month;
        }
        let missing = usize::try_from(self.first - month).unwrap_or(0);
        if missing > 0 {
            self.amounts.splice(0..0, std::iter::repeat_n(Cents::ZERO, missing));
            self.first = month;
        }
        let place = usize::try_from(month - self.first).unwrap_or(0);
        if self.amounts.len() <= place {
            self.amounts.resize(place + 1, Cents::ZERO);
        }
        self.amounts[place] += amount;
    }

    /// Adds an amount that belongs to no whole month; it counts in the totals.
    pub fn add_aside(&mut self, amount: Cents) {
        self.aside += amount;
    }

    /// Adds all the premiums of another series.
    pub fn merge(&mut self, other: &Self) {
        for (month, amount) in other.iter() {
            self.add(month, amount);
        }
        self.aside += other.aside;
    }

    /// Calendar months and their amounts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (i32, Cents)> {
        (self.first..).zip(self.amounts.iter().copied())
    }

    /// The amount of a calendar month.
    pub fn at(&self, month: i32) -> Cents {
        let place = usize::try_from(month - self.first).ok();
        place.and_then(|place| self.amounts.get(place)).copied().unwrap_or_default()
    }

    /// The figures to show.
    pub fn costs(&self) -> Costs {
        let all = self.amounts.iter().copied();
        Costs {
            first_month: self.amounts.first().copied().unwrap_or_default(),
            min_month: all.clone().min().unwrap_or_default(),
            max_month: all.clone().max().unwrap_or_default(),
            total_8y: all.clone().take(EIGHT_YEARS).sum::<Cents>() + self.aside,
            total: all.sum::<Cents>() + self.aside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_may_come_in_any_order() {
        let mut series = MonthlySeries::default();
        series.add(12, Cents::new(30));
        series.add(10, Cents::new(10));
        series.add(12, Cents::new(5));
        assert_eq!(
            series.iter().collect::<Vec<_>>(),
            [(10, Cents::new(10)), (11, Cents::ZERO), (12, Cents::new(35))]
        );
        assert_eq!(series.at(12), Cents::new(35));
        assert_eq!(series.at(9), Cents::ZERO);
    }

    #[test]
    fn eight_years_are_ninety_six_months() {
        let mut series = MonthlySeries::default();
        (0..120).for_each(|month| series.add(month, Cents::ONE));
        series.add_aside(Cents::new(7));
        let costs = series.costs();
        assert_eq!((costs.total_8y, costs.total), (Cents::new(103), Cents::new(127)));
        assert_eq!(
            (costs.first_month, costs.min_month, costs.max_month),
            (Cents::ONE, Cents::ONE, Cents::ONE)
        );
    }
}
