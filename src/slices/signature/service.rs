//! Use-cases of ceremonies. Acts happen in the caller's transaction, which holds what is signed.

use jiff::Timestamp;
use uuid::Uuid;

use super::error::SignatureError;
use super::model::{Ceremony, Evidence, Opening, Paper, Signed, Signer};
use super::store::{SignerRow, Store};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::{Keyring, SealError};
use crate::platform::db::{Connection, Database};
use crate::platform::digest::hex;

/// The door of ceremonies. Cheap to clone.
#[derive(Clone)]
pub struct Signatures {
    store: Store,
    keyring: Keyring,
    clock: Clock,
    entropy: Entropy,
}

impl Signatures {
    /// Ceremonies on these tools.
    pub const fn new(database: Database, keyring: Keyring, clock: Clock, entropy: Entropy) -> Self {
        Self { store: Store::new(database), keyring, clock, entropy }
    }

    /// Opens a ceremony: what is signed, frozen by its hashes, and who signs. One that was open before
    /// is not signed any more.
    ///
    /// # Errors
    /// Another one was opened at the same time; the database does not answer.
    pub async fn open(
        &self,
        connection: &mut Connection,
        opening: &Opening,
    ) -> Result<(), SignatureError> {
        let last = self.store.ceremony(connection, opening.subject).await?;
        let round = last.map_or(1, |(_, round, ..)| round + 1);
        let row = (opening.id, opening.subject, round, opening.version);
        if !self.store.insert(connection, row, self.clock.now()).await? {
            return Err(SignatureError::Opened);
        }
        for (place, paper) in (1_u8..).zip(&opening.papers) {
            self.store.insert_document(connection, opening.id, place, paper).await?;
        }
        for (place, signer) in (1_u8..).zip(&opening.signers) {
            self.store.insert_signer(connection, opening.id, place, *signer).await?;
        }
        Ok(())
    }

    /// The newest ceremony of a subject, as it stands now.
    ///
    /// # Errors
    /// The database does not answer; a row cannot be read.
    pub async fn of(&self, subject: Uuid) -> Result<Option<Ceremony>, SignatureError> {
        let mut connection = self.store.connection().await?;
        self.of_in(&mut connection, subject).await
    }

    /// The same in the caller's transaction.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub async fn of_in(
        &self,
        connection: &mut Connection,
        subject: Uuid,
    ) -> Result<Option<Ceremony>, SignatureError> {
        let found = self.store.ceremony(connection, subject).await?;
        let Some((id, _, version, opened, completed)) = found else { return Ok(None) };
        let papers = self.papers_in(connection, id).await?;
        let rows = self.store.signers(connection, id).await?.into_iter();
        let signers = rows.map(|row| self.signer(id, row)).collect::<Result<_, _>>()?;
        let completed_at = completed.map(|at| at.0);
        let opened_at = opened.0;
        Ok(Some(Ceremony { id, version, opened_at, completed_at, papers, signers }))
    }

    /// The documents that a ceremony froze; none when there is no such ceremony.
    ///
    /// # Errors
    /// The database does not answer; a row cannot be read.
    pub async fn papers(&self, ceremony: Uuid) -> Result<Vec<Paper>, SignatureError> {
        let mut connection = self.store.connection().await?;
        self.papers_in(&mut connection, ceremony).await
    }

    async fn papers_in(
        &self,
        connection: &mut Connection,
        ceremony: Uuid,
    ) -> Result<Vec<Paper>, SignatureError> {
        let papers = self.store.documents(connection, ceremony).await?.into_iter();
        let papers = papers.map(|(name, title, size, sha256)| {
            let sha256 = sha256.try_into().map_err(|_| SignatureError::Stored)?;
            Ok(Paper { name, title, size, sha256 })
        });
        papers.collect()
    }

    /// Somebody signs everything. Done twice, it is one signature: the first.
    ///
    /// # Errors
    /// They are not of this ceremony; no key is configured; the database does not answer.
    pub async fn sign(
        &self,
        connection: &mut Connection,
        ceremony: &Ceremony,
        signer: Uuid,
        evidence: &Evidence,
    ) -> Result<Signed, SignatureError> {
        let known = ceremony.signers.iter().any(|one| one.id == signer);
        if !known {
            return Err(SignatureError::NotASigner);
        }
        let now = self.clock.now();
        let text = serde_json::to_vec(evidence).map_err(|_| SealError::Broken)?;
        let place: [&[u8]; 3] = [PLACE, ceremony.id.as_bytes(), signer.as_bytes()];
        let sealed = self.keyring.seal(&place, &text, &self.entropy)?;
        if !self.store.sign(connection, (ceremony.id, signer), sealed, now).await? {
            return Ok(Signed::Before);
        }
        let complete = self.store.complete(connection, ceremony.id, now).await?;
        Ok(if complete { Signed::Complete } else { Signed::Now })
    }

    /// Every ceremony of a subject, the first one first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn ceremonies(&self, subject: Uuid) -> Result<Vec<Uuid>, SignatureError> {
        Ok(self.store.ceremonies(subject).await?)
    }

    /// Forgets a ceremony that led to nothing: who was to sign, who had, and how. Who calls has looked that no
    /// contract rests on it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget(&self, ceremony: Uuid) -> Result<(), SignatureError> {
        Ok(self.store.forget(ceremony).await?)
    }

    /// The mark of a telephone number, for the evidence.
    ///
    /// # Errors
    /// No key is configured.
    pub fn mark(&self, number: &str) -> Result<String, SignatureError> {
        let marks = self.keyring.marks(&[b"signature", b"number"], number.as_bytes());
        Ok(hex(marks.first().ok_or(SealError::NoKey)?))
    }

    fn signer(&self, ceremony: Uuid, row: SignerRow) -> Result<Signer, SignatureError> {
        let (id, signed_at, evidence) = row;
        let place: [&[u8]; 3] = [PLACE, ceremony.as_bytes(), id.as_bytes()];
        let read = |sealed: Vec<u8>| {
            let text = self.keyring.open(&place, &sealed)?;
            serde_json::from_slice(&text).map_err(|_| SignatureError::Stored)
        };
        let evidence = evidence.map(read).transpose()?;
        let signed_at: Option<Timestamp> = signed_at.map(|at| at.0);
        Ok(Signer { id, signed_at, evidence })
    }
}

/// Where evidence is kept, for its seal.
const PLACE: &[u8] = b"signature_signer";
