//! Changing the answers of a quote without changing anything that the page did not show.
//!
//! The form shows less than a document holds. What it does not show comes from the quote, as it
//! stands there; a quote with something that the form would lose is not changed here at all.

use jiff::civil::Date;

use super::{answers, dates};
use crate::domain::loan::LoanKind;
use crate::platform::web::form::Form;
use crate::slices::quotes::wire::{
    BankBasis, InsuredRequest, LoanRequest, QuoteResponse, SimulationRequest,
};

/// What the page says of a quote that it cannot change.
pub const NOT_HERE: &str = "Ce devis ne peut pas être modifié ici\u{A0}: il compte une chose que cette page \
                            ne montre pas.";

/// Whether the forms show everything that a change of theirs would touch.
pub fn is_editable(request: &SimulationRequest) -> bool {
    let (loans, people) = (&request.loans, &request.insured);
    let bank = request.bank_offer.as_ref();
    loans.len() <= 2
        && people.len() <= 2
        && loans.iter().enumerate().all(|(place, loan)| is_shown(place, loan))
        && loans.iter().all(|loan| loan.release_date == loans[0].release_date)
        && people.iter().all(|person| is_plain(person, loans))
        && bank.is_none_or(|offer| offer.basis == BankBasis::Monthly)
}

/// A loan that the form can type.
fn is_shown(place: usize, loan: &LoanRequest) -> bool {
    let kind = match (place, loan.kind) {
        (0, LoanKind::Amortissable | LoanKind::Lisse) => loan.deferral_months.is_none(),
        (1, LoanKind::Ptz) => true,
        (1, LoanKind::Amortissable | LoanKind::InFine | LoanKind::Relais) => {
            loan.deferral_months.is_none()
        }
        _ => false,
    };
    let plain = loan.steps.is_none()
        && loan.schedule.is_none()
        && loan.early_repayments.is_none()
        && loan.later_drawdowns.is_none()
        && loan.capitalised_interest.is_none();
    kind && plain && loan.capital_cents % 100 == 0
}

/// Whether a subscription can go on from this document: its pages move loans as a whole and give each person one share,
/// work and sports; the rest stays as it was asked.
pub fn is_subscribable(request: &SimulationRequest) -> bool {
    let loans = &request.loans;
    loans.iter().all(is_movable)
        && are_released_together(request)
        && request.insured.iter().all(|one| has_one_share(one, loans) && one.loadings.is_empty())
}

/// Whether the loans that cover begins with are released on one day; those that run already have days of their own.
pub fn are_released_together(request: &SimulationRequest) -> bool {
    let coming = request.loans.iter().map(|loan| loan.release_date);
    let mut coming = coming.filter(|day| *day >= request.effect_date);
    let first = coming.next();
    coming.all(|day| Some(day) == first)
}

/// Whether a loan has no day of its own that would not move with it: no schedule, repayment or drawdown.
pub const fn is_movable(loan: &LoanRequest) -> bool {
    loan.schedule.is_none() && loan.early_repayments.is_none() && loan.later_drawdowns.is_none()
}

/// Whether a person has one share, the same on every loan.
fn has_one_share(person: &InsuredRequest, loans: &[LoanRequest]) -> bool {
    let share = |loan: &LoanRequest| {
        let mut found = person.shares.iter().filter(|share| share.loan == loan.reference);
        let first = found.next().filter(|share| share.from.is_none());
        first.filter(|_| found.next().is_none()).map(|share| share.percent)
    };
    let first = loans.first().and_then(share);
    first.is_some() && loans.iter().all(|loan| share(loan) == first)
}

/// The same, with no risk that the form does not show.
fn is_plain(person: &InsuredRequest, loans: &[LoanRequest]) -> bool {
    has_one_share(person, loans)
        && person.sports.is_empty()
        && person.loadings.is_empty()
        && person.conditions.is_none()
}

/// The document typed on the form of `quote`, with what the form did not show as the quote has it.
pub fn onto(
    form: &Form,
    mut typed: SimulationRequest,
    quote: &QuoteResponse,
    today: Date,
) -> SimulationRequest {
    let base = &quote.request;
    typed.purpose = base.purpose;
    typed.usage = base.usage;
    typed.options = base.options.clone();
    typed.lender = base.lender.clone();
    for (person, old) in typed.insured.iter_mut().zip(&base.insured) {
        *person = InsuredRequest {
            reference: person.reference.clone(),
            birth_date: person.birth_date,
            smoker: person.smoker,
            shares: person.shares.clone(),
            ..old.clone()
        };
    }
    for (loan, old) in typed.loans.iter_mut().zip(&base.loans) {
        loan.lender_fees_cents = old.lender_fees_cents;
        loan.account_fee_cents = old.account_fee_cents;
    }
    if keeps_dates(form, &typed, quote) {
        keep_dates(&mut typed, base);
        dates::refresh(&mut typed, today);
    }
    typed
}

/// The dates of a new loan stay. Those of a running one follow from its balance, and stay as long as
/// neither the balance nor the loan was typed anew; without a balance they follow from nothing.
fn keeps_dates(form: &Form, typed: &SimulationRequest, quote: &QuoteResponse) -> bool {
    let shown = answers::simulator(quote);
    let same = |name: &str| form.value(name) == shown.value(name);
    let loan = |request: &SimulationRequest| {
        request
            .loans
            .first()
            .map(|loan| (loan.capital_cents, loan.months, loan.nominal_rate.clone()))
    };
    let is_new = form.is("projet", "nouveau");
    let follows = !form.value("restant").is_empty();
    same("projet")
        && (is_new || same("restant") && (!follows || loan(typed) == loan(&quote.request)))
}

fn keep_dates(typed: &mut SimulationRequest, base: &SimulationRequest) {
    typed.effect_date = base.effect_date;
    let Some(first) = base.loans.first() else {
        return;
    };
    for (place, loan) in typed.loans.iter_mut().enumerate() {
        let old = base.loans.get(place).unwrap_or(first);
        loan.release_date = old.release_date;
        loan.first_due_date = old.first_due_date;
    }
}
