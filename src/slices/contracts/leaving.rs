//! Leaving: the right to renounce for thirty days, and the demand to end a contract at any time.

use jiff::civil::Date;
use uuid::Uuid;

use super::core::Contracts;
use super::error::ContractError;
use super::letters;
use super::model::{Contract, EndAsked, WITHDRAWN};
use super::tasks::{BEGIN, WATCH};
use crate::domain::dossier::{Act, Role, State};
use crate::platform::db::Connection;

/// The loan is repaid: there is nothing left to insure.
pub(super) const REPAID: &str = "pret_solde";

/// Why somebody ends their contract (art. L113-12-2 C. ass.).
pub(super) const REASONS: [(&str, &str); 3] = [
    ("substitution", "J’ai une autre assurance pour ce prêt"),
    (REPAID, "Le prêt est remboursé"),
    ("autre", "Une autre raison"),
];

impl Contracts {
    /// Renounces: the contract is over, nothing is debited any more, everything is paid back. Done
    /// twice, it is one renunciation.
    ///
    /// # Errors
    /// The thirty days are over; the database does not answer.
    pub(super) async fn withdraw(
        &self,
        contract: &Contract,
        by: Option<Uuid>,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let mut transaction = core.store.begin().await?;
        let held = core.dossiers.signable(&mut transaction, contract.dossier).await?;
        if held.state == State::Withdrawn {
            return Ok(());
        }
        if self.today() > contract.withdraw_until {
            return Err(ContractError::NotNow("Le délai de renonciation de 30 jours est passé."));
        }
        self.step(&mut transaction, contract, Act::Withdraw, Role::Customer, by).await?;
        self.close(&mut transaction, contract, WITHDRAWN).await?;
        let letter = letters::withdrawn(&contract.number);
        self.tell(&mut transaction, contract, "withdrawn", letter).await?;
        self.commit(transaction).await
    }

    /// A contract is over: its mandate is revoked, whoever gave it is told, and nothing is due any more.
    pub(super) async fn close(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        reason: &str,
    ) -> Result<(), ContractError> {
        let (core, subject) = (&self.core, contract.dossier.to_string());
        core.store.end(connection, contract.id, reason, self.now()).await?;
        core.store.revoke_mandate(connection, contract.dossier).await?;
        if let Some(payer) = self.payer_in(connection, contract.dossier).await? {
            self.tell_released(connection, &payer).await?;
        }
        for kind in [BEGIN, WATCH] {
            core.schedule.cancel(connection, kind, &subject).await?;
        }
        Ok(())
    }

    /// Asks for the end of a contract, acknowledged at once. Asked twice, it is one demand.
    ///
    /// # Errors
    /// The contract is over; the database does not answer.
    pub(super) async fn ask_end(
        &self,
        contract: &Contract,
        reason: &str,
        wanted: Date,
    ) -> Result<(), ContractError> {
        if contract.ended_at.is_some() {
            return Err(ContractError::NotNow("Ce contrat est déjà terminé."));
        }
        let (core, now) = (&self.core, self.now());
        let mut transaction = core.store.begin().await?;
        let asked = (reason, wanted);
        if core.store.ask_termination(&mut transaction, contract.id, asked, now).await? {
            let asked = (contract.number.as_str(), wanted, reason);
            let letter = letters::termination_asked(asked, core.documents.insurer());
            self.tell(&mut transaction, contract, "termination", letter).await?;
        }
        self.commit(transaction).await
    }

    /// The demand to end a contract.
    pub(super) async fn end_asked(
        &self,
        contract: &Contract,
    ) -> Result<Option<EndAsked>, ContractError> {
        self.core.store.termination(contract.id).await
    }
}
