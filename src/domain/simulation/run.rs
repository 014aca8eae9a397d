//! From project to simulation: price each person on each loan once, then measure every grouping of
//! these premiums on the credit it belongs to.
//!
//! A rate of several premiums together is always solved on the summed flows; rates do not add up
//! (`docs/domain/tariff.md`).

use std::cell::RefCell;

use jiff::civil::Date;

use super::credit::{Credit, add_premiums};
use super::project::{BankOffer, Project, ProjectInsured};
use super::result::{Cover, InsuredResult, Priced, Saving, Simulation, SimulationError};
use crate::domain::cost::{AnnualRate, CashFlows};
use crate::domain::pathway::{Facts, Route, Rules, route};
use crate::domain::tariff::collection::{Collection, grouped, on_account};
use crate::domain::tariff::periods::{Share, share_on};
use crate::domain::tariff::{Basis, MonthlySeries, PremiumPlan, Tariff, flat};
use crate::kernel::calendar::month_index;
use crate::kernel::money::Cents;
use crate::kernel::rate::Percent;

impl Project {
    /// Prices the project.
    ///
    /// # Errors
    /// [`SimulationError::RateNotDefined`] when a loan's flows have no annual effective rate.
    pub fn simulate(&self, tariff: &Tariff, rules: &Rules) -> Result<Simulation, SimulationError> {
        let measures = Measures::new(self)?;
        let premiums = self.premiums(tariff);
        let everybody = || premiums.iter().flatten();
        let loans = (0..self.loans.len()).map(|loan| {
            let on_loan = everybody().filter(|premium| premium.loan == loan);
            measures.loans[loan].price(on_loan)
        });
        let loans = loans.collect::<Result<Vec<_>, _>>()?;
        let project = measures.project().price(everybody())?;
        let saving = self.saving(&measures, &project)?;
        let collected = everybody().flat_map(|premium| premium.collections.iter().copied());
        let smallest = tariff.coefficients.collection_min;
        let first_collection = on_account(collected.collect(), smallest).first().map(|c| c.amount);
        // Last, because each person's result takes the premiums over.
        let insured = self.insured.iter().zip(premiums);
        let insured = insured
            .map(|(person, premiums)| self.insured_result(person, premiums, &measures, rules));
        Ok(Simulation {
            insured: insured.collect::<Result<_, _>>()?,
            loans,
            project,
            first_collection: first_collection.unwrap_or_default(),
            saving,
        })
    }

    /// Premiums of each person on each loan insured.
    fn premiums(&self, tariff: &Tariff) -> Vec<Vec<Premiums>> {
        let mut numbers = 0..;
        let mut of_cover = |person: &ProjectInsured, loan: usize, shares: &[Share]| {
            let schedule = &self.loans[loan].schedule;
            let plan = PremiumPlan::new(tariff, &person.life, &self.choices, shares, schedule);
            Premiums {
                number: numbers.next().unwrap_or(u32::MAX),
                loan,
                percent: share_at_start(shares, self.choices.effect),
                series: plan.series(),
                collections: grouped(&plan, self.fractionation),
                plan,
            }
        };
        let of_person = |person: &ProjectInsured| {
            let covered = person.shares.iter().enumerate().filter(|(_, shares)| !shares.is_empty());
            covered.map(|(loan, shares)| of_cover(person, loan, shares)).collect()
        };
        self.insured.iter().map(of_person).collect()
    }

    fn insured_result(
        &self,
        person: &ProjectInsured,
        premiums: Vec<Premiums>,
        measures: &Measures,
        rules: &Rules,
    ) -> Result<InsuredResult, SimulationError> {
        let cumulated = person.cumulated(&self.loans, self.choices.effect);
        let priced = measures.project().price(&premiums)?;
        let covers = premiums.into_iter().map(|premium| {
            let priced = measures.loans[premium.loan].price([&premium])?;
            Ok(Cover { loan: premium.loan, percent: premium.percent, plan: premium.plan, priced })
        });
        Ok(InsuredResult {
            priced,
            route: self.route(person, cumulated, rules),
            cumulated,
            covers: covers.collect::<Result<_, _>>()?,
        })
    }

    fn route(&self, person: &ProjectInsured, cumulated: Cents, rules: &Rules) -> Route {
        let facts = Facts {
            birth: person.life.birth,
            effect: self.choices.effect,
            last_repayment: self.last_repayment(person),
            cumulated,
            housing: self.housing,
            country: &person.country,
            previous: None,
        };
        route(&facts, rules)
    }

    fn saving(
        &self,
        measures: &Measures,
        ours: &Priced,
    ) -> Result<Option<Saving>, SimulationError> {
        let Some(offer) = self.bank else {
            return Ok(None);
        };
        let premiums = self.bank_premiums(offer);
        let mut series = MonthlySeries::default();
        for premium in &premiums {
            series.add(month_index(premium.on), premium.amount);
        }
        let bank = measures.project().measure(series, premiums.iter())?;
        Ok(Some(Saving {
            total: bank.costs.total - ours.costs.total,
            total_8y: bank.costs.total_8y - ours.costs.total_8y,
            bank,
        }))
    }

    /// The bank's premiums for the same persons and shares.
    fn bank_premiums(&self, offer: BankOffer) -> Vec<Collection> {
        let effect = self.choices.effect;
        let at_rate = |rate, basis| {
            let covers =
                self.insured.iter().flat_map(|person| self.loans.iter().zip(&person.shares));
            let premiums = covers.flat_map(|(loan, shares)| {
                flat::at_rate(rate, basis, shares, &loan.schedule, effect)
            });
            premiums.collect()
        };
        match offer {
            BankOffer::Initial(rate) => at_rate(rate, Basis::Ci),
            BankOffer::Outstanding(rate) => at_rate(rate, Basis::CrdMonthly),
            BankOffer::Monthly(amount) => {
                let schedules: Vec<_> = self.loans.iter().map(|loan| &loan.schedule).collect();
                flat::monthly(amount, &schedules, effect)
            }
        }
    }
}

/// The share in force on the first day of cover, or the first to come.
fn share_at_start(shares: &[Share], effect: Date) -> Percent {
    share_on(shares, effect).unwrap_or(shares[0].percent)
}

/// Premiums of one person on one loan, ready to be measured in several groupings.
struct Premiums {
    /// Place among all premiums of the project.
    number: u32,
    loan: usize,
    percent: Percent,
    plan: PremiumPlan,
    series: MonthlySeries,
    collections: Vec<Collection>,
}

/// The credits on which premiums are measured, each solved once without insurance.
struct Measures {
    loans: Vec<Measure>,
    /// All loans together, when there are several: one loan is the project.
    several: Option<Measure>,
}

impl Measures {
    fn new(project: &Project) -> Result<Self, SimulationError> {
        let effect = project.choices.effect;
        let credits: Vec<_> = project.loans.iter().map(|loan| Credit::new(loan, effect)).collect();
        let loans = credits.iter().enumerate();
        let loans = loans.map(|(loan, credit)| Measure::new(credit.flows(), loan));
        let loans = loans.collect::<Result<_, _>>()?;
        let several = (credits.len() > 1).then(|| {
            let origin = credits.iter().map(Credit::start).min().unwrap_or(effect);
            let mut all = CashFlows::new(origin);
            credits.iter().for_each(|credit| credit.add_to(&mut all));
            Measure::new(all, 0)
        });
        Ok(Self { loans, several: several.transpose()? })
    }

    fn project(&self) -> &Measure {
        self.several.as_ref().unwrap_or(&self.loans[0])
    }
}

struct Measure {
    credit: CashFlows,
    loan: usize,
    taeg: AnnualRate,
    /// What was measured, by the set of premiums: one person on one loan is everybody on all loans.
    known: RefCell<Vec<(u64, Priced)>>,
}

impl Measure {
    fn new(credit: CashFlows, loan: usize) -> Result<Self, SimulationError> {
        let taeg = credit.annual_rate().map_err(|_| SimulationError::RateNotDefined { loan })?;
        Ok(Self { credit, loan, taeg, known: RefCell::default() })
    }

    /// The premiums together on this credit; each set is measured once.
    fn price<'a>(
        &self,
        premiums: impl IntoIterator<Item = &'a Premiums, IntoIter: Clone>,
    ) -> Result<Priced, SimulationError> {
        let premiums = premiums.into_iter();
        let set = premiums.clone().fold(0, |set, premium| set | 1_u64 << premium.number);
        let known = self.known.borrow().iter().find(|(of, _)| *of == set).map(|(_, p)| p.clone());
        if let Some(priced) = known {
            return Ok(priced);
        }
        let mut series = MonthlySeries::default();
        premiums.clone().for_each(|premium| series.merge(&premium.series));
        let priced = self.measure(series, premiums.flat_map(|premium| &premium.collections))?;
        self.known.borrow_mut().push((set, priced.clone()));
        Ok(priced)
    }

    fn measure<'a>(
        &self,
        series: MonthlySeries,
        collections: impl Iterator<Item = &'a Collection>,
    ) -> Result<Priced, SimulationError> {
        let mut flows = self.credit.clone();
        add_premiums(&mut flows, collections);
        let not_defined = |_| SimulationError::RateNotDefined { loan: self.loan };
        Ok(Priced {
            costs: series.costs(),
            series,
            taeg_without: self.taeg,
            taeg_with: flows.annual_rate().map_err(not_defined)?,
        })
    }
}
