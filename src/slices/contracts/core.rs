//! What all rooms of contracts work with, and the slice's door.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::error::ContractError;
use super::model::{Account, BankRequest, Contract, ContractId, Mandate, Premium};
use super::settings::ContractsSettings;
use super::store::{MandateRow, Store};
use crate::domain::dossier::State;
use crate::platform::access::Party;
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::{Keyring, SealError};
use crate::platform::db::{Connection, Database, Transaction};
use crate::platform::digest::plain_sha256;
use crate::platform::jobs::Schedule;
use crate::slices::documents::Documents;
use crate::slices::dossiers::{DossierId, Dossiers};
use crate::slices::identity::Identity;
use crate::slices::messages::Messages;
use crate::slices::signature::Signatures;

/// Legal time of metropolitan France.
const PARIS: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// What contracts work with.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub database: Database,
    /// Keys of data at rest.
    pub keyring: Keyring,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Dossiers.
    pub dossiers: Dossiers,
    /// The archive.
    pub documents: Documents,
    /// Letters.
    pub messages: Messages,
    /// Accounts.
    pub identity: Identity,
}

pub(super) struct Core {
    pub(super) store: Store,
    pub(super) keyring: Keyring,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) dossiers: Dossiers,
    pub(super) documents: Documents,
    pub(super) messages: Messages,
    pub(super) identity: Identity,
    pub(super) signatures: Signatures,
    pub(super) schedule: Schedule,
    pub(super) settings: ContractsSettings,
    /// Origin of our addresses, without a slash at its end.
    pub(super) origin: Box<str>,
}

/// The door of contracts. Cheap to clone.
#[derive(Clone)]
pub struct Contracts {
    pub(super) core: Arc<Core>,
}

impl Contracts {
    /// Contracts on these tools. `origin` is the public origin, without a slash at its end.
    pub fn new(tools: Tools, settings: ContractsSettings, origin: &str) -> Self {
        let Tools { database, keyring, clock, entropy, dossiers, documents, messages, identity } =
            tools;
        let signatures =
            Signatures::new(database.clone(), keyring.clone(), clock.clone(), entropy.clone());
        let schedule = Schedule::new(database.clone(), clock.clone(), entropy.clone());
        let core = Core {
            store: Store::new(database),
            keyring,
            clock,
            entropy,
            dossiers,
            documents,
            messages,
            identity,
            signatures,
            schedule,
            settings,
            origin: origin.into(),
        };
        Self { core: Arc::new(core) }
    }

    /// The contract of a dossier; who calls has looked whose it is.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn of_dossier(&self, id: DossierId) -> Result<Option<Contract>, ContractError> {
        self.core.store.of_dossier(id).await
    }

    /// A contract of this person.
    ///
    /// # Errors
    /// They have none of this identifier; the database does not answer.
    pub async fn find_for(&self, owner: Party, id: ContractId) -> Result<Contract, ContractError> {
        if let Some(found) = self.core.store.of_owner(owner, id).await? {
            return Ok(found);
        }
        self.adopt(owner, &[]).await?;
        self.core.store.of_owner(owner, id).await?.ok_or(ContractError::Unknown)
    }

    /// What somebody signed before they had proven their address has no owner yet. It is theirs once the
    /// dossier is, which happens when they follow a link of our e-mails; says whether there was any.
    async fn adopt(&self, owner: Party, known: &[Contract]) -> Result<bool, ContractError> {
        let mut any = false;
        for id in self.core.dossiers.signed_of(owner).await? {
            if !known.iter().any(|one| one.dossier == id) {
                any |= self.core.store.adopt(id, owner).await?;
            }
        }
        Ok(any)
    }

    /// The contracts of this person, the newest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn all_for(&self, owner: Party) -> Result<Vec<Contract>, ContractError> {
        let found = self.core.store.all_of_owner(owner).await?;
        if self.adopt(owner, &found).await? {
            return self.core.store.all_of_owner(owner).await;
        }
        Ok(found)
    }

    /// A page of the contracts of this person, the newest first, after one of theirs; and what to ask the
    /// next page after.
    ///
    /// # Errors
    /// They have none of this identifier; the database does not answer.
    pub(super) async fn page_for(
        &self,
        owner: Party,
        after: Option<ContractId>,
        limit: u32,
    ) -> Result<(Vec<Contract>, Option<ContractId>), ContractError> {
        let before = match after {
            Some(id) => Some(self.find_for(owner, id).await?),
            None => {
                self.adopt(owner, &[]).await?;
                None
            }
        };
        // One more than asked for tells whether there is another page.
        let mut found =
            self.core.store.page_of_owner(owner, before.as_ref(), limit.saturating_add(1)).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > wanted;
        found.truncate(wanted);
        let next = found.last().filter(|_| has_more).map(|last| last.id);
        Ok((found, next))
    }

    /// The schedule of premiums.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn premiums(&self, contract: &Contract) -> Result<Vec<Premium>, ContractError> {
        self.core.store.premiums(contract.id).await
    }

    /// What is asked of the lender.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn bank(&self, contract: &Contract) -> Result<BankRequest, ContractError> {
        self.core.store.bank(contract.id).await?.ok_or(ContractError::Unknown)
    }

    /// Where a contract stands: its dossier's state.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn state_of(&self, contract: &Contract) -> Result<State, ContractError> {
        Ok(self.core.dossiers.shown(contract.dossier).await?.state)
    }

    /// Today in Paris.
    pub fn today(&self) -> Date {
        self.core.clock.today_in_paris()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// The mandate of a dossier, opened: of who was asked for it, else the account that was typed.
    pub(super) async fn mandate(&self, id: DossierId) -> Result<Option<Mandate>, ContractError> {
        if let Some(payer) = self.payer(id).await? {
            return Ok(Some(payer.mandate()));
        }
        let row = self.core.store.mandate(id).await?;
        row.map(|row| self.opened(id, row)).transpose()
    }

    /// The same in the caller's transaction, held.
    pub(super) async fn mandate_in(
        &self,
        connection: &mut Connection,
        id: DossierId,
    ) -> Result<Option<Mandate>, ContractError> {
        if let Some(payer) = self.payer_in(connection, id).await? {
            return Ok(Some(payer.mandate()));
        }
        let row = self.core.store.lock_mandate(connection, id).await?;
        row.map(|row| self.opened(id, row)).transpose()
    }

    fn opened(&self, id: DossierId, row: MandateRow) -> Result<Mandate, ContractError> {
        let text = self.core.keyring.open(&[PLACE, id.uuid().as_bytes()], &row.account)?;
        let account: Account = serde_json::from_slice(&text).map_err(|_| SealError::Broken)?;
        let (rum, day, mark) = (row.rum, row.day, plain_sha256(&row.account));
        Ok(Mandate { rum, account, day, mark, payer: None })
    }

    pub(super) fn sealed(&self, id: DossierId, account: &Account) -> Result<Vec<u8>, SealError> {
        let text = serde_json::to_vec(account).map_err(|_| SealError::Broken)?;
        self.core.keyring.seal(&[PLACE, id.uuid().as_bytes()], &text, &self.core.entropy)
    }

    /// Commits, and has the messages of the transaction leave.
    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), ContractError> {
        self.core.store.commit(transaction).await?;
        self.core.messages.wake();
        Ok(())
    }
}

/// Where an account is kept, for its seal.
const PLACE: &[u8] = b"mandate";

/// The first moment of a day in Paris.
pub(super) fn midnight(day: Date) -> Timestamp {
    let zone = TimeZone::posix(PARIS).unwrap_or(TimeZone::UTC);
    day.to_zoned(zone).map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

/// A moment as it is read in Paris: «23 novembre 2026, à 14 h 40».
pub(super) fn moment(at: Timestamp) -> String {
    let zone = TimeZone::posix(PARIS).unwrap_or(TimeZone::UTC);
    let local = at.to_zoned(zone);
    let day = crate::kernel::french::day(local.date());
    format!("{day}, à {}\u{a0}h\u{a0}{:02}", local.hour(), local.minute())
}
