//! What people type on the pages of the journey, read in the order missing, impossible, out of range,
//! inconsistent. The wording is that of the field catalogue (`docs/subscription.md`).

mod contact;
mod countries;
mod loan;
mod person;
#[cfg(test)]
mod tests;
mod words;

pub(super) use contact::{contact, correction, invited, number};
pub(super) use countries::COUNTRIES;
pub(super) use loan::{
    GuaranteesAnswers, LoanAnswers, fill_guarantees, fill_loan, guarantees, loan,
};
pub(super) use person::{
    AddressAnswers, IdentityAnswers, WorkAnswers, address, fill_address, fill_identity, fill_work,
    identity, work, work_in_words,
};
pub(super) use words::{
    ACTIVITIES, DEFERRALS, DELAYS, HAZARDS, LOANS, PURPOSES, SHARES, SPORTS, YES_NO, purpose_label,
};
