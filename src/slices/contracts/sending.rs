//! «Envoyer pour moi»: the demand leaves to the address that the customer gave of their lender, once, as a link to
//! the letter and what it encloses, the certificate and the notice. By the same link the lender says that it has received them, which begins its ten
//! business days (art. L313-31 C. conso.). Opening the link says nothing: programs open links too. A demand that the lender sent back
//! and that was corrected leaves again, by another link: the one before opens nothing any more.
//!
//! The lender sees those three papers and no more: conditions particulières may name what is excluded for health. What it answers is written by the customer, as before.

use std::time::Duration;

use jiff::Timestamp;

use super::banking::{Answer, replaces};
use super::core::Contracts;
use super::error::ContractError;
use super::letters;
use super::model::{BankRequest, Contract, ContractId, Identified, OWNER};
use crate::domain::dossier::Role;
use crate::kernel::locale::Locale;
use crate::platform::crypto::{Opaque, TokenHash};
use crate::platform::db::again;
use crate::slices::documents::{Kind, Made};
use crate::slices::messages::{Allowance, Message, Recipient, Spender};
use uuid::Uuid;

/// What a lender reads by its link.
pub(super) const PAPERS_OF_BANK: [Kind; 3] =
    [Kind::LettreBanque, Kind::AttestationPreteur, Kind::Notice];

const DAY: u64 = 86_400;

const HOUR: Duration = Duration::from_secs(3600);

/// Demands to one address in an hour: an agency has many customers, a person has one.
const MOST_TO_ONE: u32 = 30;

/// A demand that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct BankLink {
    pub(super) contract: ContractId,
    pub(super) sent_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// What a lender is shown.
pub(super) struct Presented {
    pub(super) contract: Contract,
    pub(super) request: BankRequest,
    pub(super) until: Timestamp,
}

impl BankRequest {
    /// The lender's e-mail address, if that is what the customer gave.
    pub(super) fn email(&self) -> Option<Recipient> {
        let to = Recipient::read(self.agency.trim());
        let is_email = matches!(to, Recipient::Email(_)) && to.is_sound();
        is_email.then_some(to)
    }
}

impl Contracts {
    /// Sends the demand to the lender. Sent already: the first one stands, until the demand is corrected.
    ///
    /// # Errors
    /// No insurance is replaced, it is not known yet who pays, the demand is not dated, its address is no e-mail
    /// address, too many left for it, or the lender has answered; the database does not answer.
    pub(super) async fn send_to_bank(
        &self,
        contract: &Contract,
        by: Uuid,
    ) -> Result<(), ContractError> {
        again(|| self.send_to_bank_once(contract, by)).await
    }

    async fn send_to_bank_once(&self, contract: &Contract, by: Uuid) -> Result<(), ContractError> {
        replaces(contract)?;
        let (core, now) = (&self.core, self.now());
        let mut transaction = core.store.begin().await?;
        self.notify(&mut transaction, contract, Role::Customer, Some(by)).await?;
        // A lender that accepts ends the insurance of before: nothing leaves while ours may not begin.
        let identity = core.store.identity_of(&mut transaction, contract.id).await?;
        if identity != Some(Identified::Verified) {
            return Err(ContractError::NotNow(
                "Nous vérifions d’abord qui est assuré et qui paie.",
            ));
        }
        let request = self.locked(&mut transaction, contract).await?;
        if !matches!(request.state.as_str(), "sent" | "received" | "late") {
            return Err(ContractError::NotNow("La demande ne peut pas être envoyée maintenant."));
        }
        let to = request.email();
        let to = to.ok_or(ContractError::NotNow("L’adresse de l’agence n’est pas un e-mail."))?;
        let budget = Allowance { of: Spender::Recipient(&to), most: MOST_TO_ONE, window: HOUR };
        if core.messages.spend(&mut transaction, "contracts/bank", &[budget]).await?.is_err() {
            return Err(ContractError::NotNow(
                "Beaucoup de demandes sont parties à cette adresse. Attendez une heure.",
            ));
        }
        let secret = Opaque::draw("", &core.entropy);
        let life = Duration::from_secs(u64::from(core.settings.bank_link_days) * DAY);
        let link = BankLink { contract: contract.id, sent_at: now, expires_at: now + life };
        if !core.store.insert_bank_link(&mut transaction, &link, &secret.hash()).await? {
            return Ok(());
        }
        let address = format!("{}/b/{}", core.origin, secret.expose());
        let message = Message {
            event: format!("contracts/bank-demand/{}/{}", contract.id, request.demand_no),
            to,
            locale: Locale::Fr,
            letter: letters::demanded(contract, &request, address, link.expires_at),
            expires: None,
        };
        core.messages.post(&mut transaction, message).await?;
        self.commit(transaction).await?;
        metrics::counter!("bank_demands_sent_total").increment(1);
        Ok(())
    }

    /// When the demand of a contract was sent, if we did.
    pub(super) async fn bank_link(
        &self,
        contract: &Contract,
    ) -> Result<Option<BankLink>, ContractError> {
        Ok(self.core.store.bank_link(contract.id).await?)
    }

    /// What this link presents to a lender; none when it never was, its time or the contract is over.
    pub(super) async fn presented(&self, secret: &str) -> Result<Option<Presented>, ContractError> {
        let core = &self.core;
        let hash: TokenHash = Opaque::hash_of(secret);
        let link = core.store.bank_link_of(&hash).await?;
        let Some(link) = link.filter(|link| link.expires_at > self.now()) else { return Ok(None) };
        let contract = core.store.by_id(link.contract).await?.ok_or(ContractError::Unknown)?;
        if contract.ended_at.is_some() {
            return Ok(None);
        }
        let request = self.bank(&contract).await?;
        Ok(Some(Presented { contract, request, until: link.expires_at }))
    }

    /// A paper of the lender's.
    pub(super) async fn paper_of_bank(
        &self,
        presented: &Presented,
        name: &str,
    ) -> Result<Made, ContractError> {
        if !PAPERS_OF_BANK.iter().any(|kind| kind.code() == name) {
            return Err(ContractError::Unknown);
        }
        self.document(&presented.contract, name, OWNER).await
    }

    /// The lender says that it has the demand, today. Said twice, or after the customer said it: nothing.
    ///
    /// # Errors
    /// The contract does not wait for its lender any more; the database does not answer.
    pub(super) async fn bank_has_received(
        &self,
        presented: &Presented,
    ) -> Result<(), ContractError> {
        let contract = &presented.contract;
        if presented.request.state != "sent" {
            return Ok(());
        }
        let today = self.today();
        again(|| self.answered(contract, Answer::Received(today), None)).await
    }
}
