//! The documents from the account to the contract, as programs read and write them. An account is shown
//! masked, always.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::model::{Contract, Due, OWNER, Premium};
use super::super::preparing::is_for;
use crate::slices::dossiers::DossierId;
use crate::slices::signature::Ceremony;

/// The account that is debited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MandateRequest {
    /// Holder of the account, 70 characters at most.
    pub(super) holder: String,
    /// IBAN, of the SEPA zone; spaces are accepted.
    #[schema(example = "FR76 3000 6000 0112 3456 7890 189")]
    pub(super) iban: String,
    /// Day of the month: 5, 10 or 15.
    pub(super) day: u8,
}

/// Somebody who is not insured, whose account is to be debited. A link leaves to their address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HolderRequest {
    /// Holder of the account, 70 characters at most.
    pub(super) holder: String,
    /// Their own address of e-mail, not one of an insured person.
    #[schema(example = "dominique@exemple.fr")]
    pub(super) email: String,
    /// Who they are for the customer: `conjoint`, `parent`, `famille` or `autre`.
    pub(super) tie: String,
    /// Day of the month: 5, 10 or 15. They may choose another one.
    pub(super) day: u8,
}

/// The mandate as it is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct MandateDocument {
    /// `draft` (the customer's own account, signed with the contract), `waiting_for_holder` (somebody else has
    /// the link), `expired` (their link is over), `outdated` (the price changed since they signed: send another
    /// link), `declined`, `given` (they signed), `signed` (there is a contract).
    #[schema(example = "waiting_for_holder")]
    pub(super) state: &'static str,
    /// Reference of the mandate (*RUM*).
    pub(super) reference: String,
    /// Holder of the account.
    pub(super) holder: String,
    /// The account, masked; absent when it is somebody else's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "FR•• •••• 189")]
    pub(super) account: Option<String>,
    /// Day of the month.
    pub(super) day: u8,
    /// Where to go on.
    pub(super) next: String,
}

/// How far a signature is.
#[derive(Serialize, ToSchema)]
pub(super) struct SignatureDocument {
    /// `preparing` (the documents are being made: ask again), `ready`, `signed` (others have still to),
    /// `waiting_for_holder` (everybody has signed but the payer their mandate), `concluded`.
    pub(super) state: &'static str,
    /// Identifier of what is signed; another one when something changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ceremony: Option<String>,
    /// The documents, frozen by their hashes.
    pub(super) documents: Vec<PaperDocument>,
    /// What is accepted by signing, word for word.
    pub(super) consents: Vec<String>,
    /// Where to go on; absent while there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// A document.
#[derive(Serialize, ToSchema)]
pub(super) struct PaperDocument {
    /// Name in addresses.
    name: String,
    /// Title.
    title: String,
    /// Size; absent from a document that is made at the first demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// SHA-256, in hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Where it is read.
    href: String,
}

/// What became of a demand for a code.
#[derive(Serialize, ToSchema)]
pub(super) struct CodeDocument {
    /// `sms` or `email`.
    pub(super) by: &'static str,
    /// Where it leaves to, masked.
    #[schema(example = "06 •• •• •• 78")]
    pub(super) to: String,
    /// How long it is good for.
    pub(super) valid_minutes: u32,
}

/// The act of signing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignRequest {
    /// The ceremony that was read.
    pub(super) ceremony: String,
    /// The newest code, six digits.
    pub(super) code: String,
    /// You received the documents, can keep them, and accept the texts of `consents`.
    pub(super) documents_received: bool,
}

/// A contract.
#[derive(Serialize, ToSchema)]
pub(super) struct ContractDocument {
    /// Identifier, `ctr_…`.
    id: String,
    /// The number for people.
    #[schema(example = "CT-2026-0000042-7")]
    number: String,
    /// Its dossier, whose state is the contract's.
    dossier: String,
    /// Where it stands.
    #[schema(example = "bank")]
    state: &'static str,
    /// First day of cover.
    effect_on: String,
    /// When everybody had signed.
    concluded_at: String,
    /// Last day of the right to renounce.
    withdraw_until: String,
    /// Whether it is known who is insured and who pays: `pending`, `verified` or `refused`. No cover begins
    /// before it is.
    #[schema(example = "verified")]
    identity: &'static str,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    /// How it ended: `renonciation`, or `remplacement` when its lender refused it and another one was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_reason: Option<String>,
    /// Name of the bank.
    lender: String,
    /// The account, masked.
    account: String,
    /// Day of the month on which premiums are debited.
    day: u8,
}

/// A page of contracts, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ContractList {
    /// The contracts.
    pub(super) contracts: Vec<ContractDocument>,
    /// What to give as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// The schedule of a contract, fixed at its signature.
#[derive(Serialize, ToSchema)]
pub(super) struct ScheduleDocument {
    /// One row a month.
    pub(super) premiums: Vec<PremiumDocument>,
    /// What is debited for them from the first day of cover on: a premium that is too small to be debited alone is
    /// carried to the next one.
    pub(super) debits: Vec<DebitDocument>,
}

/// One debit.
#[derive(Serialize, ToSchema)]
pub(super) struct DebitDocument {
    /// Number of the last month that it pays.
    month: u32,
    /// Day on which it is debited.
    due_on: String,
    /// Amount.
    amount_cents: i64,
}

impl From<Due> for DebitDocument {
    fn from(due: Due) -> Self {
        Self { month: due.month, due_on: due.due_on.to_string(), amount_cents: due.amount_cents }
    }
}

/// One premium.
#[derive(Serialize, ToSchema)]
pub(super) struct PremiumDocument {
    /// Number of the month, from 1.
    month: u32,
    /// Day on which it is due, and debited if it is debited alone.
    due_on: String,
    /// Amount.
    premium_cents: i64,
    /// What is left of the loans after the month.
    outstanding_cents: i64,
}

/// Documents, in the order in which a person looks for them.
#[derive(Serialize, ToSchema)]
pub(super) struct PaperList {
    /// The documents.
    pub(super) documents: Vec<PaperDocument>,
}

/// An end that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndRequest {
    /// `substitution`, `pret_solde` (the loan is repaid) or `autre`.
    #[schema(example = "substitution")]
    pub(super) reason: String,
    /// The day that is wished for, today or later.
    #[schema(example = "2027-03-01")]
    pub(super) wanted_on: String,
}

/// The end that was asked for.
#[derive(Serialize, ToSchema)]
pub(super) struct EndDocument {
    /// The day that is wished for.
    pub(super) wanted_on: String,
    /// When it was asked.
    pub(super) asked_at: String,
}

impl SignatureDocument {
    /// What there is to say while there is nothing to read.
    pub(super) const fn without(state: &'static str, next: Option<String>) -> Self {
        Self { state, ceremony: None, documents: Vec::new(), consents: Vec::new(), next }
    }
}

/// The documents of a ceremony.
pub(super) fn papers(id: DossierId, ceremony: &Ceremony) -> Vec<PaperDocument> {
    let own = ceremony.papers.iter().filter(|paper| is_for(&paper.name, OWNER));
    let papers = own.map(|paper| PaperDocument {
        href: format!("/v1/dossiers/{id}/documents/{}", paper.name),
        name: paper.name.clone(),
        title: paper.title.clone(),
        bytes: Some(paper.size),
        sha256: Some(crate::platform::digest::hex(&paper.sha256)),
    });
    papers.collect()
}

impl PaperDocument {
    /// A document of a contract.
    pub(super) fn of(contract: &Contract, name: &str, title: &str) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            bytes: None,
            sha256: None,
            href: format!("/v1/contracts/{}/documents/{name}", contract.id),
        }
    }
}

impl ContractDocument {
    pub(super) fn of(contract: &Contract, state: &'static str) -> Self {
        Self {
            id: contract.id.to_string(),
            number: contract.number.clone(),
            dossier: contract.dossier.to_string(),
            state,
            effect_on: contract.effect_on.to_string(),
            concluded_at: contract.concluded_at.to_string(),
            withdraw_until: contract.withdraw_until.to_string(),
            identity: contract.identity.word(),
            ended_at: contract.ended_at.map(|at| at.to_string()),
            end_reason: contract.end_reason.clone(),
            lender: contract.content.lender.clone(),
            account: contract.content.account(),
            day: contract.content.day,
        }
    }
}

impl From<Premium> for PremiumDocument {
    fn from(row: Premium) -> Self {
        Self {
            month: row.month,
            due_on: row.due_on.to_string(),
            premium_cents: row.premium_cents,
            outstanding_cents: row.outstanding_cents,
        }
    }
}
