//! What contracts hold of one person, for that person alone (GDPR art. 15 and 20): their contract and how they
//! signed it; of the account, only who subscribes, and never somebody else's.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::core::Contracts;
use super::error::ContractError;
use super::keeping::Listed;
use super::model::{BankRequest, Contract, Mandate, Party, Premium};
use crate::kernel::iban::Iban;
use crate::slices::dossiers::Place;
use crate::slices::signature::Evidence;

/// How an account is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Country and last three characters, as on every page.
    Masked,
    /// As it was typed.
    Whole,
}

/// What contracts hold of a person in a dossier.
#[derive(Serialize)]
pub struct HeldInContracts {
    /// Once everybody has signed.
    pub contract: Option<HeldContract>,
    /// Their account, from the day that they typed it.
    pub mandate: Option<HeldMandate>,
}

/// A contract.
#[derive(Serialize)]
pub struct HeldContract {
    id: String,
    number: String,
    state: &'static str,
    concluded_at: Timestamp,
    effect_on: Date,
    withdraw_until: Date,
    ended_at: Option<Timestamp>,
    /// The day on which they asked it to end.
    end_wanted_on: Option<Date>,
    /// As signed.
    person: Option<Party>,
    lender: String,
    is_substitution: bool,
    /// Masked, or whose it is.
    account: String,
    day: u8,
    premiums: Vec<Premium>,
    lender_request: BankRequest,
    signature: Option<HeldSignature>,
    documents: Vec<Listed>,
}

/// An act of signing.
#[derive(Serialize)]
pub(super) struct HeldSignature {
    pub(super) signed_at: Timestamp,
    pub(super) evidence: Evidence,
}

/// The account that is debited.
#[derive(Serialize)]
pub struct HeldMandate {
    rum: String,
    holder: String,
    iban: String,
    day: u8,
}

impl Contracts {
    /// What is held of this person; who calls has looked that it is who asks.
    ///
    /// # Errors
    /// The database does not answer; a key is not there any more.
    pub async fn held(
        &self,
        place: Place,
        account: Shown,
    ) -> Result<HeldInContracts, ContractError> {
        let contract = match self.of_dossier(place.dossier).await? {
            Some(contract) => Some(self.contract_held(contract, place).await?),
            None => None,
        };
        // Who subscribes typed it; a payer's own is held of the payer.
        let mandate = if place.number == 1 { self.mandate(place.dossier).await? } else { None };
        let mandate = mandate.filter(|one| one.payer.is_none()).map(|one| shown(one, account));
        Ok(HeldInContracts { contract, mandate })
    }

    async fn contract_held(
        &self,
        contract: Contract,
        place: Place,
    ) -> Result<HeldContract, ContractError> {
        let insured = place.insured;
        let bank = self.bank(&contract).await?;
        let documents = self.listed(&contract, &bank, place.number).await?;
        let ceremony = self.core.signatures.of(contract.dossier.uuid()).await?;
        let ceremony = ceremony.filter(|one| one.id == contract.ceremony);
        let signer = ceremony.and_then(|one| one.signers.into_iter().find(|it| it.id == insured));
        let signature = signer.and_then(|it| {
            let (signed_at, evidence) = it.signed_at.zip(it.evidence)?;
            Some(HeldSignature { signed_at, evidence })
        });
        let state = self.state_of(&contract).await?.code();
        let asked = self.end_asked(&contract).await?;
        let premiums = self.premiums(&contract).await?;
        let is_first = contract.content.persons.first().is_some_and(|one| one.insured == insured);
        let account = contract.content.account();
        let person = contract.content.persons.into_iter().find(|one| one.insured == insured);
        Ok(HeldContract {
            id: contract.id.to_string(),
            number: contract.number,
            state,
            concluded_at: contract.concluded_at,
            effect_on: contract.effect_on,
            withdraw_until: contract.withdraw_until,
            ended_at: contract.ended_at,
            end_wanted_on: asked.map(|end| end.wanted_on),
            person,
            lender: contract.content.lender,
            is_substitution: contract.content.is_substitution,
            account: if is_first { account } else { String::new() },
            day: contract.content.day,
            premiums,
            lender_request: bank,
            signature,
            documents,
        })
    }
}

fn shown(mandate: Mandate, account: Shown) -> HeldMandate {
    let iban = match account {
        Shown::Whole => mandate.account.iban,
        Shown::Masked => {
            Iban::read(&mandate.account.iban).map(|iban| iban.masked()).unwrap_or_default()
        }
    };
    HeldMandate { rum: mandate.rum, holder: mandate.account.holder, iban, day: mandate.day }
}
