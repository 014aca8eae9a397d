//! What is answered.

use crate::domain::cost::{AnnualRate, taea};
use crate::domain::pathway::Route;
use crate::domain::tariff::{Costs, MonthlySeries, PremiumPlan};
use crate::kernel::money::Cents;
use crate::kernel::rate::Percent;

/// A set of premiums measured on a credit.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    /// Premiums by calendar month.
    pub series: MonthlySeries,
    /// The figures to show.
    pub costs: Costs,
    /// Annual effective rate of the credit without insurance (*TAEG*).
    pub taeg_without: AnnualRate,
    /// The same with these premiums.
    pub taeg_with: AnnualRate,
}

impl Priced {
    /// Annual effective rate of the insurance.
    pub fn taea(&self) -> AnnualRate {
        taea(self.taeg_without, self.taeg_with)
    }
}

/// One person on one loan.
#[derive(Clone, Debug, PartialEq)]
pub struct Cover {
    /// Place of the loan in the project.
    pub loan: usize,
    /// Share at the start.
    pub percent: Percent,
    /// Premiums, guarantee by guarantee.
    pub plan: PremiumPlan,
    /// Measured on that loan alone.
    pub priced: Priced,
}

/// One person.
#[derive(Clone, Debug, PartialEq)]
pub struct InsuredResult {
    /// Measured on the whole project.
    pub priced: Priced,
    /// Medical path.
    pub route: Route,
    /// Insured share of all outstanding credits.
    pub cumulated: Cents,
    /// Loan by loan, where insured.
    pub covers: Vec<Cover>,
}

/// The bank's contract beside ours; positive amounts are saved with us.
#[derive(Clone, Debug, PartialEq)]
pub struct Saving {
    /// Over the whole loan.
    pub total: Cents,
    /// Over the first eight years.
    pub total_8y: Cents,
    /// The bank's contract, measured like ours.
    pub bank: Priced,
}

/// A priced project.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// In the order of the project.
    pub insured: Vec<InsuredResult>,
    /// All persons on each loan, measured on that loan alone.
    pub loans: Vec<Priced>,
    /// All persons on all loans.
    pub project: Priced,
    /// First amount collected.
    pub first_collection: Cents,
    /// Comparison with the bank.
    pub saving: Option<Saving>,
}

/// A project that cannot be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// The flows of a loan have no annual effective rate.
    #[error("loan {loan} has no annual effective rate")]
    RateNotDefined {
        /// Place of the loan; the first when all together have none.
        loan: usize,
    },
}
