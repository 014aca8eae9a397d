//! Whose identity somebody must look at (LCB-FT, art. L561-5 CMF): the contracts that wait, what is known of who
//! pays them, and what comes of the look. Nothing here decides; `vigilance` does, and calls.

use jiff::Timestamp;
use jiff::civil::Date;

use super::core::Contracts;
use super::error::ContractError;
use super::letters;
use super::model::{Contract, ContractId, Identified};
use super::payers::{TIES, Typed};
use super::tasks::BEGIN;
use crate::domain::dossier::State;
use crate::kernel::iban::Iban;
use crate::platform::db::Connection;
use crate::slices::dossiers::Signable;

/// A contract whose identity is to be looked at.
#[derive(Clone, Debug)]
pub struct Unvouched {
    /// Identifier.
    pub id: ContractId,
    /// Number for people.
    pub number: String,
    /// When everybody had signed.
    pub concluded_at: Timestamp,
    /// First day of cover, which does not begin before.
    pub effect_on: Date,
    /// What was found so far.
    pub standing: Identified,
}

/// What is known of who pays, for whoever looks.
#[derive(Debug)]
pub struct Payment {
    /// The account's holder, as they wrote it.
    pub holder: String,
    /// Country and last characters of the account.
    pub account: String,
    /// What ties them to who is insured, as who subscribed said it; none when they typed the account themselves.
    pub tie: Option<&'static str>,
    /// Where the payer lives, as they wrote it; empty when they are not asked.
    pub address: String,
    /// Reference of the mandate (*RUM*).
    pub rum: String,
}

/// A contract, for whoever looks at its identity.
#[derive(Debug)]
pub struct UnderCheck {
    /// The contract.
    pub contract: Contract,
    /// Its people, as signed.
    pub insured: Vec<String>,
    /// Who pays.
    pub payment: Payment,
    /// Capital of its loans, in cents.
    pub capital_cents: i64,
    /// So much is covered that two people look (*vigilance renforcée*).
    pub is_enhanced: bool,
    /// Where the contract stands.
    pub state: State,
    /// First day of cover: the one that was signed, or a later one that was asked of the lender.
    pub cover_from: Date,
}

impl UnderCheck {
    /// Whether there is still something to find out.
    pub fn is_open(&self) -> bool {
        self.contract.identity != Identified::Verified && self.contract.ended_at.is_none()
    }
}

impl Contract {
    /// What its customers are told beside the first day of cover; nothing once it is known who pays.
    pub(super) fn identity_note(&self) -> &'static str {
        match self.identity {
            _ if self.ended_at.is_some() => "",
            Identified::Verified => "",
            Identified::Pending => {
                "si, d’ici là, nous avons pu vérifier qui est assuré et qui paie"
            }
            Identified::Refused => {
                "pas avant que nous ayons pu vérifier qui est assuré et qui paie\u{a0}: appelez-nous"
            }
        }
    }
}

impl Contracts {
    /// Contracts whose identity nobody has verified, those nobody has looked at first, the oldest of each first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn unvouched(&self, most: u32) -> Result<Vec<Unvouched>, ContractError> {
        self.core.store.unvouched(most).await
    }

    /// One of them; a contract that was verified long ago too.
    ///
    /// # Errors
    /// There is none of this identifier; the database does not answer; a key is not there any more.
    pub async fn under_check(&self, id: ContractId) -> Result<UnderCheck, ContractError> {
        let contract = self.core.store.by_id(id).await?.ok_or(ContractError::Unknown)?;
        let shown = self.core.dossiers.shown(contract.dossier).await?;
        let mandate = self.mandate(contract.dossier).await?;
        let mandate = mandate.ok_or(ContractError::Stored("its mandate"))?;
        let person = mandate.payer.as_ref().map(|payer| &payer.person);
        let tie = person.and_then(|person| TIES.iter().find(|(code, _)| *code == person.tie));
        let typed = person.and_then(|person| person.typed.as_ref());
        let iban = Iban::read(&mandate.account.iban).map(|iban| iban.masked());
        let payment = Payment {
            holder: mandate.account.holder.clone(),
            account: iban.unwrap_or_default(),
            tie: tie.map(|(_, words)| *words),
            address: typed.map(Typed::address).unwrap_or_default(),
            rum: mandate.rum.clone(),
        };
        let capital_cents = capital(&shown);
        Ok(UnderCheck {
            insured: contract.content.persons.iter().map(|one| one.name.clone()).collect(),
            payment,
            capital_cents,
            is_enhanced: capital_cents >= self.core.settings.enhanced_capital_cents,
            state: shown.state,
            cover_from: self.bank(&contract).await?.cover_from(&contract),
            contract,
        })
    }

    /// Where a contract is that is still to be looked at, held with its dossier until the caller's transaction
    /// ends; none when there is nothing to find out any more: it is verified, or the contract is over.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn open_identity(
        &self,
        connection: &mut Connection,
        contract: &Contract,
    ) -> Result<Option<Identified>, ContractError> {
        let core = &self.core;
        // The dossier first, as everybody who writes of a contract.
        core.dossiers.signable(connection, contract.dossier).await?;
        let standing = core.store.identity_of(connection, contract.id).await?;
        Ok(standing.filter(|one| *one != Identified::Verified))
    }

    /// What was found about who pays; the caller holds it by [`Self::open_identity`]. Verified: cover begins if it
    /// waited for this alone. Refused: who subscribed is told.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn settle_identity(
        &self,
        connection: &mut Connection,
        contract: &Contract,
        found: Identified,
    ) -> Result<(), ContractError> {
        let core = &self.core;
        core.store.settle_identity(connection, contract.id, found).await?;
        match found {
            Identified::Verified => {
                let subject = contract.dossier.to_string();
                core.schedule.put(connection, BEGIN, &subject, self.now()).await?;
            }
            Identified::Refused => {
                let letter =
                    letters::not_vouched(&contract.number, &core.documents.insurer().phone);
                self.tell(connection, contract, "identity-refused", letter).await?;
            }
            Identified::Pending => {}
        }
        Ok(())
    }

    /// The messages of a transaction leave.
    pub fn wake(&self) {
        self.core.messages.wake();
    }
}

/// Capital of the loans that a dossier covers, in cents.
pub(super) fn capital(of: &Signable) -> i64 {
    of.quote.request.loans.iter().map(|loan| loan.capital_cents).fold(0, i64::saturating_add)
}
