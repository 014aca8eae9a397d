//! A demand to another payer: who, by which link, and where it stands.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::model::{Account, Mandate};
use super::super::store::PayerRow;
use crate::platform::crypto::{SealError, TokenHash};
use crate::platform::db::{Connection, Instant};
use crate::platform::digest::sha256;
use crate::slices::dossiers::DossierId;

/// What ties a payer to who is insured: a third party does not pay without a reason (art. L561-5-1 CMF).
pub(in crate::slices::contracts) const TIES: [(&str, &str); 4] = [
    ("conjoint", "Mon conjoint ou partenaire"),
    ("parent", "Mon parent ou mon enfant"),
    ("famille", "Quelqu’un d’autre de ma famille"),
    ("autre", "Une autre personne"),
];

/// Where a demand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::slices::contracts) enum Standing {
    /// The payer has the link, and has not answered.
    Waiting,
    /// The payer signed the mandate.
    Given,
    /// «Ce n’est pas moi».
    Declined,
    /// Whoever asked does not ask any more.
    Withdrawn,
}

impl Standing {
    const ALL: [Self; 4] = [Self::Waiting, Self::Given, Self::Declined, Self::Withdrawn];

    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Given => "given",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What a payer types for the mandate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::slices::contracts) struct Typed {
    pub(in crate::slices::contracts) name: String,
    pub(in crate::slices::contracts) street: String,
    pub(in crate::slices::contracts) postcode: String,
    pub(in crate::slices::contracts) city: String,
    pub(in crate::slices::contracts) country: String,
    /// In capitals, without spaces.
    pub(in crate::slices::contracts) iban: String,
    /// Day of the month: 5, 10 or 15.
    pub(in crate::slices::contracts) day: u8,
}

impl Typed {
    /// The address on one line.
    pub(in crate::slices::contracts) fn address(&self) -> String {
        let Self { street, postcode, city, country, .. } = self;
        format!("{street}, {postcode} {city}, {country}")
    }
}

/// What is known of a payer; empty once they are not asked any more.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::slices::contracts) struct Person {
    pub(in crate::slices::contracts) name: String,
    pub(in crate::slices::contracts) email: String,
    /// A code of [`TIES`].
    pub(in crate::slices::contracts) tie: String,
    /// The day of the premiums: who subscribes proposes it, the mandate says it.
    pub(in crate::slices::contracts) day: u8,
    /// What they typed, signed or not yet.
    pub(in crate::slices::contracts) typed: Option<Typed>,
}

/// A demand to another payer.
#[derive(Clone)]
pub(in crate::slices::contracts) struct Payer {
    pub(in crate::slices::contracts) id: Uuid,
    pub(in crate::slices::contracts) dossier: DossierId,
    pub(in crate::slices::contracts) rum: String,
    pub(in crate::slices::contracts) link: TokenHash,
    /// The one browser that goes on with the link.
    pub(in crate::slices::contracts) visit: Option<TokenHash>,
    pub(in crate::slices::contracts) person: Person,
    pub(in crate::slices::contracts) standing: Standing,
    /// The quote whose amounts they were shown when they gave it.
    pub(in crate::slices::contracts) quote: Option<Uuid>,
    pub(in crate::slices::contracts) asked_at: Timestamp,
    pub(in crate::slices::contracts) expires_at: Timestamp,
    pub(in crate::slices::contracts) answered_at: Option<Timestamp>,
}

impl fmt::Debug for Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payer({}, {:?})", self.id.simple(), self.standing)
    }
}

impl Payer {
    /// The mandate as far as it is: its account is empty until it is given.
    pub(in crate::slices::contracts) fn mandate(self) -> Mandate {
        let signed = self.person.typed.as_ref().filter(|_| self.standing == Standing::Given);
        let account = Account {
            holder: self.person.name.clone(),
            iban: signed.map(|typed| typed.iban.clone()).unwrap_or_default(),
        };
        let day = self.person.day;
        // Giving it changes nothing of what the others sign, another day does.
        let mark = sha256(&[b"payer", self.id.as_bytes(), &[day]]);
        Mandate { rum: self.rum.clone(), account, day, mark, payer: Some(self) }
    }

    /// Whether the mandate is given for what this quote costs.
    pub(in crate::slices::contracts) fn has_given(&self, quote: Uuid) -> bool {
        self.standing == Standing::Given && self.quote == Some(quote)
    }

    /// The ceremony of the mandate that says what was typed; none before.
    pub(super) fn ceremony(&self) -> Option<Uuid> {
        let typed = serde_json::to_vec(self.person.typed.as_ref()?).ok()?;
        // Another visit at every typing: what is typed again is signed anew.
        let visit = self.visit?;
        let all = sha256(&[b"mandate", self.id.as_bytes(), &visit, self.rum.as_bytes(), &typed]);
        let mut short = [0; 16];
        short.copy_from_slice(&all[..16]);
        Some(uuid::Builder::from_custom_bytes(short).into_uuid())
    }
}

impl Contracts {
    /// Who is asked for the mandate of a dossier.
    pub(in crate::slices::contracts) async fn payer(
        &self,
        id: DossierId,
    ) -> Result<Option<Payer>, ContractError> {
        let row = self.core.store.payer(id).await?;
        row.map(|row| self.payer_of(row)).transpose()
    }

    /// The same in the caller's transaction, held.
    pub(in crate::slices::contracts) async fn payer_in(
        &self,
        connection: &mut Connection,
        id: DossierId,
    ) -> Result<Option<Payer>, ContractError> {
        let row = self.core.store.lock_payer(connection, id).await?;
        row.map(|row| self.payer_of(row)).transpose()
    }

    pub(super) fn payer_of(&self, row: PayerRow) -> Result<Payer, ContractError> {
        let text = self.core.keyring.open(&[PLACE, row.id.as_bytes()], &row.person)?;
        let person = serde_json::from_slice(&text).map_err(|_| SealError::Broken)?;
        let unread = ContractError::Stored("a payer");
        let standing = Standing::ALL.into_iter().find(|one| one.code() == row.state);
        let hash = |bytes: Vec<u8>| TokenHash::try_from(bytes).ok();
        let visit = row.visit_hash.map(|bytes| hash(bytes).ok_or(ContractError::Stored("a visit")));
        Ok(Payer {
            id: row.id,
            dossier: DossierId::from_uuid(row.dossier_id),
            rum: row.rum,
            link: hash(row.link_hash).ok_or(ContractError::Stored("a link"))?,
            visit: visit.transpose()?,
            person,
            standing: standing.ok_or(unread)?,
            quote: row.quote_id,
            asked_at: row.asked_at.0,
            expires_at: row.expires_at.0,
            answered_at: row.answered_at.map(|at| at.0),
        })
    }

    /// The marks by which who was asked at this address is found, the newest key's first.
    pub(super) fn marks_of(&self, email: &str) -> Vec<[u8; 32]> {
        // People write their address now one way, now the other.
        self.core.keyring.marks(&[PLACE, b"email"], email.to_lowercase().as_bytes())
    }

    pub(super) fn payer_row(&self, payer: &Payer) -> Result<PayerRow, ContractError> {
        let email = &payer.person.email;
        let text = serde_json::to_vec(&payer.person).map_err(|_| SealError::Broken)?;
        let place: [&[u8]; 2] = [PLACE, payer.id.as_bytes()];
        Ok(PayerRow {
            id: payer.id,
            dossier_id: payer.dossier.uuid(),
            rum: payer.rum.clone(),
            link_hash: payer.link.to_vec(),
            visit_hash: payer.visit.map(|hash| hash.to_vec()),
            person: self.core.keyring.seal(&place, &text, &self.core.entropy)?,
            email_mark: self.marks_of(email).first().filter(|_| !email.is_empty()).copied(),
            state: payer.standing.code().to_owned(),
            quote_id: payer.quote,
            asked_at: Instant(payer.asked_at),
            expires_at: Instant(payer.expires_at),
            answered_at: payer.answered_at.map(Instant),
        })
    }

    /// Writes what changed of a demand that the caller holds.
    pub(super) async fn write_payer(
        &self,
        connection: &mut Connection,
        payer: &Payer,
    ) -> Result<(), ContractError> {
        let row = self.payer_row(payer)?;
        Ok(self.core.store.update_payer(connection, &row).await?)
    }
}

/// Where a payer is kept, for their seal.
const PLACE: &[u8] = b"mandate_payer";
