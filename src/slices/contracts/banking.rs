//! The lender: what is asked of it, its ten business days, and its answer.

use jiff::civil::Date;

use super::core::{Contracts, midnight};
use super::error::ContractError;
use super::letters;
use super::model::{BankRequest, Contract};
use super::tasks::{BEGIN, WATCH};
use crate::domain::dossier::{Act, Role, State};
use crate::kernel::holidays::add_business_days;
use crate::kernel::locale::Locale;
use crate::platform::db::Connection;
use crate::slices::dossiers::Step;
use crate::slices::messages::{Letter, Message, Recipient};
use uuid::Uuid;

/// Business days that the lender has to answer (art. L313-31 C. conso.).
const ANSWER_DAYS: u16 = 10;

/// What a customer asks of the lender.
pub(super) struct Demand {
    pub(super) agency: String,
    pub(super) loan_number: String,
    pub(super) old_contract: String,
    pub(super) effect_on: Date,
}

/// What the lender did.
pub(super) enum Answer {
    /// It had the demand on this day.
    Received(Date),
    /// It accepts; or, for a new loan, its offer was accepted by the customer.
    Accepted(Date),
    /// It refuses, for these reasons.
    Refused(Date, String),
}

/// Refuses to ask a lender for something when no insurance is replaced.
pub(super) const fn replaces(contract: &Contract) -> Result<(), ContractError> {
    if contract.content.is_substitution {
        return Ok(());
    }
    Err(ContractError::NotNow("Ce prêt est nouveau\u{a0}: rien n’est à demander à la banque."))
}

impl Contracts {
    /// Dates the demand: the letter exists from now on, and the contract waits for the lender.
    ///
    /// # Errors
    /// It was dated before; the database does not answer.
    pub(super) async fn ask_bank(
        &self,
        contract: &Contract,
        demand: Demand,
        by: Uuid,
    ) -> Result<(), ContractError> {
        replaces(contract)?;
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        self.notify(&mut transaction, contract, Role::Customer, Some(by)).await?;
        let mut request = self.locked(&mut transaction, contract).await?;
        if request.state != "draft" {
            // Sent twice: the first one stands.
            return Ok(());
        }
        request.state = "sent".to_owned();
        request.agency = demand.agency;
        request.loan_number = demand.loan_number;
        request.old_contract = demand.old_contract;
        request.effect_on = demand.effect_on;
        self.write(&mut transaction, contract, request).await?;
        self.commit(transaction).await
    }

    /// Writes what the lender did, as this insured person says it, or as the lender itself does.
    ///
    /// # Errors
    /// The contract is over or not so far; the database does not answer.
    pub(super) async fn answered(
        &self,
        contract: &Contract,
        answer: Answer,
        by: Option<Uuid>,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let role = by.map_or(Role::System, |_| Role::Customer);
        self.notify(&mut transaction, contract, role, by).await?;
        let mut request = self.locked(&mut transaction, contract).await?;
        if matches!(request.state.as_str(), "accepted" | "refused") {
            return Ok(());
        }
        match answer {
            // The first day stands: the lender's word or the customer's.
            Answer::Received(_) if request.received_on.is_some() => return Ok(()),
            Answer::Received(on) => {
                self.received(&mut transaction, contract, &mut request, on).await?;
            }
            Answer::Accepted(on) => {
                (request.state, request.answered_on) = ("accepted".to_owned(), Some(on));
                let effect = midnight(request.effect_on.max(contract.effect_on));
                let subject = contract.dossier.to_string();
                let due = effect.max(self.now());
                core.schedule.put(&mut transaction, BEGIN, &subject, due).await?;
                core.schedule.cancel(&mut transaction, WATCH, &subject).await?;
            }
            Answer::Refused(on, reason) => {
                (request.state, request.answered_on) = ("refused".to_owned(), Some(on));
                request.reason = reason;
                self.step(&mut transaction, contract, Act::RecordBankRefusal, role, by).await?;
            }
        }
        self.write(&mut transaction, contract, request).await?;
        self.commit(transaction).await
    }

    async fn received(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        request: &mut BankRequest,
        on: Date,
    ) -> Result<(), ContractError> {
        let due = add_business_days(on, ANSWER_DAYS);
        request.state = "received".to_owned();
        (request.received_on, request.answer_due) = (Some(on), Some(due));
        let after = due.tomorrow().unwrap_or(due);
        let subject = contract.dossier.to_string();
        self.core.schedule.put(connection, WATCH, &subject, midnight(after)).await?;
        self.tell(connection, contract, "bank-received", letters::asked(on, due)).await
    }

    /// From «contrat conclu» to «en attente de la banque», once.
    pub(super) async fn notify(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        role: Role,
        by: Option<Uuid>,
    ) -> Result<(), ContractError> {
        let now = self.core.dossiers.signable(connection, contract.dossier).await?;
        match now.state {
            State::Contract => {
                self.step(connection, contract, Act::NotifyBank, role, by).await?;
            }
            State::Bank => {}
            _ => return Err(ContractError::NotNow("Ce contrat n’attend pas la banque.")),
        }
        Ok(())
    }

    /// One act on the dossier, which the caller holds.
    pub(super) async fn step(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        act: Act,
        role: Role,
        by: Option<Uuid>,
    ) -> Result<(), ContractError> {
        let now = self.core.dossiers.signable(connection, contract.dossier).await?;
        let step = Step { act, role, by, party: None, reason: "contract" };
        self.core.dossiers.transition(connection, contract.dossier, now.version, step).await?;
        Ok(())
    }

    pub(super) async fn locked(
        &self,
        connection: &mut Connection,
        contract: &Contract,
    ) -> Result<BankRequest, ContractError> {
        let found = self.core.store.lock_bank(connection, contract.id).await?;
        found.ok_or(ContractError::Stored("its bank"))
    }

    pub(super) async fn write(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        mut request: BankRequest,
    ) -> Result<(), ContractError> {
        request.version += 1;
        Ok(self.core.store.update_bank(connection, contract.id, &request).await?)
    }

    /// A letter to who pays, once for its event.
    pub(super) async fn tell(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        event: &str,
        letter: Letter,
    ) -> Result<(), ContractError> {
        let payer = contract.content.persons.first();
        let Some(email) = payer.and_then(|one| one.email.clone()) else { return Ok(()) };
        let message = Message {
            event: format!("contracts/{event}/{}", contract.id),
            to: Recipient::Email(email),
            locale: Locale::Fr,
            letter,
            expires: None,
        };
        self.core.messages.post(connection, message).await?;
        Ok(())
    }
}
