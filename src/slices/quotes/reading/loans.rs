//! The loans of a document, each read alone, then put together.

use std::collections::HashSet;

use super::faults::Faults;
use super::loan_terms::{self, Read};
use super::values;
use crate::domain::loan::{LoanKind, Schedule, TermsError, smoothed};
use crate::domain::product::ACCOUNT_FEE_MAX;
use crate::domain::rule::Rule;
use crate::domain::simulation::ProjectLoan;
use crate::kernel::money::Cents;
use crate::slices::quotes::wire::LoanRequest;

/// Reads every loan; `None` when one has a fault.
pub(super) fn read(loans: &[LoanRequest], faults: &mut Faults) -> Option<Vec<ProjectLoan>> {
    let before = faults.count();
    references(loans, faults);
    let parts: Vec<_> = loans.iter().enumerate().map(|(i, loan)| part(loan, i, faults)).collect();
    smoothed_alone(loans, faults);
    let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
    let schedules = schedules(parts, faults)?;
    repaid_in_time(loans, &schedules, faults);
    let built = loans.iter().zip(schedules).map(|(loan, schedule)| ProjectLoan {
        schedule,
        lender_fees: Cents::new(loan.lender_fees_cents),
        account_fee: Cents::new(loan.account_fee_cents),
    });
    let built = built.collect();
    (faults.count() == before).then_some(built)
}

/// Steps with instalments of their own may repay the loan before its term: then the term is wrong.
fn repaid_in_time(loans: &[LoanRequest], schedules: &[Schedule], faults: &mut Faults) {
    for (place, (loan, schedule)) in loans.iter().zip(schedules).enumerate() {
        let holds =
            loan.early_repayments.is_some() || schedule.rows().len() == loan.months as usize;
        let detail = "Ces paliers remboursent le prêt avant son terme.";
        faults.check(holds, format_args!("/loans/{place}/steps"), Rule::StepSum, detail);
    }
}

fn references(loans: &[LoanRequest], faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (place, loan) in loans.iter().enumerate() {
        let pointer = format_args!("/loans/{place}/ref");
        if values::reference(&loan.reference, pointer, faults) {
            let detail = "Cette référence désigne déjà un autre prêt.";
            faults.check(seen.insert(&loan.reference), pointer, Rule::RefFormat, detail);
        }
    }
}

fn part(loan: &LoanRequest, place: usize, faults: &mut Faults) -> Option<Read> {
    let at = format!("/loans/{place}");
    let before = faults.count();
    let fees = (0..loan.capital_cents.max(1)).contains(&loan.lender_fees_cents);
    let detail = "Les frais du prêteur vont de 0 à moins que le capital.";
    faults.check(fees, format_args!("{at}/lender_fees_cents"), Rule::AmountRange, detail);
    let account = (0..=ACCOUNT_FEE_MAX.get()).contains(&loan.account_fee_cents);
    let detail = "Les frais de compte vont de 0 à 100,00 € par mois.";
    faults.check(account, format_args!("{at}/account_fee_cents"), Rule::AmountRange, detail);
    let read = loan_terms::read(loan, &at, faults);
    read.filter(|_| faults.count() == before)
}

/// A smoothed loan needs others to be smoothed around, and only one can be.
fn smoothed_alone(loans: &[LoanRequest], faults: &mut Faults) {
    let smoothed: Vec<_> = loans.iter().map(|loan| loan.kind == LoanKind::Lisse).collect();
    let count = smoothed.iter().filter(|is| **is).count();
    if count == 0 || (count == 1 && loans.len() > 1) {
        return;
    }
    let place = smoothed.iter().rposition(|is| *is).unwrap_or(0);
    let detail = "Un seul prêt est lissé, autour des autres prêts du projet.";
    faults.add(format_args!("/loans/{place}/kind"), Rule::FieldNotApplicable, detail);
}

/// Schedules in order; the smoothed loan is computed last, around the others.
fn schedules(parts: Vec<Read>, faults: &mut Faults) -> Option<Vec<Schedule>> {
    let mut done: Vec<Option<Schedule>> = vec![None; parts.len()];
    let mut last = None;
    for (place, part) in parts.into_iter().enumerate() {
        match part {
            Read::Imported(schedule) => done[place] = Some(schedule),
            Read::Computed(terms) => {
                done[place] = scheduled(terms.schedule(), place, false, faults);
            }
            Read::Smoothed(terms) => last = Some((place, terms)),
        }
    }
    if let Some((place, terms)) = last {
        let others: Option<Vec<_>> =
            done.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, s)| s.clone()).collect();
        done[place] = scheduled(smoothed(terms, &others?).schedule(), place, true, faults);
    }
    done.into_iter().collect()
}

fn scheduled(
    result: Result<Schedule, TermsError>,
    place: usize,
    is_smoothed: bool,
    faults: &mut Faults,
) -> Option<Schedule> {
    let at = format_args!("/loans/{place}");
    match result {
        Ok(schedule) => return Some(schedule),
        Err(TermsError::NotAmortising { .. } | TermsError::Empty) if is_smoothed => {
            let detail = "Ce prêt ne peut pas être lissé : les mensualités des autres prêts sont trop fortes.";
            faults.add(at, Rule::StepNotAmortising, detail);
        }
        Err(TermsError::NotAmortising { segment }) => {
            let detail = "La mensualité de ce palier doit dépasser les intérêts du mois.";
            faults.add(format_args!("{at}/steps/{segment}"), Rule::StepNotAmortising, detail);
        }
        Err(TermsError::EarlyRepayment { place }) => {
            let detail = "Un remboursement anticipé est inférieur au capital restant dû, et les mois se suivent.";
            faults.add(format_args!("{at}/early_repayments/{place}"), Rule::EarlyRepayment, detail);
        }
        Err(TermsError::Empty) => {
            faults.add(
                format_args!("{at}/months"),
                Rule::LoanTermRange,
                Rule::LoanTermRange.sentence(),
            );
        }
    }
    None
}
