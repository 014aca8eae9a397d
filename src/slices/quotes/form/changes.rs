//! Loans are put into the document of a subscription, changed, or taken out of it, with all that follows: shares, smoothing,
//! the price to compare with, the first day of cover. Pure.

use jiff::civil::Date;

use super::dates;
use crate::domain::loan::LoanKind;
use crate::slices::quotes::wire::{BankBasis, LoanRequest, ShareRequest, SimulationRequest};

/// A change of the loans of a document.
#[derive(Clone, Debug)]
pub enum LoanChange {
    /// This loan, in the place of the one of its name, or one more.
    Put(LoanRequest),
    /// Without the loan of this name.
    Out(String),
    /// These and no others.
    All(Vec<LoanRequest>),
}

impl LoanChange {
    /// The document with the change.
    pub fn onto(&self, request: &mut SimulationRequest, today: Date) {
        let before = request.clone();
        match self {
            Self::Put(loan) => put(request, loan),
            Self::Out(name) => request.loans.retain(|one| one.reference != *name),
            Self::All(loans) => request.loans.clone_from(loans),
        }
        share(request);
        // What a program names is refused by the engine, as it is in a quote.
        let is_named = matches!(self, Self::All(_));
        if let [alone] = request.loans.as_mut_slice()
            && alone.kind == LoanKind::Lisse
            && !is_named
        {
            alone.kind = LoanKind::Amortissable;
        }
        // An amount a month is what the bank asks for the loans that it was typed for.
        let basis = request.bank_offer.as_ref().map(|offer| offer.basis);
        if basis == Some(BankBasis::Monthly) && names(request) != names(&before) {
            request.bank_offer = None;
        }
        // The days that a program names are its own.
        if is_named {
            dates::follow_first(request, &before, today);
        } else {
            dates::follow_loans(request, &before, today);
        }
    }
}

/// What is said of loans of which one would be without cover for some days.
pub const GAP: &str = "Un prêt en cours et un prêt à venir s’assurent dans deux dossiers\u{A0}: la banque du premier \
                       a dix jours ouvrés pour répondre";

/// Whether a loan is released before cover begins because another one, which runs already, makes it wait for its bank.
pub fn leaves_a_gap(request: &SimulationRequest, today: Date) -> bool {
    let is_running = |loan: &LoanRequest| loan.release_date < today;
    let is_left = |loan: &LoanRequest| (today..request.effect_date).contains(&loan.release_date);
    request.loans.iter().any(is_running) && request.loans.iter().any(is_left)
}

fn put(request: &mut SimulationRequest, loan: &LoanRequest) {
    match request.loans.iter_mut().find(|one| one.reference == loan.reference) {
        Some(old) => old.clone_from(loan),
        None => request.loans.push(loan.clone()),
    }
}

fn names(request: &SimulationRequest) -> Vec<&str> {
    request.loans.iter().map(|loan| loan.reference.as_str()).collect()
}

/// Each person has the same share of every loan.
fn share(request: &mut SimulationRequest) {
    for person in &mut request.insured {
        let percent = person.shares.first().map_or(100, |share| share.percent);
        let of =
            |loan: &LoanRequest| ShareRequest { loan: loan.reference.clone(), percent, from: None };
        person.shares = request.loans.iter().map(of).collect();
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::answers::first_due;
    use super::*;
    use crate::platform::web::form::Form;

    const TODAY: Date = date(2026, 11, 23);

    fn document(over: &[(&'static str, &'static str)]) -> SimulationRequest {
        let usual = [
            ("projet", "nouveau"),
            ("capital", "220000"),
            ("duree", "20"),
            ("taux", "3,45"),
            ("naissance_j", "27"),
            ("naissance_m", "3"),
            ("naissance_a", "1988"),
            ("fumeur", "non"),
            ("actuelle", "62,50"),
        ];
        let mut form = Form::new(usual);
        for (name, value) in over {
            form.set(name, *value);
        }
        super::super::read(&mut form, TODAY).expect("a document")
    }

    fn other(of: &SimulationRequest, name: &str) -> LoanRequest {
        LoanRequest { reference: name.to_owned(), ..of.loans[0].clone() }
    }

    #[test]
    fn the_price_of_the_bank_is_of_the_loans_that_it_was_typed_for() {
        let mut request = document(&[]);
        let mut loan = request.loans[0].clone();
        loan.capital_cents -= 100;
        LoanChange::Put(loan).onto(&mut request, TODAY);
        assert!(request.bank_offer.is_some(), "the same loan, corrected");
        let one_more = other(&request, "pret2");
        LoanChange::Put(one_more).onto(&mut request, TODAY);
        assert!(request.bank_offer.is_none() && request.loans.len() == 2);
        assert_eq!(request.insured[0].shares.len(), 2);
        LoanChange::Out("pret1".to_owned()).onto(&mut request, TODAY);
        let shares: Vec<_> = request.insured[0].shares.iter().map(|it| it.loan.as_str()).collect();
        assert_eq!(shares, ["pret2"]);
    }

    #[test]
    fn a_loan_that_is_left_alone_is_smoothed_around_nothing() {
        let two = [("prets", "2"), ("type2", "ptz"), ("capital2", "40000"), ("duree2", "20")];
        let mut request = document(&[&two[..], &[("lisse", "oui")]].concat());
        assert_eq!(request.loans[0].kind, LoanKind::Lisse);
        LoanChange::Out("pret2".to_owned()).onto(&mut request, TODAY);
        assert_eq!(request.loans[0].kind, LoanKind::Amortissable);
    }

    #[test]
    fn cover_begins_with_the_first_loan_and_a_running_one_waits_for_its_bank() {
        let mut request = document(&[]);
        assert_eq!(request.effect_date, date(2026, 11, 24));
        let running = LoanRequest {
            release_date: date(2024, 1, 5),
            first_due_date: Some(date(2024, 2, 5)),
            ..other(&request, "ancien")
        };
        LoanChange::Put(running).onto(&mut request, TODAY);
        assert_eq!(request.effect_date, date(2026, 12, 7), "ten business days");
        assert!(leaves_a_gap(&request, TODAY), "the new loan would wait for the other's bank");
        LoanChange::Out("ancien".to_owned()).onto(&mut request, TODAY);
        assert_eq!(request.effect_date, date(2026, 11, 24), "no bank to wait for");
        assert!(!leaves_a_gap(&request, TODAY));
        let mut later = request.loans[0].clone();
        later.release_date = date(2027, 3, 1);
        later.first_due_date = Some(date(2027, 4, 1));
        LoanChange::Put(later).onto(&mut request, TODAY);
        assert_eq!(request.effect_date, date(2027, 3, 1), "not before there is anything to insure");
        assert_eq!(first_due(&request.loans[0]), date(2027, 4, 1));
        // A day that somebody chose stays while no loan begins on another one.
        request.effect_date = date(2027, 4, 15);
        let mut dearer = request.loans[0].clone();
        dearer.capital_cents += 100_000;
        LoanChange::Put(dearer).onto(&mut request, TODAY);
        assert_eq!(request.effect_date, date(2027, 4, 15));
    }
}
