//! What the engine refuses, put where the person can act on it: at a field, on the page that says
//! that we cannot insure online, or passed on.

use crate::domain::rule::Rule;
use crate::kernel::french::spaced;
use crate::kernel::problem::{Fault, Kind, Problem};
use crate::platform::web::form::Form;

/// Where a refusal belongs.
#[derive(Debug)]
pub enum Refusal {
    /// At the fields of the form, which now holds the messages.
    Corrections,
    /// On a page of its own, which says who and why.
    NotEligible(Vec<Fault>),
    /// Not about the answers.
    Other(Problem),
}

/// Pointers of the document, and the field that each comes from.
const FIELDS: [(&str, &str); 22] = [
    ("/loans/0/capital_cents", "capital"),
    ("/loans/0/months", "duree"),
    ("/loans/0/nominal_rate", "taux"),
    ("/loans/0/release_date", "restant"),
    ("/loans/0/first_due_date", "echeance_m"),
    ("/loans/1/capital_cents", "capital2"),
    ("/loans/1/months", "duree2"),
    ("/loans/1/nominal_rate", "taux2"),
    ("/loans/1/deferral_months", "differe2"),
    ("/loans/1/kind", "type2"),
    ("/insured/0/birth_date", "naissance_j"),
    ("/insured/1/birth_date", "naissance2_j"),
    ("/insured/0/shares", "part1"),
    ("/insured/1/shares", "part2"),
    ("/insured/0/occupation", "situation1"),
    ("/insured/1/occupation", "situation2"),
    ("/options/franchise_days", "franchise"),
    ("/options/pack", "formule"),
    ("/purpose", "objet"),
    ("/effect_date", "echeance_m"),
    ("/bank_offer", "actuelle"),
    ("/loans/1", "capital2"),
];

/// Whether somebody cannot be insured online, which no answer at a field puts right.
pub fn closes(faults: &[Fault]) -> bool {
    let closing = [Rule::NotEligible.code(), Rule::Birthdate.code()];
    faults.iter().any(|fault| closing.contains(&fault.code))
}

/// Puts a refusal where it belongs. `asked` says which fields the page has: a fault about something
/// else is said in the summary alone.
pub fn place(form: &mut Form, problem: Problem, asked: fn(&str) -> bool) -> Refusal {
    if problem.kind != Kind::Invalid || problem.faults.is_empty() {
        return Refusal::Other(problem);
    }
    if closes(&problem.faults) {
        return Refusal::NotEligible(problem.faults);
    }
    for fault in &problem.faults {
        match field(fault).filter(|field| asked(field)) {
            Some(field) => form.refuse(field, spaced(&fault.detail)),
            None => form.refuse_group(&fault.pointer, "", &[], spaced(&fault.detail)),
        }
    }
    Refusal::Corrections
}

fn field(fault: &Fault) -> Option<&'static str> {
    let under = |pointer: &str| {
        fault
            .pointer
            .strip_prefix(pointer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    FIELDS.iter().find(|(pointer, _)| under(pointer)).map(|(_, field)| *field)
}
