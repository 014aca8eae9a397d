//! What is asked, in the words of the trade. Every value has been checked before it comes here.

use jiff::civil::Date;

use crate::domain::guarantee::{Exclusion, Guarantee};
use crate::domain::loan::Schedule;
use crate::domain::tariff::periods::{Share, share_on};
use crate::domain::tariff::{Choices, Fractionation, Life};
use crate::kernel::calendar::anniversary;
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;

/// A project to price.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Housing or mixed use (art. L313-1 1° C. conso.).
    pub housing: bool,
    /// Loans, 1 to 6.
    pub loans: Vec<ProjectLoan>,
    /// Persons, 1 to 4.
    pub insured: Vec<ProjectInsured>,
    /// What is chosen for the contract.
    pub choices: Choices,
    /// How often premiums are collected.
    pub fractionation: Fractionation,
    /// The bank's contract to compare with.
    pub bank: Option<BankOffer>,
}

/// One loan of the project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectLoan {
    /// Its schedule.
    pub schedule: Schedule,
    /// Fees kept by the lender at the release.
    pub lender_fees: Cents,
    /// Account fee added to each instalment.
    pub account_fee: Cents,
}

/// One person of the project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectInsured {
    /// What the price depends on.
    pub life: Life,
    /// What is not covered.
    pub exclusions: Vec<Exclusion>,
    /// Country of residence.
    pub country: String,
    /// Insured share of the person's other running home loans.
    pub other_insured: Cents,
    /// Shares of each loan, in the order of the loans; none where the loan is not insured.
    pub shares: Vec<Vec<Share>>,
}

/// The bank's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankOffer {
    /// An annual rate on the initial capital, for the same shares.
    Initial(Rate),
    /// An annual rate on the outstanding balance of each month, for the same shares.
    Outstanding(Rate),
    /// An amount every month, for the whole project.
    Monthly(Cents),
}

impl Project {
    /// Last repayment of the loans on which `person` is insured; the first day of cover when there
    /// is none.
    pub fn last_repayment(&self, person: &ProjectInsured) -> Date {
        let insured =
            self.loans.iter().zip(&person.shares).filter(|(_, shares)| !shares.is_empty());
        insured.map(|(loan, _)| loan.schedule.end()).max().unwrap_or(self.choices.effect)
    }

    /// Share of each loan that all persons together have covered when it starts, in percent.
    pub fn shares_at_start(&self) -> Vec<u16> {
        let loans = self.loans.iter().enumerate();
        let shares = loans.map(|(place, loan)| {
            let start = self.choices.effect.max(loan.schedule.release());
            let of = |person: &ProjectInsured| share_on(&person.shares[place], start);
            self.insured.iter().filter_map(of).map(|share| u16::from(share.get())).sum()
        });
        shares.collect()
    }
}

impl ProjectInsured {
    /// First day without `guarantee`: the day after nothing is due any more, or the birthday that
    /// ends it.
    pub fn guarantee_end(&self, guarantee: Guarantee, last_repayment: Date) -> Date {
        anniversary(self.life.birth, guarantee.end_age()).min(last_repayment)
    }

    /// Insured share of all outstanding credits (art. L113-2-1 C. ass.): the largest that it is
    /// from the first day of cover on, because shares may change, and the other running loans.
    ///
    /// Shares are counted exactly and rounded up once, so that a sum a fraction of a cent above a
    /// limit is above it.
    pub fn cumulated(&self, loans: &[ProjectLoan], effect: Date) -> Cents {
        let changes = self.shares.iter().flatten().filter_map(|share| share.from);
        let days = changes.filter(|day| *day > effect).chain([effect]);
        let largest = days.map(|day| self.cent_percents(loans, day)).max().unwrap_or_default();
        Cents::of_ratio((largest + 99).div_euclid(100), 1) + self.other_insured
    }

    /// Insured cents on `day`, times 100: the whole capital of a loan to come, the balance of one
    /// already running.
    fn cent_percents(&self, loans: &[ProjectLoan], day: Date) -> i128 {
        let of_loan = |(loan, shares): (&ProjectLoan, &Vec<Share>)| {
            let share = share_on(shares, day.max(loan.schedule.release()));
            let percent = share.map_or(0, |percent| i128::from(percent.get()));
            i128::from(loan.schedule.committed_at(day).get()) * percent
        };
        loans.iter().zip(&self.shares).map(of_loan).sum()
    }
}
