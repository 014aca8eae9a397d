//! What a set of premiums costs, by calendar month: the figures that the law asks to show
//! (art. L313-8 C. conso., `docs/domain/costs.md`).

use crate::kernel::money::Cents;

/// Months of the first eight years.
const EIGHT_YEARS: usize = 96;

/// Premiums by calendar month, of one or several insured on one or several loans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthlySeries {
    /// Calendar month ([`crate::kernel::calendar::month_index`]) of the first amount.
    first: i32,
    /// Nothing in a month without cover, which is not the same as a premium of zero.
    amounts: Vec<Option<Cents>>,
    /// Premiums outside whole months, the broken starts: calendar month and amount.
    aside: Vec<(i32, Cents)>,
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
        // Nearly every amount comes in the month after the one before it.
        if usize::try_from(month - self.first) == Ok(self.amounts.len()) {
            self.amounts.push(Some(amount));
            return;
        }
        let missing = usize::try_from(self.first - month).unwrap_or(0);
        if missing > 0 {
            self.amounts.splice(0..0, std::iter::repeat_n(None, missing));
            self.first = month;
        }
        let place = usize::try_from(month - self.first).unwrap_or(0);
        if self.amounts.len() <= place {
            self.amounts.resize(place + 1, None);
        }
        let held = &mut self.amounts[place];
        *held = Some(held.unwrap_or_default() + amount);
    }

    /// Adds an amount that is collected in a month and belongs to no whole one; it counts in the
    /// totals, not in the first, lowest and highest month.
    pub fn add_aside(&mut self, month: i32, amount: Cents) {
        self.aside.push((month, amount));
    }

    /// Adds all the premiums of another series.
    pub fn merge(&mut self, other: &Self) {
        if self.amounts.is_empty() {
            self.first = other.first;
            self.amounts.clone_from(&other.amounts);
        } else {
            other.iter().for_each(|(month, amount)| self.add(month, amount));
        }
        self.aside.extend(&other.aside);
    }

    /// Calendar months with cover and their amounts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (i32, Cents)> {
        let months = (self.first..).zip(&self.amounts);
        months.filter_map(|(month, amount)| amount.map(|amount| (month, amount)))
    }

    /// Calendar month of the first amount.
    pub const fn first_month(&self) -> i32 {
        self.first
    }

    /// Everything that is due in a calendar month, broken starts included.
    pub fn due_in(&self, month: i32) -> Cents {
        let place = usize::try_from(month - self.first).ok();
        let whole = place.and_then(|place| *self.amounts.get(place)?).unwrap_or_default();
        let aside = self.aside.iter().filter(|(of, _)| *of == month).map(|(_, amount)| *amount);
        whole + aside.sum()
    }

    /// The figures to show.
    pub fn costs(&self) -> Costs {
        let whole = || self.iter().map(|(_, amount)| amount);
        let aside: Cents = self.aside.iter().map(|(_, amount)| *amount).sum();
        let eight_years = self.amounts.iter().take(EIGHT_YEARS).filter_map(|amount| *amount);
        Costs {
            first_month: whole().next().unwrap_or_default(),
            min_month: whole().min().unwrap_or_default(),
            max_month: whole().max().unwrap_or_default(),
            total_8y: eight_years.sum::<Cents>() + aside,
            total: whole().sum::<Cents>() + aside,
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
        assert_eq!(series.iter().collect::<Vec<_>>(), [(10, Cents::new(10)), (12, Cents::new(35))]);
        assert_eq!(series.due_in(12), Cents::new(35));
        assert_eq!(series.due_in(9), Cents::ZERO);
    }

    #[test]
    fn eight_years_are_ninety_six_months() {
        let mut series = MonthlySeries::default();
        (0..120).for_each(|month| series.add(month, Cents::ONE));
        series.add_aside(0, Cents::new(7));
        let costs = series.costs();
        assert_eq!((costs.total_8y, costs.total), (Cents::new(103), Cents::new(127)));
        assert_eq!(
            (costs.first_month, costs.min_month, costs.max_month),
            (Cents::ONE, Cents::ONE, Cents::ONE)
        );
    }
}
