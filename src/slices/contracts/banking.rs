//! The lender: what is asked of it, its ten business days, and its answer.

use jiff::civil::Date;

use super::core::{Contracts, midnight};
use super::error::ContractError;
use super::form::Days;
use super::letters;
use super::model::{BankRequest, Contract, Party};
use super::refusals;
use super::tasks::{BEGIN, WATCH};
use crate::domain::dossier::{Act, Role, State};
use crate::kernel::holidays::add_business_days;
use crate::kernel::locale::Locale;
use crate::platform::clock::date_in_paris;
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
    /// It refuses, for this reason.
    Refused(Date, Reason),
    /// It sends the demand back as incomplete, which is no refusal, for this reason.
    Incomplete(Date, Reason),
    /// It has not refused: that was written down by mistake.
    NotRefused,
}

/// Why, by its code and in the lender's words.
pub(super) struct Reason {
    pub(super) code: String,
    pub(super) words: String,
}

impl Answer {
    /// Whether it puts an end to a refusal.
    const fn takes_a_refusal_back(&self) -> bool {
        matches!(self, Self::Accepted(_) | Self::NotRefused)
    }
}

impl BankRequest {
    /// Whether it asks for the same.
    fn asks(&self, demand: &Demand) -> bool {
        let kept = (&self.agency, &self.loan_number, &self.old_contract, self.effect_on);
        kept == (&demand.agency, &demand.loan_number, &demand.old_contract, demand.effect_on)
    }

    /// The first day on which a lender can have done something: that of the demand, else of the contract; or that
    /// on which it sent the demand back.
    fn first_day(&self, contract: &Contract) -> Date {
        let asked = date_in_paris(self.asked_at.unwrap_or(contract.concluded_at));
        self.sent_back_on.map_or(asked, |day| day.max(asked))
    }

    /// What was missing is no longer awaited: the lender has the whole or has answered, or the demand is another one.
    fn forget_missing(&mut self) {
        (self.reason_code, self.reason) = (String::new(), String::new());
        self.sent_back_on = None;
    }
}

/// Refuses to ask a lender for something when no insurance is replaced.
pub(super) const fn replaces(contract: &Contract) -> Result<(), ContractError> {
    if contract.content.is_substitution {
        return Ok(());
    }
    Err(ContractError::NotNow("Ce prêt est nouveau\u{a0}: rien n’est à demander à la banque."))
}

impl Contracts {
    /// Dates the demand: the letter exists from now on, and the contract waits for the lender. While nothing of
    /// it has left and the lender does not have it, another one corrects it and has a letter of its own; so it does
    /// once the lender has sent it back, and can leave again.
    ///
    /// # Errors
    /// It is the lender's by now and says something else; the database does not answer.
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
        if request.is_asked() {
            if request.asks(&demand) {
                // Sent twice: the first one stands.
                return Ok(());
            }
            if !self.is_correctable(&mut transaction, contract, &request).await? {
                return Err(ContractError::NotNow(
                    "La demande est chez la banque\u{a0}: elle ne change plus.",
                ));
            }
            request.demand_no += 1;
            request.forget_missing();
            // The link was of the demand before.
            core.store.delete_bank_link(&mut transaction, contract.id).await?;
        }
        request.state = "sent".to_owned();
        request.asked_at = Some(self.now());
        request.agency = demand.agency;
        request.loan_number = demand.loan_number;
        request.old_contract = demand.old_contract;
        request.effect_on = demand.effect_on;
        self.write(&mut transaction, contract, request).await?;
        self.commit(transaction).await
    }

    /// Whether the demand can still say something else.
    async fn is_correctable(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        request: &BankRequest,
    ) -> Result<bool, ContractError> {
        let has_left = self.core.store.has_left_to_bank(connection, contract.id).await?;
        Ok(request.state == "sent" && (!has_left || request.is_sent_back()))
    }

    /// Writes what the lender did, as this insured person says it, or as the lender itself does.
    ///
    /// # Errors
    /// The contract is over or not so far, or nothing was asked; the database does not answer.
    pub(super) async fn answered(
        &self,
        contract: &Contract,
        answer: Answer,
        by: Option<Uuid>,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let role = by.map_or(Role::System, |_| Role::Customer);
        // The dossier first, as everywhere: with the lender first it would wait for who waits for it.
        core.dossiers.signable(&mut transaction, contract.dossier).await?;
        let mut request = self.locked(&mut transaction, contract).await?;
        if request.is_refused() && answer.takes_a_refusal_back() {
            self.resume(&mut transaction, contract, &mut request, (role, by)).await?;
        } else if request.is_answered() {
            // The first answer stands.
            return Ok(());
        }
        self.notify(&mut transaction, contract, role, by).await?;
        if contract.content.is_substitution && !request.is_asked() {
            // Who accepts what nobody asked would end the insurance of before without a paper.
            return Err(ContractError::NotNow("Préparez d’abord la demande à votre banque."));
        }
        let subject = contract.dossier.to_string();
        match answer {
            Answer::NotRefused => {}
            // The first day stands: the lender's word or the customer's.
            Answer::Received(_) if request.received_on.is_some() => return Ok(()),
            Answer::Received(on) => {
                request.forget_missing();
                self.received(&mut transaction, contract, &mut request, on).await?;
            }
            Answer::Accepted(on) => {
                request.forget_missing();
                (request.state, request.answered_on) = ("accepted".to_owned(), Some(on));
                let effect = midnight(request.cover_from(contract));
                let due = effect.max(self.now());
                core.schedule.put(&mut transaction, BEGIN, &subject, due).await?;
                core.schedule.cancel(&mut transaction, WATCH, &subject).await?;
            }
            Answer::Refused(on, reason) => {
                (request.state, request.answered_on) = ("refused".to_owned(), Some(on));
                if reason.code == refusals::OTHER {
                    // Outside of the list it may be unlawful: somebody of ours looks.
                    let contract = contract.number.as_str();
                    tracing::warn!(
                        contract,
                        "a lender refuses for a reason that is not of the list"
                    );
                }
                (request.reason_code, request.reason) = (reason.code, reason.words);
                core.schedule.cancel(&mut transaction, WATCH, &subject).await?;
                self.step(&mut transaction, contract, Act::RecordBankRefusal, role, by).await?;
            }
            Answer::Incomplete(on, reason) => {
                if request.is_asked() {
                    "sent".clone_into(&mut request.state);
                }
                (request.received_on, request.answer_due) = (None, None);
                request.sent_back_on = Some(on);
                (request.reason_code, request.reason) = (reason.code, reason.words);
                core.schedule.cancel(&mut transaction, WATCH, &subject).await?;
            }
        }
        self.write(&mut transaction, contract, request).await?;
        self.commit(transaction).await
    }

    /// A lender that refused accepts after all, or never refused: the contract waits for it as before, and its days go
    /// on from where they were.
    async fn resume(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        request: &mut BankRequest,
        (role, by): (Role, Option<Uuid>),
    ) -> Result<(), ContractError> {
        self.step(connection, contract, Act::ResumeBank, role, by).await?;
        request.forget_missing();
        request.answered_on = None;
        let state = match (request.received_on, request.asked_at) {
            (Some(_), _) => "received",
            (None, Some(_)) => "sent",
            (None, None) => "draft",
        };
        state.clone_into(&mut request.state);
        let (today, subject) = (self.today(), contract.dossier.to_string());
        if request.cover_from(contract) <= today {
            // Nobody is covered for the days on which the refusal stood: what happened in them is known by now.
            request.effect_on = today.tomorrow().unwrap_or(today);
        }
        if let Some(due) = request.answer_due {
            let after = midnight(due.tomorrow().unwrap_or(due)).max(self.now());
            self.core.schedule.put(connection, WATCH, &subject, after).await?;
        }
        let begin = midnight(request.cover_from(contract)).max(self.now());
        self.core.schedule.put(connection, BEGIN, &subject, begin).await?;
        Ok(())
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
        let letter = letters::asked(on, due, self.bank_page(contract));
        self.tell_of_day(connection, contract, ("bank-received", on), letter).await
    }

    /// The days on which the lender of this contract can have done something.
    pub(super) async fn bank_days(&self, contract: &Contract) -> Result<Days, ContractError> {
        let request = self.bank(contract).await?;
        let (today, first) = (self.today(), request.first_day(contract));
        Ok(Days { today, first, received: request.received_on })
    }

    /// Where the customer follows their lender, for letters.
    pub(super) fn bank_page(&self, contract: &Contract) -> String {
        format!("{}/espace/contrats/{}/banque", self.core.origin, contract.id)
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
        let event = format!("contracts/{event}/{}", contract.id);
        self.write_to_payer(connection, contract, event, letter).await
    }

    /// The same for what can happen again on another day: once for that day.
    pub(super) async fn tell_of_day(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        (event, day): (&str, Date),
        letter: Letter,
    ) -> Result<(), ContractError> {
        let event = format!("contracts/{event}/{}/{day}", contract.id);
        self.write_to_payer(connection, contract, event, letter).await
    }

    async fn write_to_payer(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        event: String,
        letter: Letter,
    ) -> Result<(), ContractError> {
        let Some(first) = contract.content.persons.first() else { return Ok(()) };
        self.write_to(connection, first, event, letter).await
    }

    /// A letter to somebody who is insured, if they have an address, once for its event.
    pub(super) async fn write_to(
        &self,
        connection: &mut Connection,
        person: &Party,
        event: String,
        letter: Letter,
    ) -> Result<(), ContractError> {
        let Some(email) = person.email.clone() else { return Ok(()) };
        let message = Message {
            event,
            to: Recipient::Email(email),
            locale: Locale::Fr,
            letter,
            expires: None,
        };
        self.core.messages.post(connection, message).await?;
        Ok(())
    }
}
