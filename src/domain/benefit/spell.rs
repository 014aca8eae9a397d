//! The days that monthly benefits indemnify: waiting period, relapse, longest duration, ages.
//!
//! The dates come from medical papers, first and last day included. Amounts are in
//! [`crate::domain::benefit::monthly`].

use jiff::{ToSpan, civil::Date};

use crate::domain::{benefit::rules::Rules, guarantee::Guarantee};
use crate::kernel::calendar::{anniversary, days_between};

/// Days in a row, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    first: Date,
    last: Date,
}

impl Spell {
    /// The days from `first` to `last`; none when `last` comes before.
    pub fn new(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// First day.
    pub const fn first(&self) -> Date {
        self.first
    }

    /// Last day.
    pub const fn last(&self) -> Date {
        self.last
    }

    /// How many days.
    pub fn days(&self) -> i32 {
        days_between(self.first, self.last) + 1
    }

    /// Whether `day` is one of the days.
    pub fn holds(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    /// How many of the days are in the period from `start` to the day before `end`.
    pub fn days_within(&self, start: Date, end: Date) -> i32 {
        let last = self.last.min(end.saturating_sub(1.day()));
        Self::new(self.first.max(start), last).map_or(0, |common| common.days())
    }

    /// The days from the `skipped + 1`-th on, `longest` of them at most.
    fn after(&self, skipped: i32, longest: i32) -> Option<Self> {
        let first = self.first.saturating_add(skipped.days());
        let last = first.saturating_add((longest - 1).days());
        Self::new(first, last.min(self.last))
    }
}

/// What ends every monthly benefit of an insured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Insured {
    /// Date of birth.
    pub birth_date: Date,
    /// Last day of the contract. The end of a loan needs no date here: nothing falls due after it.
    pub contract_end: Date,
}

impl Insured {
    /// The part of `spell` before the birthday that ends `guarantee` and within the contract.
    fn covered(&self, guarantee: Guarantee, spell: Spell) -> Option<Spell> {
        let birthday = anniversary(self.birth_date, guarantee.end_age());
        let last_day = self.contract_end.min(birthday.saturating_sub(1.day()));
        Spell::new(spell.first, spell.last.min(last_day))
    }
}

/// The indemnified days of ITT for stops of one same cause, in the order of their dates.
///
/// A stop that starts at most [`Rules::relapse_days`] after the return to work continues the claim:
/// it serves what is left of the waiting period (`franchise_days`), usually nothing, and of the
/// longest duration. A later one opens a claim of its own.
pub fn incapacity_spells(
    insured: &Insured,
    stops: &[Spell],
    franchise_days: u16,
    rules: &Rules,
) -> Vec<Spell> {
    let (mut waiting, mut payable) = (0, 0);
    let mut returned: Option<Date> = None;
    let mut indemnified = Vec::new();
    for stop in stops {
        if returned.is_none_or(|day| days_between(day, stop.first) > relapse_days(rules)) {
            waiting = i32::from(franchise_days);
            payable = i32::from(rules.incapacity_max_days);
        }
        let served = waiting.min(stop.days());
        waiting -= served;
        let paid = stop.after(served, payable);
        payable -= paid.map_or(0, |spell| spell.days());
        indemnified.extend(paid.and_then(|spell| insured.covered(Guarantee::Itt, spell)));
        returned = Some(stop.last.saturating_add(1.day()));
    }
    indemnified
}

/// The indemnified days of a therapeutic part-time (*mi-temps thérapeutique*): only after an
/// indemnified incapacity, resumed within [`Rules::relapse_days`], with a duration of its own.
pub fn part_time_spell(
    insured: &Insured,
    incapacity: &[Spell],
    part_time: Spell,
    rules: &Rules,
) -> Option<Spell> {
    let follows = incapacity.last().is_some_and(|spell| {
        let returned = spell.last.saturating_add(1.day());
        (0..=relapse_days(rules)).contains(&days_between(returned, part_time.first))
    });
    let paid = part_time.after(0, i32::from(rules.part_time_max_days));
    paid.filter(|_| follows).and_then(|spell| insured.covered(Guarantee::Itt, spell))
}

/// The indemnified days of IPP while the rate stays between 33 and 65, from consolidation to the
/// last day known. `franchise_days` is zero after an indemnified incapacity (`docs/domain/product.md`, 4).
pub fn partial_invalidity_spell(
    insured: &Insured,
    invalidity: Spell,
    franchise_days: u16,
) -> Option<Spell> {
    let paid = invalidity.after(i32::from(franchise_days), invalidity.days());
    paid.and_then(|spell| insured.covered(Guarantee::Ipp, spell))
}

fn relapse_days(rules: &Rules) -> i32 {
    i32::from(rules.relapse_days)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const YOUNG: Insured =
        Insured { birth_date: date(1990, 9, 15), contract_end: date(2050, 1, 1) };

    fn spell(first: Date, days: i32) -> Spell {
        Spell::new(first, first.saturating_add((days - 1).days())).expect("a spell")
    }

    fn itt(stops: &[Spell]) -> Vec<Spell> {
        incapacity_spells(&YOUNG, stops, 90, &Rules::V1)
    }

    #[test]
    fn pays_from_the_day_after_the_waiting_period() {
        let start = date(2028, 2, 10);
        assert_eq!(itt(&[spell(start, 90)]), []);
        assert_eq!(itt(&[spell(start, 91)]), [spell(date(2028, 5, 10), 1)]);
    }

    #[test]
    fn a_relapse_waits_no_more_and_a_new_claim_does() {
        let first = spell(date(2028, 1, 1), 100);
        let returned = first.last().saturating_add(1.day());
        let relapse = spell(returned.saturating_add(60.days()), 30);
        let too_late = spell(returned.saturating_add(61.days()), 100);
        let paid = spell(date(2028, 3, 31), 10);
        assert_eq!(itt(&[first, relapse]), [paid, relapse]);
        assert_eq!(itt(&[first, too_late])[1].days(), 10);
    }

    #[test]
    fn a_relapse_serves_what_is_left_of_the_waiting_period() {
        let first = spell(date(2028, 1, 1), 50);
        let relapse = spell(date(2028, 3, 1), 60);
        assert_eq!(itt(&[first, relapse]), [spell(date(2028, 4, 10), 20)]);
    }

    #[test]
    fn one_claim_pays_three_years() {
        let long = spell(date(2028, 1, 1), 1_100);
        let relapse = spell(long.last().saturating_add(10.days()), 400);
        let days: Vec<_> = itt(&[long, relapse]).iter().map(Spell::days).collect();
        assert_eq!(days, [1_010, 85]);
    }

    #[test]
    fn the_birthday_and_the_contract_end_the_payment() {
        let old = Insured { birth_date: date(1963, 9, 15), ..YOUNG };
        let stop = spell(date(2028, 2, 10), 400);
        let paid = incapacity_spells(&old, &[stop], 90, &Rules::V1);
        assert_eq!(paid[0].last(), date(2028, 9, 14));
        let ended = Insured { contract_end: date(2028, 6, 30), ..YOUNG };
        let paid = incapacity_spells(&ended, &[stop], 90, &Rules::V1);
        assert_eq!(paid[0].last(), date(2028, 6, 30));
        let retired = Insured { birth_date: date(1960, 1, 1), ..YOUNG };
        assert_eq!(incapacity_spells(&retired, &[stop], 90, &Rules::V1), []);
    }

    #[test]
    fn part_time_follows_an_indemnified_incapacity() {
        let incapacity = itt(&[spell(date(2028, 1, 1), 100)]);
        let part_time = |first| part_time_spell(&YOUNG, &incapacity, spell(first, 300), &Rules::V1);
        assert_eq!(part_time(date(2028, 4, 10)), Some(spell(date(2028, 4, 10), 180)));
        assert_eq!(part_time(date(2028, 6, 10)), None);
        assert_eq!(part_time(date(2028, 4, 5)), None);
        let whole = spell(date(2028, 4, 10), 10);
        assert_eq!(part_time_spell(&YOUNG, &[], whole, &Rules::V1), None);
    }

    #[test]
    fn partial_invalidity_waits_only_when_it_comes_alone() {
        let state = Spell::new(date(2028, 1, 1), date(2060, 1, 1)).expect("a spell");
        let paid = |days| partial_invalidity_spell(&YOUNG, state, days).expect("paid");
        assert_eq!(paid(0).first(), date(2028, 1, 1));
        assert_eq!(paid(90).first(), date(2028, 3, 31));
        assert_eq!(paid(0).last(), YOUNG.contract_end);
    }

    proptest! {
        #[test]
        fn a_longer_wait_never_pays_more_days_and_no_claim_passes_its_longest(
            lengths in prop::collection::vec((1..900_i32, 0..61_i32), 1..5), wait in 0..90_u16,
        ) {
            let mut day = date(2028, 1, 1);
            let stops: Vec<Spell> = lengths.into_iter().map(|(days, rest)| {
                let stop = spell(day, days);
                day = stop.last().saturating_add((rest + 1).days());
                stop
            }).collect();
            let days = |wait| -> i32 {
                let paid = incapacity_spells(&YOUNG, &stops, wait, &Rules::V1);
                paid.iter().map(Spell::days).sum()
            };
            prop_assert!(days(wait + 1) <= days(wait));
            prop_assert!(days(wait) <= i32::from(Rules::V1.incapacity_max_days));
        }
    }
}
