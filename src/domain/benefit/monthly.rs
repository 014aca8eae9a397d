//! The amounts of ITT, therapeutic part-time and IPP, instalment by instalment
//! (`docs/domain/benefits.md`).
//!
//! For each period of an instalment, the insured part of the instalment counts for the indemnified
//! days over the days of the period. The loans whose instalments fall due in the same month share
//! the ceiling of the month, counted for the same part of it. Everything is an exact fraction of
//! integers until the one rounding to the cent.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::benefit::{
    apportion::{apportion, lcm},
    loan::{InsuredLoan, Period},
    rules::Rules,
    spell::Spell,
};
use crate::kernel::{
    calendar::{days_between, month_index},
    money::Cents,
    rate::Percent,
};

/// Which monthly benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Monthly {
    /// ITT: the whole insured part of the instalment, rounded loan by loan.
    Incapacity,
    /// Therapeutic part-time (*mi-temps thérapeutique*): half of it, rounded loan by loan.
    PartTime,
    /// IPP: half of the sum over the loans, rounded once. The half is taken before the ceiling,
    /// which is the reading that favours the insured (`docs/domain/product.md`, 5).
    PartialInvalidity,
}

/// What one instalment is indemnified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indemnity {
    /// Place of the loan in the list given.
    pub loan: usize,
    /// Day the instalment falls due.
    pub due: Date,
    /// Indemnified days of the period.
    pub days: i32,
    /// Days of the period.
    pub period_days: i32,
    /// Paid to the lender.
    pub amount: Cents,
}

/// The amounts for the indemnified days of one insured, by month of the due dates and then by
/// loan. Instalments without an indemnified day are left out.
pub fn indemnities(
    loans: &[InsuredLoan<'_>],
    spells: &[Spell],
    benefit: Monthly,
    rules: &Rules,
) -> Vec<Indemnity> {
    let mut months: BTreeMap<i32, Vec<Part>> = BTreeMap::new();
    for (place, loan) in loans.iter().enumerate() {
        for period in loan.periods() {
            let part = Part::of(place, loan, &period, spells);
            let month = months.entry(month_index(period.due.date)).or_default();
            month.extend(part.filter(|part| part.days > 0));
        }
    }
    let months = months.values();
    months.flat_map(|parts| pay_month(parts, benefit, rules)).collect()
}

/// One instalment with indemnified days.
#[derive(Clone, Copy, Debug)]
struct Part {
    loan: usize,
    due: Date,
    instalment: Cents,
    share: Percent,
    days: i32,
    period_days: i32,
}

impl Part {
    fn of(place: usize, loan: &InsuredLoan<'_>, period: &Period, spells: &[Spell]) -> Option<Self> {
        let (start, end) = (period.start, period.due.date);
        let days = spells.iter().map(|spell| spell.days_within(start, end));
        let period_days = days_between(start, end);
        (period_days > 0).then(|| Self {
            loan: place,
            due: end,
            instalment: period.due.instalment,
            share: loan.payable_share(),
            days: days.sum::<i32>().min(period_days),
            period_days,
        })
    }

    /// The insured part for the indemnified days, over `scale` × 100 (percent of share).
    fn weight(&self, scale: i128) -> i128 {
        let instalment = i128::from(self.instalment.get()) * i128::from(self.share.get());
        instalment * i128::from(self.days) * (scale / i128::from(self.period_days))
    }

    fn paying(&self, amount: Cents) -> Indemnity {
        Indemnity {
            loan: self.loan,
            due: self.due,
            days: self.days,
            period_days: self.period_days,
            amount,
        }
    }
}

fn pay_month(parts: &[Part], benefit: Monthly, rules: &Rules) -> Vec<Indemnity> {
    let scale = parts.iter().fold(1, |all, part| lcm(all, i128::from(part.period_days)));
    let weights: Vec<i128> = parts.iter().map(|part| part.weight(scale)).collect();
    let percent = i128::from(benefit.percent(rules).get());
    let cents = |weight: i128| Cents::of_ratio(weight * percent, 100 * 100 * scale);

    let each: Vec<Cents> = weights.iter().map(|weight| cents(*weight)).collect();
    let together = match benefit {
        Monthly::PartialInvalidity => cents(weights.iter().sum()),
        Monthly::Incapacity | Monthly::PartTime => each.iter().copied().sum(),
    };
    let ceiling = ceiling(parts, rules);
    let amounts = if together <= ceiling && benefit != Monthly::PartialInvalidity {
        each
    } else {
        apportion(together.min(ceiling), &weights)
    };
    let paid = parts.iter().zip(amounts);
    paid.map(|(part, amount)| part.paying(amount)).collect()
}

impl Monthly {
    const fn percent(self, rules: &Rules) -> Percent {
        match self {
            Self::Incapacity => Percent::FULL,
            Self::PartTime => rules.part_time,
            Self::PartialInvalidity => rules.partial_invalidity,
        }
    }
}

/// The ceiling of the month for the part of it that is indemnified; of loans with different due
/// days, the longest part counts.
fn ceiling(parts: &[Part], rules: &Rules) -> Cents {
    let for_part = |part: &Part| {
        let days = i128::from(rules.monthly_ceiling.get()) * i128::from(part.days);
        Cents::of_ratio(days, i128::from(part.period_days))
    };
    parts.iter().map(for_part).max().unwrap_or(Cents::ZERO)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::benefit::loan::Due;
    use crate::kernel::{calendar::add_months, rate::Rate};

    fn year_of(instalment: Cents, day: i8) -> Vec<Due> {
        let first = date(2028, 1, day);
        let due =
            |month| Due { date: add_months(first, month), instalment, outstanding: Cents::ZERO };
        (0..12).map(due).collect()
    }

    fn loan(dues: &[Due], share: u8) -> InsuredLoan<'_> {
        InsuredLoan {
            releases: &[],
            rate: Rate::ZERO,
            dues,
            share: Percent::new(share).expect("a share"),
            share_repaid: Percent::new(0).expect("no share"),
        }
    }

    fn paid(loans: &[InsuredLoan<'_>], first: Date, last: Date, benefit: Monthly) -> Vec<i64> {
        let spell = Spell::new(first, last).expect("a spell");
        let paid = indemnities(loans, &[spell], benefit, &Rules::V1);
        paid.iter().map(|part| part.amount.get()).collect()
    }

    #[test]
    fn the_ceiling_is_shared_by_the_loans_of_a_month() {
        let (one, other) =
            (year_of(Cents::from_euros(6_000), 5), year_of(Cents::from_euros(3_000), 5));
        let loans = [loan(&one, 100), loan(&other, 100)];
        let whole = (date(2028, 3, 5), date(2028, 4, 4));
        assert_eq!(paid(&loans, whole.0, whole.1, Monthly::Incapacity), [500_000, 250_000]);
        // 10 days of 31: 2 419.35 in all, of which a third is 806.45.
        let ten_days = paid(&loans, date(2028, 3, 5), date(2028, 3, 14), Monthly::Incapacity);
        assert_eq!(ten_days, [161_290, 80_645]);
        // Half of 9 000 is under the ceiling.
        let half = paid(&loans, whole.0, whole.1, Monthly::PartialInvalidity);
        assert_eq!(half, [300_000, 150_000]);
        assert_eq!(paid(&loans, whole.0, whole.1, Monthly::PartTime), half);
    }

    #[test]
    fn the_half_of_partial_invalidity_comes_before_the_ceiling() {
        let dues = year_of(Cents::from_euros(16_000), 5);
        let month = (date(2028, 3, 5), date(2028, 4, 4));
        let amounts = paid(&[loan(&dues, 100)], month.0, month.1, Monthly::PartialInvalidity);
        assert_eq!(amounts, [750_000]);
    }

    #[test]
    fn deferred_months_pay_nothing() {
        let dues = year_of(Cents::ZERO, 5);
        let amounts =
            paid(&[loan(&dues, 100)], date(2028, 3, 5), date(2028, 5, 4), Monthly::PartTime);
        assert_eq!(amounts, [0, 0]);
    }

    #[test]
    fn spells_of_one_period_add_up() {
        let dues = year_of(Cents::new(31_000), 5);
        let spell = |first, last| Spell::new(date(2028, 3, first), date(2028, 3, last));
        let spells = [spell(6, 10), spell(20, 24)].map(|spell| spell.expect("a spell"));
        let paid = indemnities(&[loan(&dues, 100)], &spells, Monthly::Incapacity, &Rules::V1);
        assert_eq!((paid[0].days, paid[0].amount.get()), (10, 10_000));
        assert_eq!(paid.len(), 1);
    }

    fn any_loans() -> impl Strategy<Value = Vec<(Vec<Due>, u8)>> {
        let one = (0..2_000_000_i64, 1..=28_i8, 1..=100_u8)
            .prop_map(|(instalment, day, share)| (year_of(Cents::new(instalment), day), share));
        prop::collection::vec(one, 1..5)
    }

    proptest! {
        #[test]
        fn no_month_passes_the_ceiling_and_no_loan_its_insured_instalment(
            loans in any_loans(), start in 0..300_i32, length in 1..200_i32,
        ) {
            use jiff::ToSpan;
            let first = date(2028, 1, 1).saturating_add(start.days());
            let last = first.saturating_add(length.days());
            let spells = [Spell::new(first, last).expect("a spell")];
            let views: Vec<_> = loans.iter().map(|(dues, share)| loan(dues, *share)).collect();
            for benefit in [Monthly::Incapacity, Monthly::PartTime, Monthly::PartialInvalidity] {
                let mut months: BTreeMap<i32, Cents> = BTreeMap::new();
                for part in indemnities(&views, &spells, benefit, &Rules::V1) {
                    *months.entry(month_index(part.due)).or_default() += part.amount;
                    let instalment = i128::from(loans[part.loan].0[0].instalment.get());
                    let insured = instalment * i128::from(loans[part.loan].1);
                    let most = Cents::of_ratio(insured, 100);
                    prop_assert!(part.amount >= Cents::ZERO);
                    // The residual of the loans of a month is at most a cent for each of them.
                    prop_assert!(part.amount <= most + Cents::new(4));
                }
                prop_assert!(months.values().all(|paid| *paid <= Rules::V1.monthly_ceiling));
            }
        }
    }
}
