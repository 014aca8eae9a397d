//! The terms of one loan as a page of the subscription types them: its kind, capital, term and rate, a deferral, steps,
//! the month of its first instalment. Read, and shown again.
//!
//! Loans that only a program can describe are not shown here ([`is_typed`]): a page never loses what it cannot show.

use jiff::civil::Date;

use super::answers::{self, first_due};
use super::loans::{deferral, loan_of, longest};
use super::{ask, carry, dates};
use crate::domain::loan::LoanKind;
use crate::domain::product::DEFERRAL_MONTHS_MAX;
use crate::kernel::calendar::{add_months, month_index};
use crate::kernel::french::{self, read};
use crate::kernel::money::Cents;
use crate::kernel::rate::Rate;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{LoanRequest, SimulationRequest, StepRequest};

/// Kinds of loan, as they are sent.
const KINDS: [&str; 5] = ["classique", "ptz", "in_fine", "relais", "paliers"];

/// Steps that a page types, beside the last one, which is solved: months, then instalment.
const STEPS: [(&str, &str); 2] = [("palier1_mois", "palier1"), ("palier2_mois", "palier2")];

/// What makes a loan of its kind.
struct Shape {
    kind: LoanKind,
    deferral_months: Option<u32>,
    steps: Option<Vec<StepRequest>>,
    capitalised_interest: Option<bool>,
}

impl Shape {
    const fn plain(kind: LoanKind) -> Self {
        Self { kind, deferral_months: None, steps: None, capitalised_interest: None }
    }
}

/// Whether the page shows everything of this loan.
pub fn is_typed(loan: &LoanRequest) -> bool {
    let steps = loan.steps.as_deref().unwrap_or_default();
    let is_short = steps.len() <= STEPS.len() + 1;
    carry::is_movable(loan)
        && loan.capital_cents % 100 == 0
        && is_short
        && steps.iter().all(|step| step.weight.is_none())
}

/// A kind of loan, as people read it.
pub const fn called(kind: LoanKind) -> &'static str {
    match kind {
        LoanKind::Amortissable => "prêt classique",
        LoanKind::InFine => "prêt in fine",
        LoanKind::DifferePartiel => "prêt à différé partiel",
        LoanKind::DiffereTotal => "prêt à différé total",
        LoanKind::Paliers => "prêt à paliers",
        LoanKind::Ptz => "prêt à taux zéro",
        LoanKind::Relais => "prêt relais",
        LoanKind::Lisse => "prêt classique, mensualités lissées",
    }
}

/// The loan at this place of the document as it was typed, or one more (`None`). `None` is answered when the form now
/// holds what is to be corrected.
pub fn read(
    form: &mut Form,
    request: &SimulationRequest,
    at: Option<usize>,
    today: Date,
) -> Option<LoanRequest> {
    let old = at.and_then(|at| request.loans.get(at));
    let kind = ask::chosen(form, "type", &KINDS, "Indiquez le type du prêt");
    let capital = ask::capital(form, "capital", "le montant emprunté");
    let months = ask::term(form, "duree", "la durée du prêt", longest(kind.as_deref()));
    let rate = if kind.as_deref() == Some("ptz") {
        Some(Rate::ZERO)
    } else {
        ask::rate(form, "taux", "le taux du prêt")
    };
    let shape = kind.and_then(|kind| shape(form, &kind, months));
    let (release, due) = days(form, request, old, months, today)?;
    let shape = shape.filter(|_| form.is_sound())?;
    let mut loan = loan_of(capital?, months?, rate?, release);
    loan.reference = old.map_or_else(|| fresh(request), |old| old.reference.clone());
    loan.first_due_date = Some(due);
    loan.kind = shape.kind;
    loan.deferral_months = shape.deferral_months;
    loan.steps = shape.steps;
    loan.capitalised_interest = shape.capitalised_interest;
    if let Some(old) = old {
        loan.lender_fees_cents = old.lender_fees_cents;
        loan.account_fee_cents = old.account_fee_cents;
    }
    Some(old.filter(|old| is_same(old, &loan)).cloned().unwrap_or(loan))
}

/// Whether two loans differ in nothing but how a document writes them: what changes nothing voids no acceptance.
fn is_same(one: &LoanRequest, other: &LoanRequest) -> bool {
    let written = |loan: &LoanRequest| LoanRequest {
        nominal_rate: loan
            .nominal_rate
            .parse::<Rate>()
            .map_or_else(|_| loan.nominal_rate.clone(), |rate| rate.to_string()),
        first_due_date: Some(first_due(loan)),
        deferral_months: loan.deferral_months.filter(|months| *months > 0),
        capitalised_interest: loan.capitalised_interest.filter(|is_so| *is_so),
        ..loan.clone()
    };
    written(one) == written(other)
}

/// The page as it was filled for this loan.
pub fn fill(form: &mut Form, loan: &LoanRequest) {
    let kind = match loan.kind {
        LoanKind::Ptz => "ptz",
        LoanKind::InFine => "in_fine",
        LoanKind::Relais => "relais",
        LoanKind::Paliers => "paliers",
        _ => "classique",
    };
    form.set("type", kind);
    answers::loan_answers(form, "", loan);
    let deferred = match loan.kind {
        LoanKind::DifferePartiel => "interets",
        LoanKind::DiffereTotal => "rien",
        _ => "non",
    };
    form.set("differe_type", deferred);
    if let Some(months) = loan.deferral_months.filter(|months| *months > 0) {
        form.set("differe", months.to_string());
    }
    for (step, (months, instalment)) in loan.steps.iter().flatten().zip(STEPS) {
        if let Some(cents) = step.instalment_cents {
            form.set(months, step.months.to_string());
            let euros = french::euros(Cents::new(cents));
            form.set(instalment, euros.trim_end_matches(['€', french::HARD]));
        }
    }
    for (name, is_ticked) in [
        ("interets_fin", loan.capitalised_interest == Some(true)),
        ("lisse", loan.kind == LoanKind::Lisse),
    ] {
        if is_ticked {
            form.set(name, "oui");
        }
    }
    let due = first_due(loan);
    form.set("echeance_m", due.month().to_string());
    form.set("echeance_a", due.year().to_string());
}

/// The page as it is first seen: a loan has no deferral unless somebody says so.
pub fn preset(form: &mut Form) {
    form.set("differe_type", "non");
}

/// The field that a refusal of the engine speaks of, for the loan at this place.
pub fn field(pointer: &str, at: usize) -> Option<&'static str> {
    let rest = pointer.strip_prefix("/loans/")?.strip_prefix(&at.to_string())?;
    let fields = [
        ("/capital_cents", "capital"),
        ("/months", "duree"),
        ("/nominal_rate", "taux"),
        ("/deferral_months", "differe"),
        ("/steps/1", "palier2"),
        ("/steps", "palier1"),
        ("/kind", "type"),
        ("/release_date", "echeance"),
        ("/first_due_date", "echeance"),
    ];
    fields.into_iter().find(|(path, _)| rest.starts_with(path)).map(|(_, field)| field)
}

/// A name that no loan of the document has.
fn fresh(request: &SimulationRequest) -> String {
    let is_free = |name: &String| request.loans.iter().all(|loan| loan.reference != *name);
    let names = (1..=request.loans.len() + 1).map(|number| format!("pret{number}"));
    names.rev().find(is_free).unwrap_or_default()
}

fn shape(form: &mut Form, kind: &str, months: Option<u32>) -> Option<Shape> {
    Some(match kind {
        "ptz" => Shape {
            deferral_months: Some(deferral(form, "differe", months)?),
            ..Shape::plain(LoanKind::Ptz)
        },
        "in_fine" => Shape::plain(LoanKind::InFine),
        "relais" => Shape {
            capitalised_interest: form.is("interets_fin", "oui").then_some(true),
            ..Shape::plain(LoanKind::Relais)
        },
        "paliers" => Shape { steps: Some(steps(form, months)?), ..Shape::plain(LoanKind::Paliers) },
        _ => classic(form, months)?,
    })
}

/// Constant instalments, perhaps after a deferral, perhaps smoothed around the other loans.
fn classic(form: &mut Form, months: Option<u32>) -> Option<Shape> {
    let choices = ["non", "interets", "rien"];
    let deferred = ask::chosen(form, "differe_type", &choices, "Indiquez si le prêt a un différé")?;
    let kind = match deferred.as_str() {
        "interets" => LoanKind::DifferePartiel,
        "rien" => LoanKind::DiffereTotal,
        _ if form.is("lisse", "oui") => return Some(Shape::plain(LoanKind::Lisse)),
        _ => return Some(Shape::plain(LoanKind::Amortissable)),
    };
    let count = deferral(form, "differe", months)?;
    let message = match count {
        0 => "Indiquez la durée du différé, en mois".to_owned(),
        1..=DEFERRAL_MONTHS_MAX => {
            return Some(Shape { deferral_months: Some(count), ..Shape::plain(kind) });
        }
        _ => format!("Le différé doit être de {DEFERRAL_MONTHS_MAX}\u{A0}mois au plus"),
    };
    form.refuse("differe", message);
    None
}

/// Steps with instalments of their own, then one whose instalment follows.
fn steps(form: &mut Form, months: Option<u32>) -> Option<Vec<StepRequest>> {
    let mut steps = Vec::with_capacity(STEPS.len() + 1);
    for (nth, (length, instalment)) in ["premier", "deuxième"].into_iter().zip(STEPS) {
        let is_empty = [length, instalment].into_iter().all(|name| form.value(name).is_empty());
        if !steps.is_empty() && is_empty {
            continue;
        }
        let count = read::months_only(form.value(length)).filter(|count| *count > 0);
        if count.is_none() {
            form.refuse(length, format!("Indiquez la durée du {nth} palier, en mois"));
        }
        let amount = read::amount(form.value(instalment)).filter(|amount| amount.is_positive());
        if amount.is_none() {
            let message = format!("Indiquez la mensualité du {nth} palier, comme 640,50");
            form.refuse(instalment, message);
        }
        let (count, amount) = (count?, amount?);
        steps.push(StepRequest {
            months: count,
            weight: None,
            instalment_cents: Some(amount.get()),
        });
    }
    let told: u32 = steps.iter().map(|step| step.months).fold(0, u32::saturating_add);
    let left = months?.checked_sub(told).filter(|left| *left > 0);
    let Some(left) = left else {
        let message = "Ces paliers doivent être plus courts que le prêt";
        form.refuse(STEPS[steps.len() - 1].0, message);
        return None;
    };
    steps.push(StepRequest { months: left, weight: None, instalment_cents: None });
    Some(steps)
}

/// The release and the first due day for the month typed. What is in the same month as before, or as the first loan,
/// keeps its days; a loan that would be repaid before cover begins is a mistake.
fn days(
    form: &mut Form,
    request: &SimulationRequest,
    old: Option<&LoanRequest>,
    months: Option<u32>,
    today: Date,
) -> Option<(Date, Date)> {
    let index = dates::month_typed(form, today)?;
    let like = old.or_else(|| request.loans.first())?;
    let known = first_due(like);
    let due = add_months(known, index - month_index(known));
    let release = if due == known { like.release_date } else { add_months(due, -1) };
    let last = months.and_then(|months| i32::try_from(months).ok()).map(|count| index + count - 1);
    if last.is_some_and(|last| last <= month_index(request.effect_date)) {
        let both = ["echeance_m", "echeance_a"];
        let message = "Ce prêt serait déjà remboursé\u{A0}: vérifiez sa durée et ce mois";
        form.refuse_group("echeance", both[0], &both, message);
        return None;
    }
    Some((release, due))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    fn document() -> SimulationRequest {
        let mut form = Form::new([
            ("projet", "nouveau"),
            ("capital", "220000"),
            ("duree", "20"),
            ("taux", "3,45"),
            ("naissance_j", "27"),
            ("naissance_m", "3"),
            ("naissance_a", "1988"),
            ("fumeur", "non"),
        ]);
        super::super::read(&mut form, TODAY).expect("a document")
    }

    /// Every kind of loan that the page types comes back as it was read.
    #[test]
    fn what_was_typed_is_shown_and_read_again_as_the_same_loan() {
        let request = document();
        let cases: [&[(&str, &str)]; 7] = [
            &[("type", "classique"), ("differe_type", "non")],
            &[("type", "classique"), ("differe_type", "interets"), ("differe", "12")],
            &[("type", "classique"), ("differe_type", "rien"), ("differe", "60")],
            &[("type", "ptz"), ("differe", "120")],
            &[("type", "relais"), ("duree", "2"), ("interets_fin", "oui")],
            &[("type", "in_fine"), ("duree", "10")],
            &[
                ("type", "paliers"),
                ("palier1_mois", "24"),
                ("palier1", "900"),
                ("palier2_mois", "36"),
                ("palier2", "1 100,25"),
            ],
        ];
        for over in cases {
            let mut form = Form::new([
                ("capital", "40 000"),
                ("duree", "20"),
                ("taux", "3,105"),
                ("echeance_m", "avril"),
                ("echeance_a", "2027"),
            ]);
            for (name, value) in over {
                form.set(name, *value);
            }
            let loan = read(&mut form, &request, None, TODAY);
            let loan = loan.unwrap_or_else(|| panic!("{over:?}: {:?}", form.errors()));
            assert_eq!(loan.reference, "pret2");
            assert!(is_typed(&loan), "{over:?}");
            let mut with = request.clone();
            with.loans.push(loan.clone());
            let mut shown = Form::default();
            fill(&mut shown, &loan);
            assert_eq!(read(&mut shown, &with, Some(1), TODAY), Some(loan), "{over:?}");
        }
    }

    #[test]
    fn a_month_that_stays_moves_no_day_and_fees_are_kept() {
        let mut request = document();
        request.loans[0].release_date = date(2026, 12, 3);
        request.loans[0].first_due_date = Some(date(2027, 1, 31));
        request.loans[0].lender_fees_cents = 50_000;
        let mut form = Form::default();
        fill(&mut form, &request.loans[0]);
        form.set("capital", "210 000");
        let loan = read(&mut form, &request, Some(0), TODAY).expect("a loan");
        assert_eq!(loan, LoanRequest { capital_cents: 21_000_000, ..request.loans[0].clone() });
        form.set("echeance_m", "2");
        let loan = read(&mut form, &request, Some(0), TODAY).expect("a loan");
        assert_eq!(loan.first_due_date, Some(date(2027, 2, 28)));
        assert_eq!(loan.release_date, date(2027, 1, 28));
    }

    #[test]
    fn a_loan_that_a_program_wrote_otherwise_is_the_same_loan() {
        let mut request = document();
        let loan = &mut request.loans[0];
        (loan.kind, loan.nominal_rate) = (LoanKind::Ptz, "0.00".to_owned());
        (loan.first_due_date, loan.deferral_months) = (None, None);
        let mut form = Form::default();
        fill(&mut form, &request.loans[0]);
        let read = read(&mut form, &request, Some(0), TODAY);
        assert_eq!(read.as_ref(), Some(&request.loans[0]));
    }

    #[test]
    fn a_refusal_of_the_engine_is_at_its_field() {
        assert_eq!(field("/loans/1/months", 1), Some("duree"));
        assert_eq!(field("/loans/1/steps/1", 1), Some("palier2"));
        assert_eq!(field("/loans/0/months", 1), None);
        assert_eq!(field("/effect_date", 0), None);
    }
}
