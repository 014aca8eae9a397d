//! From the document of a request to a project of the trade: everything that can be wrong with it
//! is said at once, each at its place.
//!
//! Nothing is priced here and nothing is guessed: a value is taken, or its fault is noted.

mod bank;
mod faults;
mod insured;
mod lender;
mod loan_terms;
mod loans;
mod risks;
mod values;
mod whole;

use crate::domain::equivalence::Profile;
use crate::domain::product::{INSURED_MAX, LOANS_MAX};
use crate::domain::rule::Rule;
use crate::domain::simulation::{Project, ProjectInsured, ProjectLoan};
use crate::domain::tariff::{Choices, Franchise, Tariff};
use crate::kernel::problem::Fault;

use super::wire::{SimulationRequest, WarningResponse};
use crate::domain::loan::Usage;
use faults::Faults;

/// A document that was understood.
pub(super) struct Reading {
    /// What is asked, in the words of the trade.
    pub(super) project: Project,
    /// What the lender requires.
    pub(super) lender: Option<Profile>,
    /// What to know before going on.
    pub(super) warnings: Vec<WarningResponse>,
}

/// Reads a document.
///
/// # Errors
/// Every fault of the document, in the order of its fields.
pub(super) fn read(request: &SimulationRequest, tariff: &Tariff) -> Result<Reading, Vec<Fault>> {
    let mut faults = Faults::default();
    values::day(request.effect_date, "/effect_date", &mut faults);
    let loans = read_loans(request, &mut faults);
    let insured = read_insured(request, tariff, &mut faults);
    let franchise = franchise(request, &mut faults);
    let bank = bank::read(request.bank_offer.as_ref(), &mut faults);
    let lender = lender::read(request.lender.as_ref(), &mut faults);
    if let (Some(loans), Some(insured)) = (&loans, &insured) {
        whole::shares_begin_in_time(loans, insured, &mut faults);
    }
    let usage = request.usage.unwrap_or(request.purpose.usual_usage());
    match (loans, insured, franchise, faults.is_empty()) {
        (Some(loans), Some(insured), Some(franchise), true) => {
            whole::warn_of_caps(&loans, &insured, &mut faults);
            let project = Project {
                housing: matches!(usage, Usage::Habitation | Usage::Mixte),
                loans,
                insured,
                choices: Choices {
                    effect: request.effect_date,
                    franchise,
                    mno: request.options.mno,
                    basis: request.options.basis,
                },
                fractionation: request.options.fractionation,
                bank,
            };
            Ok(Reading { project, lender, warnings: faults.warnings })
        }
        _ => Err(faults.list),
    }
}

fn read_loans(request: &SimulationRequest, faults: &mut Faults) -> Option<Vec<ProjectLoan>> {
    if request.loans.is_empty() || request.loans.len() > LOANS_MAX {
        let found = request.loans.len();
        faults.add(
            "/loans",
            Rule::LoanCount,
            format!("Décrivez de 1 à 6 prêts : il y en a {found}."),
        );
        return None;
    }
    let loans = loans::read(&request.loans, faults)?;
    let last = loans.iter().map(|loan| loan.schedule.end()).min();
    if last.is_some_and(|end| end <= request.effect_date) {
        let detail = "La date d’effet doit être avant la dernière échéance de chaque prêt.";
        faults.add("/effect_date", Rule::DateRange, detail);
        return None;
    }
    Some(loans)
}

fn read_insured(
    request: &SimulationRequest,
    tariff: &Tariff,
    faults: &mut Faults,
) -> Option<Vec<ProjectInsured>> {
    if request.insured.is_empty() || request.insured.len() > INSURED_MAX {
        let found = request.insured.len();
        let detail = format_args!("Décrivez de 1 à 4 assurés : il y en a {found}.");
        faults.add("/insured", Rule::InsuredCount, detail);
        return None;
    }
    insured::read(request, tariff, faults)
}

fn franchise(request: &SimulationRequest, faults: &mut Faults) -> Option<Franchise> {
    let days = request.options.franchise_days;
    let franchise = Franchise::from_days(days);
    if franchise.is_none() {
        let detail = format_args!("La franchise est de 30, 60 ou 90 jours, pas {days}.");
        faults.add("/options/franchise_days", Rule::FranchiseOption, detail);
    }
    franchise
}
