//! Benefits of `docs/domain/benefits.md` on the loan L1, first instalment on 5 May 2026.

use assurly::{
    domain::{
        benefit::{
            Due, Indemnity, Insured, InsuredLoan, Monthly, Release, Rules, Spell, capital_benefits,
            incapacity_spells, indemnities, invalidity_guarantee, invalidity_rate,
            partial_invalidity_spell,
        },
        guarantee::Guarantee,
        loan::Terms,
    },
    kernel::{
        money::Cents,
        rate::{Percent, Rate},
    },
};
use jiff::civil::{Date, date};

use crate::data;
use crate::loans::l1;

/// The loan L1, released a month before its first instalment.
struct L1 {
    releases: Vec<Release>,
    dues: Vec<Due>,
}

impl L1 {
    fn new() -> Self {
        let terms = Terms { release: date(2026, 4, 5), first_due: date(2026, 5, 5), ..l1() };
        let schedule = terms.schedule().expect("L1");
        Self { releases: Release::all(&schedule), dues: Due::rows(&schedule) }
    }

    fn insured(&self, share: u8, share_repaid: u8) -> InsuredLoan<'_> {
        InsuredLoan {
            releases: &self.releases,
            rate: rate(),
            dues: &self.dues,
            share: percent(share),
            share_repaid: percent(share_repaid),
        }
    }
}

const INSURED: Insured = Insured { birth_date: date(1990, 9, 15), contract_end: date(2046, 4, 5) };

fn rate() -> Rate {
    "3.30".parse().expect("a rate")
}

fn percent(value: u8) -> Percent {
    Percent::new(value).expect("a percentage")
}

fn capital(share: u8, share_repaid: u8, event: Date) -> (Cents, Cents, Cents) {
    let l1 = L1::new();
    let loans = [l1.insured(share, share_repaid)];
    let benefit = capital_benefits(&loans, event, Cents::ZERO, &Rules::V1)[0];
    (benefit.owed.outstanding, benefit.owed.accrued, benefit.amount)
}

fn monthly(share: u8, spells: &[Spell], benefit: Monthly) -> Vec<Indemnity> {
    let l1 = L1::new();
    indemnities(&[l1.insured(share, 0)], spells, benefit, &Rules::V1)
}

fn stop_of_2028() -> Vec<Spell> {
    let stop = Spell::new(date(2028, 2, 10), date(2028, 9, 20)).expect("a stop");
    incapacity_spells(&INSURED, &[stop], 90, &Rules::V1)
}

fn cents(text: &str) -> Cents {
    data::cents(text)
}

#[test]
fn death_repays_the_balance_and_the_interest_run() {
    let event = date(2031, 3, 18);
    let l1 = L1::new();
    assert_eq!(l1.dues.iter().filter(|due| due.date <= event).count(), 59);
    let whole = (cents("162297.00"), cents("190.75"), cents("162487.75"));
    assert_eq!(capital(100, 0, event), whole);
    assert_eq!(capital(50, 0, event).2, cents("81243.88"));
}

/// The other insured dies the same day: the loan is never indemnified above the whole.
#[test]
fn what_one_benefit_repaid_is_no_longer_paid() {
    let event = date(2031, 3, 18);
    assert_eq!(capital(50, 100, event).2, Cents::ZERO);
    assert_eq!(capital(100, 60, event).2, cents("64995.10"));
    assert_eq!(capital(60, 0, event).2 + capital(100, 60, event).2, cents("162487.75"));
}

#[test]
fn total_invalidity_repays_at_consolidation() {
    let l1 = L1::new();
    let consolidation = l1.dues[29].date;
    let (outstanding, accrued, paid) = capital(60, 0, consolidation);
    assert_eq!(outstanding, cents("181592.33"));
    assert_eq!((accrued, paid), (Cents::ZERO, cents("108955.40")));
}

#[test]
fn nothing_is_owed_before_the_release_nor_after_the_end() {
    assert_eq!(capital(100, 0, date(2026, 4, 4)).2, Cents::ZERO);
    assert_eq!(capital(100, 0, date(2046, 4, 5)).2, Cents::ZERO);
    assert_eq!(capital(100, 0, date(2026, 4, 5)).2, cents("200000.00"));
}

#[test]
fn incapacity_pays_by_days_of_each_instalment() {
    let spells = stop_of_2028();
    assert_eq!(spells[0].first(), date(2028, 5, 10));
    let paid = monthly(100, &spells, Monthly::Incapacity);
    let lines: Vec<_> =
        paid.iter().map(|part| (part.days, part.period_days, part.amount)).collect();
    let whole = cents("1139.47");
    assert_eq!(
        lines,
        [
            (26, 31, cents("955.68")),
            (30, 30, whole),
            (31, 31, whole),
            (31, 31, whole),
            (16, 30, cents("607.72")),
        ]
    );
    let total: Cents = paid.iter().map(|part| part.amount).sum();
    assert_eq!(total, cents("4981.81"));
    let at_sixty = monthly(60, &spells, Monthly::Incapacity);
    assert_eq!(at_sixty[1].amount, cents("683.68"));
}

#[test]
fn part_time_pays_half_of_an_incapacity() {
    let spell = Spell::new(date(2028, 6, 5), date(2028, 7, 4)).expect("a month");
    let paid = monthly(100, &[spell], Monthly::PartTime);
    assert_eq!(paid[0].amount, cents("569.74"));
}

#[test]
fn partial_invalidity_pays_half_until_the_loan_ends() {
    let state = Spell::new(date(2028, 6, 5), date(2060, 1, 1)).expect("a state");
    let spell = partial_invalidity_spell(&INSURED, state, 0).expect("covered");
    let paid = monthly(100, &[spell], Monthly::PartialInvalidity);
    assert_eq!(paid[0].amount, cents("569.74"));
    assert_eq!(paid.last().map(|part| part.due), Some(date(2046, 4, 5)));
    assert_eq!(paid.len(), 214);
    let at_sixty = monthly(60, &[spell], Monthly::PartialInvalidity);
    assert_eq!(at_sixty[0].amount, cents("341.84"));
}

#[test]
fn invalidity_rates_of_the_reference() {
    for (functional, occupational, rate, guarantee) in [
        (50, 40, 46, Guarantee::Ipp),
        (40, 80, 50, Guarantee::Ipp),
        (60, 80, 66, Guarantee::Ipt),
        (70, 60, 66, Guarantee::Ipt),
    ] {
        let n = invalidity_rate(percent(functional), Some(percent(occupational)));
        assert_eq!(n, percent(rate), "{functional}/{occupational}");
        assert_eq!(invalidity_guarantee(n, &Rules::V1), Some(guarantee));
    }
}
