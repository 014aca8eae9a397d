//! What a lender's refusal leads to: another dossier in which other guarantees are chosen, whose contract takes the
//! place of the refused one. Nothing of what was signed is changed.

use uuid::Uuid;

use super::core::Contracts;
use super::error::ContractError;
use super::letters;
use super::model::{Contract, REPLACED};
use super::refusals;
use crate::domain::dossier::{Act, Role, State};
use crate::kernel::problem::Kind;
use crate::platform::db::Connection;
use crate::slices::dossiers::{DossierError, DossierId, Refusal, Step};

impl Contracts {
    /// The dossier in which who subscribed chooses other guarantees; says whether it was begun now.
    ///
    /// # Errors
    /// The lender has not refused, or the contract is over; nobody can be insured any more; the database does not
    /// answer.
    pub(super) async fn amend(
        &self,
        contract: &Contract,
        by: Uuid,
    ) -> Result<(DossierId, bool), ContractError> {
        let request = self.bank(contract).await?;
        if contract.ended_at.is_some() {
            return Err(ContractError::NotNow("Ce contrat est déjà terminé."));
        }
        if !request.is_refused() {
            return Err(ContractError::NotNow("La banque n’a pas refusé ce contrat."));
        }
        let why = refusals::words(&request.reason_code).unwrap_or_default();
        let refusal = Refusal { dossier: contract.dossier, contract: &contract.number, why: &why };
        match self.core.dossiers.amend(refusal, by).await {
            Err(DossierError::Refused(problem)) if problem.kind == Kind::Invalid => {
                Err(ContractError::NotNow(
                    "Nous ne pouvons plus assurer ce prêt en ligne\u{a0}: l’âge, le montant ou la durée ne le \
                     permet plus. Appelez-nous.",
                ))
            }
            begun => Ok(begun?),
        }
    }

    /// A contract is concluded in the place of one that a lender refused, in the same transaction. A refused one that
    /// was renounced meanwhile is over already.
    ///
    /// # Errors
    /// The lender has accepted it after all: nobody is insured twice for one loan; the database does not answer.
    pub(super) async fn replace(
        &self,
        connection: &mut Connection,
        refused: DossierId,
        (new, by): (&Contract, Option<Uuid>),
    ) -> Result<(), ContractError> {
        let core = &self.core;
        let held = core.dossiers.signable(connection, refused).await?;
        let old = core.store.of_dossier_in(connection, refused).await?;
        let old = old.ok_or(ContractError::Stored("a refused contract"))?;
        if old.ended_at.is_some() {
            return Ok(());
        }
        if held.state != State::BankRefused {
            return Err(ContractError::NotNow(match by {
                Some(_) => {
                    "Le refus du premier contrat est levé\u{a0}: il reste en cours pour ce prêt. Renoncez-y, ou \
                     demandez-en la fin, avant de signer celui-ci."
                }
                // A payer who is not insured is told nothing of the lender.
                None => {
                    "Ce mandat n’est plus attendu\u{a0}: qui vous l’a demandé vous dira pourquoi."
                }
            }));
        }
        let act = Act::AmendForBank;
        let step = Step { act, role: Role::System, by: None, party: None, reason: &new.number };
        core.dossiers.transition(connection, refused, held.version, step).await?;
        self.close(connection, &old, REPLACED).await?;
        self.tell_replaced(connection, &old, new).await
    }

    /// To everybody who was insured by the refused contract.
    async fn tell_replaced(
        &self,
        connection: &mut Connection,
        old: &Contract,
        new: &Contract,
    ) -> Result<(), ContractError> {
        for (place, person) in old.content.persons.iter().enumerate() {
            let letter = letters::replaced(&old.number, &new.number, place == 0);
            let event = format!("contracts/replaced/{}/{}", old.id, person.insured.simple());
            self.write_to(connection, person, event, letter).await?;
        }
        Ok(())
    }
}
