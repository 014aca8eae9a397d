//! From a simulation to the document of the answer. Translates, decides nothing.

mod benefit;
mod equivalence;
mod schedules;

use crate::domain::equivalence::Profile;
use crate::domain::guarantee::{Exclusion, Guarantee};
use crate::domain::simulation::{
    Cover, InsuredResult, Priced, Project, ProjectInsured, Saving, Simulation,
};
use crate::domain::tariff::split::split;
use crate::domain::tariff::{PremiumPlan, Tariff};
use crate::kernel::money::Cents;

use super::wire::{
    CostsResponse, ExclusionResponse, GuaranteePriceResponse, GuaranteeResponse,
    InsuredLoanResponse, InsuredResponse, LoanResponse, ProjectResponse, RouteResponse,
    SavingResponse, SimulationRequest, SimulationResponse, WarningResponse,
};

/// Everything an answer is written from.
pub(super) struct Writer<'a> {
    pub(super) request: &'a SimulationRequest,
    pub(super) project: &'a Project,
    pub(super) simulation: &'a Simulation,
    pub(super) tariff: &'a Tariff,
    /// What the lender requires.
    pub(super) lender: Option<&'a Profile>,
    /// Whether month-by-month tables are written.
    pub(super) with_schedule: bool,
}

impl Writer<'_> {
    /// The document of the answer.
    pub(super) fn response(&self, warnings: Vec<WarningResponse>) -> SimulationResponse {
        let insured = (0..self.project.insured.len()).map(|place| self.insured(place));
        let loans = (0..self.project.loans.len()).map(|place| self.loan(place));
        SimulationResponse {
            currency: "EUR".into(),
            tariff_version: self.tariff.version.clone(),
            insured: insured.collect(),
            loans: loans.collect(),
            project: self.project_response(),
            saving: self.simulation.saving.as_ref().map(|saving| self.saving(saving)),
            warnings,
        }
    }

    fn insured(&self, place: usize) -> InsuredResponse {
        let person = &self.project.insured[place];
        let result = &self.simulation.insured[place];
        InsuredResponse {
            reference: self.request.insured[place].reference.clone(),
            costs: costs(&result.priced),
            route: route(result),
            guarantees: self.guarantees(person, result),
            exclusions: person.exclusions.iter().map(exclusion).collect(),
            loans: result.covers.iter().map(|cover| self.insured_loan(person, cover)).collect(),
            equivalence: self.lender.map(|profile| equivalence::response(self, place, profile)),
            schedule: self.with_schedule.then(|| schedules::premiums(result)),
        }
    }

    fn guarantees(
        &self,
        person: &ProjectInsured,
        result: &InsuredResult,
    ) -> Vec<GuaranteeResponse> {
        let last = self.project.last_repayment(person);
        let plans = || result.covers.iter().map(|cover| &cover.plan);
        let of = |guarantee: Guarantee| GuaranteeResponse {
            code: guarantee,
            first_month_cents: first_month(result, guarantee).get(),
            total_cents: plans().map(|plan| plan.total_of(guarantee)).sum::<Cents>().get(),
            benefit: benefit::sentence(guarantee, &self.project.choices),
            end_date: person.guarantee_end(guarantee, last),
        };
        person.life.pack.guarantees().iter().copied().map(of).collect()
    }

    fn insured_loan(&self, person: &ProjectInsured, cover: &Cover) -> InsuredLoanResponse {
        let guarantees = person.life.pack.guarantees().iter().map(|code| GuaranteePriceResponse {
            code: *code,
            first_month_cents: first(&cover.plan, *code).get(),
        });
        InsuredLoanResponse {
            reference: self.request.loans[cover.loan].reference.clone(),
            percent: cover.percent.get(),
            costs: costs(&cover.priced),
            guarantees: guarantees.collect(),
        }
    }

    fn loan(&self, place: usize) -> LoanResponse {
        let schedule = &self.project.loans[place].schedule;
        let last = schedule.rows().last();
        LoanResponse {
            reference: self.request.loans[place].reference.clone(),
            instalment_cents: schedule.usual_instalment().get(),
            last_instalment_cents: last.map_or(0, |row| row.instalment.get()),
            interest_cents: schedule.total_interest().get(),
            end_date: schedule.end(),
            costs: costs(&self.simulation.loans[place]),
            schedule: self.with_schedule.then(|| schedules::loan(self, place)),
        }
    }

    fn project_response(&self) -> ProjectResponse {
        let priced = &self.simulation.project;
        let tax = split(priced.costs.first_month, self.tariff.coefficients.tax).tax;
        let ends = self.project.loans.iter().map(|loan| loan.schedule.end());
        ProjectResponse {
            reference: "project".into(),
            costs: costs(priced),
            first_month_tax_cents: tax.get(),
            first_collection_cents: self.simulation.first_collection.get(),
            smallest_collection_cents: Some(self.tariff.coefficients.collection_min.get()),
            end_date: ends.max().unwrap_or(self.project.choices.effect),
            schedule: self.with_schedule.then(|| schedules::project(self)),
        }
    }

    fn saving(&self, saving: &Saving) -> SavingResponse {
        SavingResponse {
            total_cents: saving.total.get(),
            total_8y_cents: saving.total_8y.get(),
            bank: costs(&saving.bank),
            assurly: costs(&self.simulation.project),
        }
    }
}

fn exclusion(exclusion: &Exclusion) -> ExclusionResponse {
    ExclusionResponse {
        code: exclusion.code.clone().into_owned(),
        category: exclusion.category,
        guarantees: exclusion.guarantees.to_vec(),
        wording: exclusion.wording.clone(),
    }
}

/// Price of a guarantee in the first month of this person: a loan that starts later counts later.
fn first_month(result: &InsuredResult, guarantee: Guarantee) -> Cents {
    let month = result.priced.series.first_month();
    let plans = result.covers.iter().map(|cover| &cover.plan);
    let of_month = plans.filter(|plan| plan.first_month_index() == Some(month));
    of_month.map(|plan| first(plan, guarantee)).sum()
}

fn first(plan: &PremiumPlan, guarantee: Guarantee) -> Cents {
    plan.first_month()[guarantee.index()]
}

fn costs(priced: &Priced) -> CostsResponse {
    CostsResponse {
        first_month_cents: priced.costs.first_month.get(),
        min_month_cents: priced.costs.min_month.get(),
        max_month_cents: priced.costs.max_month.get(),
        total_8y_cents: priced.costs.total_8y.get(),
        total_cents: priced.costs.total.get(),
        taea: priced.taea().to_string(),
        taeg_without: priced.taeg_without.to_string(),
        taeg_with: priced.taeg_with.to_string(),
    }
}

fn route(result: &InsuredResult) -> RouteResponse {
    let route = &result.route;
    RouteResponse {
        eligible: route.is_eligible(),
        path: route.path.map(|path| path.code().to_owned()),
        reasons: route.reasons.iter().map(|reason| reason.code().to_owned()).collect(),
        cumulated_cents: result.cumulated.get(),
        age_at_effect: route.age_at_effect,
        age_at_end: route.age_at_end,
    }
}
