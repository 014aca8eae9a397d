//! What is kept of a payer, for that payer alone (GDPR art. 15 and 20): the demand, what they typed, what they
//! signed and how. Never who asked, nor anything of the dossier: that is somebody else's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::super::core::Contracts;
use super::super::error::ContractError;
use super::super::holding::HeldSignature;
use super::super::model::OWNER;
use super::model::{Payer, Typed};
use crate::slices::documents::Kind;

/// Rows without a mark that are opened at a time.
const PAGE: u32 = 200;

/// A demand to somebody who is not insured, as it is kept.
#[derive(Serialize)]
pub struct HeldPayer {
    /// Reference of the mandate (*RUM*).
    rum: String,
    /// `waiting` or `given`.
    state: &'static str,
    asked_at: Timestamp,
    /// Until when the link opens, or opened.
    link_until: Timestamp,
    answered_at: Option<Timestamp>,
    name: String,
    email: String,
    /// What ties them to who is insured.
    tie: String,
    /// Day of the month of the debits.
    day: u8,
    /// Name, postal address and IBAN as they typed them.
    account: Option<Typed>,
    /// How they signed.
    signature: Option<HeldSignature>,
    /// The mandate, a PDF.
    mandate_base64: Option<String>,
    /// Whether a contract is paid by it.
    is_of_a_contract: bool,
}

impl Contracts {
    /// Everything that is kept of who was asked for a mandate at this address.
    ///
    /// # Errors
    /// The database or the storage does not answer; a key is not there any more.
    pub async fn payer_held(&self, email: &str) -> Result<Vec<HeldPayer>, ContractError> {
        let mut held = Vec::new();
        for payer in self.payers_at(email).await? {
            held.push(self.payer_file(payer).await?);
        }
        Ok(held)
    }

    /// Who was asked at this address and is known.
    pub(super) async fn payers_at(&self, email: &str) -> Result<Vec<Payer>, ContractError> {
        let store = &self.core.store;
        let is_theirs = |payer: &Payer| payer.person.email.eq_ignore_ascii_case(email);
        let mut found = Vec::new();
        for mark in self.marks_of(email) {
            for row in store.payers_of_mark(&mark).await? {
                // What an older copy wrote may have a mark of somebody who is known no more.
                found.extend(Some(self.payer_of(row)?).filter(is_theirs));
            }
        }
        let mut after = Uuid::nil();
        loop {
            let page = store.unmarked_payers(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = last.id;
            for row in page {
                found.extend(Some(self.payer_of(row)?).filter(is_theirs));
            }
        }
    }

    async fn payer_file(&self, payer: Payer) -> Result<HeldPayer, ContractError> {
        let core = &self.core;
        let ceremony = self.ceremony_of_payer(&payer).await?;
        let mandate = match &ceremony {
            Some(one) => Some(self.signed_document(one.id, Kind::MandatSepa.code(), OWNER).await?),
            None => None,
        };
        let signer = ceremony.and_then(|one| one.signers.into_iter().find(|it| it.id == payer.id));
        let signature = signer.and_then(|it| {
            let (signed_at, evidence) = it.signed_at.zip(it.evidence)?;
            Some(HeldSignature { signed_at, evidence })
        });
        let mut connection = core.store.begin().await?;
        let is_of_a_contract = core.store.is_concluded(&mut connection, &payer.rum).await?;
        Ok(HeldPayer {
            rum: payer.rum,
            state: payer.standing.code(),
            asked_at: payer.asked_at,
            link_until: payer.expires_at,
            answered_at: payer.answered_at,
            name: payer.person.name,
            email: payer.person.email,
            tie: payer.person.tie,
            day: payer.person.day,
            account: payer.person.typed,
            signature,
            mandate_base64: mandate.map(|made| STANDARD.encode(made.bytes)),
            is_of_a_contract,
        })
    }
}
