//! Use-cases of health. Each writes its line of the audit in the transaction of what it does; a
//! reading is written down before anything is opened.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::answers::Answers;
use super::binding::fingerprint;
use super::error::HealthError;
use super::store::{Access, NewRow, Row, Store};
use crate::domain::health::{Declaration, Outcome, VERSION};
use crate::kernel::access::Principal;
use crate::platform::access::{Actor, Employee, Party};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::{Keyring, SealError};
use crate::platform::db::{Connection, Database};

/// Version of the text that people consent to.
pub const CONSENT: &str = "sante-2026-11";

/// The group of the medical officers in the staff's pool.
const MEDICAL: &str = "medical";

/// What a medical officer may give as the reason of a reading.
const REASONS: [&str; 3] = ["etude", "reclamation", "autre"];

/// The medical officer (*médecin-conseil*) or who works under them.
#[derive(Clone, Debug)]
pub struct MedicalOfficer(Party);

impl Actor for MedicalOfficer {
    fn resolve(principal: &Principal) -> Option<Self> {
        let employee = Employee::resolve(principal)?;
        let is_medical = principal.groups.iter().any(|group| &**group == MEDICAL);
        is_medical.then(|| Self(employee.party()))
    }
}

/// How far somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// They consented.
    pub consented: bool,
    /// They sent their declaration.
    pub submitted: bool,
}

/// What a rotation of keys did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Sealed anew.
    pub resealed: u64,
    /// Sealed under a key that is not there: left alone.
    pub unopened: u64,
}

/// The door of health. Cheap to clone.
#[derive(Clone)]
pub struct HealthWorld {
    pub(super) store: Store,
    keyring: Keyring,
    pub(super) clock: Clock,
    entropy: Entropy,
}

impl HealthWorld {
    /// Health on these tools; `keyring` is its own.
    pub const fn new(database: Database, keyring: Keyring, clock: Clock, entropy: Entropy) -> Self {
        Self { store: Store::new(database), keyring, clock, entropy }
    }

    /// How far this person is. Tells nothing of what was answered.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn standing(&self, insured: Uuid) -> Result<Standing, HealthError> {
        let mut connection = self.store.connection().await?;
        let consented = self.store.consented_at(&mut connection, insured).await?.is_some();
        drop(connection);
        let row = self.store.declaration(insured).await?;
        Ok(Standing { consented, submitted: row.is_some_and(|row| row.is_submitted) })
    }

    /// The person consents that their answers are studied (GDPR art. 9.2.a).
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub async fn consent(&self, insured: Uuid, network: &str) -> Result<(), HealthError> {
        let place: [&[u8]; 2] = [b"health_consent", b"network"];
        let marks = self.keyring.marks(&place, network.as_bytes());
        let mark = marks.first().ok_or(SealError::NoKey)?;
        let mut transaction = self.store.begin().await?;
        self.store.consent(&mut transaction, insured, CONSENT, mark, self.clock.now()).await?;
        self.note(&mut transaction, insured, "insured", None, "consented", CONSENT).await?;
        Ok(self.store.commit(transaction).await?)
    }

    /// The person's own answers: to go on from a draft, or to read again.
    ///
    /// # Errors
    /// They cannot be opened; the database does not answer.
    pub async fn own(&self, insured: Uuid) -> Result<Option<Answers>, HealthError> {
        self.read(insured, "insured", None, "own").await
    }

    /// Somebody's answers, for the medical officer, who says why.
    ///
    /// # Errors
    /// No reason; no declaration was sent; they cannot be opened; the database does not answer.
    pub async fn read_for(
        &self,
        officer: &MedicalOfficer,
        insured: Uuid,
        reason: &str,
    ) -> Result<Answers, HealthError> {
        if !REASONS.contains(&reason) {
            return Err(HealthError::NoReason);
        }
        // A draft is nobody's but its author's.
        if !self.standing(insured).await?.submitted {
            return Err(HealthError::Nothing);
        }
        let answers = self.read(insured, "medical", Some(officer.0), reason).await?;
        answers.ok_or(HealthError::Nothing)
    }

    /// Keeps answers that are not whole yet.
    ///
    /// # Errors
    /// No consent; it was sent already; no key is configured; the database does not answer.
    pub async fn save_draft(
        &self,
        insured: Uuid,
        typed: BTreeMap<String, String>,
    ) -> Result<(), HealthError> {
        let answers = Answers { typed, ..Answers::default() };
        let mut transaction = self.store.begin().await?;
        self.require_consent(&mut transaction, insured).await?;
        let known = self.store.lock(&mut transaction, insured).await?;
        if known.is_some_and(|row| row.is_submitted) {
            return Err(HealthError::Submitted);
        }
        self.write(&mut transaction, insured, &answers, false).await?;
        self.note(&mut transaction, insured, "insured", None, "saved", "draft").await?;
        Ok(self.store.commit(transaction).await?)
    }

    /// The person sends their declaration, in the caller's transaction. Sent again, the first one
    /// counts.
    ///
    /// # Errors
    /// No consent; no key is configured; the database does not answer.
    pub async fn submit(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        declaration: &Declaration,
        body: (u16, u16),
    ) -> Result<Outcome, HealthError> {
        self.require_consent(connection, insured).await?;
        let known = self.store.lock(connection, insured).await?;
        if let Some(row) = known.filter(|row| row.is_submitted) {
            let more = self.open(insured, &row)?.more;
            return Ok(if more { Outcome::Questionnaire } else { Outcome::Standard });
        }
        let outcome = declaration.outcome();
        let (more, salt) = (outcome == Outcome::Questionnaire, self.entropy.hex::<32>());
        let answers = Answers::of(declaration, body, more, salt);
        self.write(connection, insured, &answers, true).await?;
        self.note(connection, insured, "insured", None, "submitted", VERSION).await?;
        Ok(outcome)
    }

    /// What the declaration that was sent leads to, for the program's decision, in the caller's
    /// transaction; it learns no answer.
    ///
    /// # Errors
    /// It cannot be opened; the database does not answer.
    pub async fn outcome(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<Outcome>, HealthError> {
        let row = self.store.lock(connection, insured).await?;
        let Some(row) = row.filter(|row| self.is_current(row)) else { return Ok(None) };
        let more = self.open(insured, &row)?.more;
        Ok(Some(if more { Outcome::Questionnaire } else { Outcome::Standard }))
    }

    /// Erases answers, in the caller's transaction: the law protects the person now, or they take
    /// their consent back.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn erase(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        reason: &str,
    ) -> Result<(), HealthError> {
        self.store.withdraw(connection, insured, self.clock.now()).await?;
        if self.store.erase(connection, insured).await? {
            self.note(connection, insured, "system", None, "erased", reason).await?;
        }
        Ok(())
    }

    /// Seals what this person sent from a page of health, for who keeps it a moment and cannot read it.
    ///
    /// # Errors
    /// No consent; no key is configured; the database does not answer.
    pub async fn seal_aside(&self, insured: Uuid, sent: &[u8]) -> Result<Vec<u8>, HealthError> {
        let mut transaction = self.store.begin().await?;
        self.require_consent(&mut transaction, insured).await?;
        let sealed = self.keyring.seal(&aside(&insured), sent, &self.entropy)?;
        self.note(&mut transaction, insured, "insured", None, "saved", "aside").await?;
        self.store.commit(transaction).await?;
        Ok(sealed)
    }

    /// Opens for this person what [`Self::seal_aside`] sealed.
    ///
    /// # Errors
    /// The consent was taken back; it cannot be opened; the database does not answer.
    pub async fn open_aside(&self, insured: Uuid, sealed: &[u8]) -> Result<Vec<u8>, HealthError> {
        let mut transaction = self.store.begin().await?;
        self.require_consent(&mut transaction, insured).await?;
        self.note(&mut transaction, insured, "insured", None, "read", "aside").await?;
        self.store.commit(transaction).await?;
        Ok(self.keyring.open(&aside(&insured), sealed)?)
    }

    /// Seals everything under the first key of the file. Several copies may do so at once.
    ///
    /// # Errors
    /// No key is configured; the database does not answer.
    pub async fn rotate(&self) -> Result<Rotated, HealthError> {
        let key = self.key_id()?;
        let (mut done, mut after) = (Rotated::default(), Uuid::nil());
        loop {
            let page = self.store.under_others(&key, after).await?;
            let Some(last) = page.last() else { return Ok(done) };
            after = *last;
            for insured in page {
                let mut transaction = self.store.begin().await?;
                let Some(row) = self.store.lock(&mut transaction, insured).await? else { continue };
                match self.unseal(insured, &row.sealed) {
                    Ok(clear) => {
                        let sealed = self.keyring.seal(&place(&insured), &clear, &self.entropy)?;
                        self.store.reseal(&mut transaction, insured, &key, &sealed).await?;
                        self.store.commit(transaction).await?;
                        done.resealed += 1;
                    }
                    Err(SealError::UnknownKey) => done.unopened += 1,
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    pub(super) async fn require_consent(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<(), HealthError> {
        let given = self.store.consented_at(connection, insured).await?;
        given.map(|_| ()).ok_or(HealthError::NoConsent)
    }

    /// The line of the audit is committed first: what cannot be written down is not read.
    pub(super) async fn read(
        &self,
        insured: Uuid,
        reader: &str,
        party: Option<Party>,
        reason: &str,
    ) -> Result<Option<Answers>, HealthError> {
        let Some(row) = self.store.declaration(insured).await? else { return Ok(None) };
        let mut transaction = self.store.begin().await?;
        self.note(&mut transaction, insured, reader, party, "read", reason).await?;
        self.store.commit(transaction).await?;
        self.open(insured, &row).map(Some)
    }

    async fn write(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        answers: &Answers,
        is_submitted: bool,
    ) -> Result<(), HealthError> {
        let clear = serde_json::to_vec(answers).map_err(|_| SealError::Broken)?;
        let sealed = self.keyring.seal(&place(&insured), &clear, &self.entropy)?;
        let row = NewRow {
            insured,
            is_submitted,
            key_id: &self.key_id()?,
            sealed: &sealed,
            questions: VERSION,
            at: self.clock.now(),
        };
        Ok(self.store.write(connection, &row).await?)
    }

    pub(super) fn open(&self, insured: Uuid, row: &Row) -> Result<Answers, HealthError> {
        let clear = self.unseal(insured, &row.sealed)?;
        let mut answers: Answers = serde_json::from_slice(&clear).map_err(|_| SealError::Broken)?;
        answers.fingerprint = fingerprint(insured, row, &answers, &clear);
        Ok(answers)
    }

    fn unseal(&self, insured: Uuid, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.keyring.open(&place(&insured), sealed)
    }

    fn key_id(&self) -> Result<String, SealError> {
        self.keyring.first_id().map(str::to_owned).ok_or(SealError::NoKey)
    }

    pub(super) async fn note(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        reader: &str,
        party: Option<Party>,
        act: &str,
        reason: &str,
    ) -> Result<(), HealthError> {
        let access = Access { insured, at: self.clock.now(), reader, party, act, reason };
        Ok(self.store.note(connection, &access).await?)
    }
}

/// Where that is kept which is put aside for a moment.
fn aside(insured: &Uuid) -> [&[u8]; 2] {
    [b"health_aside", insured.as_bytes()]
}

/// Where a declaration is kept: what is moved to another person does not open there.
fn place(insured: &Uuid) -> [&[u8]; 2] {
    [b"health_declaration", insured.as_bytes()]
}
