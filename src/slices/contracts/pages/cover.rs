//! What a contract covers, in words, from the frozen quote that was signed. Of health nothing: what is excluded or
//! costs more is in the conditions particulières alone.

use crate::kernel::french::{self, HARD};
use crate::kernel::money::Cents;
use crate::slices::contracts::model::OWNER;
use crate::slices::dossiers::Signable;
use crate::slices::quotes::wire::GuaranteeResponse;

/// A loan.
pub(super) struct Loan {
    pub(super) name: String,
    pub(super) capital: String,
    pub(super) term: String,
    pub(super) rate: String,
    /// Who is insured for how much of it.
    pub(super) shares: String,
}

/// An insured person, and each guarantee with its end and what it pays; nothing of it for another than the owner:
/// what somebody's health left them is theirs to read.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) guarantees: Vec<(String, String, String)>,
}

/// Loans and persons of a contract.
pub(super) struct Covered {
    pub(super) loans: Vec<Loan>,
    pub(super) persons: Vec<Person>,
}

impl Covered {
    /// Of what was signed.
    pub(super) fn of(signed: &Signable) -> Self {
        let quote = &signed.quote;
        let loans = quote.request.loans.iter().enumerate().map(|(place, loan)| Loan {
            name: format!("Prêt {}", place + 1),
            capital: french::euros_short(Cents::new(loan.capital_cents)),
            term: french::duration(loan.months),
            rate: french::rate(&loan.nominal_rate),
            shares: shares(signed, &loan.reference),
        });
        let priced = quote.result.insured.iter();
        let persons = signed.insured.iter().zip(priced).map(|(one, priced)| {
            let own = priced.guarantees.iter().filter(|_| one.place == OWNER);
            Person { name: one.person.full_name(), guarantees: own.map(guarantee).collect() }
        });
        Self { loans: loans.collect(), persons: persons.collect() }
    }
}

fn shares(signed: &Signable, loan: &str) -> String {
    let people = signed.insured.iter().zip(&signed.quote.result.insured);
    let of = people.filter_map(|(one, priced)| {
        let share = priced.loans.iter().find(|share| share.reference == loan)?;
        Some(format!("{}, {}{HARD}%", one.person.full_name(), share.percent))
    });
    of.collect::<Vec<_>>().join("\u{202f}; ")
}

fn guarantee(one: &GuaranteeResponse) -> (String, String, String) {
    let (label, initials) = (one.code.title(), one.code.initials());
    let label = match initials {
        "" => label.to_owned(),
        initials => format!("{label} ({initials})"),
    };
    (label, format!("Jusqu’au {}", french::day(one.end_date)), one.benefit.clone())
}
