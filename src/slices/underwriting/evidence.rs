//! Documents asked for (*pièces demandées*): what a decision asks of a person, the files that they send,
//! and who may open them.
//!
//! A file is kept sealed under the keys of medical data, in quarantine: nobody opens it before a scanner
//! has looked at it (`scanning`), and then the medical service alone, for a reason that is written down.
//! No name of a file is kept: people write into them what they have.

use jiff::Timestamp;
use uuid::Uuid;

use super::demand::{Demand, DueDemand, EvidenceState, KeptEvidence, SentEvidence};
use super::model::{Insured, Session, SessionState};
use super::scanning::SCAN;
use super::service::{Shared, Underwriting};
use super::settings::EvidenceSettings;
use super::store::{DecisionRow, DueRow};
use crate::domain::underwriting::evidence::next;
use crate::domain::underwriting::{GuaranteeOutcome, PersonDecision, decide};
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::{Connection, DbError, again};
use crate::platform::digest::plain_sha256;
use crate::platform::web::media::Media;

impl Underwriting {
    /// Whether files are taken here: there are keys to seal them, and a scanner to look at them.
    pub fn takes_evidence(&self) -> bool {
        self.0.scanner.is_some() && self.0.medical.is_usable()
    }

    /// How much is taken.
    pub fn evidence_limits(&self) -> EvidenceSettings {
        self.0.settings.evidence
    }

    /// What the decision in force of a person asks for; `None` when it asks for nothing.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn demand(&self, insured: Insured) -> Result<Option<Demand>, Problem> {
        let Some(session) = self.0.store.latest(insured).await? else { return Ok(None) };
        let Some((_, demand)) = self.0.demand(&session).await? else { return Ok(None) };
        Ok(session.state.is_live().then_some(demand))
    }

    /// Takes files that a person sends: sealed, in quarantine, and due for a scanner. The same file for
    /// the same document again is the one that is there. Says how many are new.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when nothing is asked for, [`Kind::TooLarge`] when too much is kept already.
    pub async fn receive_evidence(
        &self,
        insured: Insured,
        sent: Vec<SentEvidence>,
    ) -> Result<usize, Problem> {
        let shared = &self.0;
        let (session, demand) = self.asked(insured).await?;
        let kept = shared.store.evidence(session.id).await?;
        let mut fresh = Vec::with_capacity(sent.len());
        for file in sent {
            if !demand.codes.contains(&file.code) {
                return Err(Problem::new(Kind::Conflict).cause("nobody asked for this document"));
            }
            let sha256 = plain_sha256(&file.bytes);
            let is_same = |it: &KeptEvidence| it.code == file.code && it.sha256 == sha256;
            if kept.iter().chain(&fresh).any(is_same) {
                continue;
            }
            fresh.push(shared.store_evidence(&session, file, sha256).await?);
        }
        again(|| shared.write_evidence(&session, &fresh)).await?;
        Ok(fresh.len())
    }

    /// The person has sent everything: the case goes on. Returns the documents that are still missing;
    /// nothing happens then. Said twice, it is said once.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when nothing is asked for.
    pub async fn complete_evidence(&self, insured: Insured) -> Result<Vec<String>, Problem> {
        let (session, demand) = self.asked(insured).await?;
        let missing = demand.missing();
        if missing.is_empty() {
            let (store, now) = (&self.0.store, self.0.clock.now());
            let mut transaction = store.database.begin().await?;
            if store.complete_evidence(&mut transaction, demand.decision, now).await? {
                let act = self.0.act(&session, "applicant", "evidence_complete");
                store.audit(&mut transaction, &act).await?;
            }
            transaction.commit().await.map_err(DbError::from)?;
        }
        Ok(missing)
    }

    /// The bytes of a file, for this reason; what no scanner has let through is not there.
    ///
    /// # Errors
    /// As [`Self::medical_case`].
    pub async fn medical_evidence(
        &self,
        officer: &str,
        session: Uuid,
        id: Uuid,
        reason: &str,
    ) -> Result<(Media, Vec<u8>), Problem> {
        let session = self.opened(officer, session, reason, "evidence_opened").await?;
        let file = self.0.store.evidence_file(id).await?.ok_or(Kind::NotFound)?;
        if file.session != session.id || file.state != EvidenceState::Clean {
            return Err(Problem::new(Kind::NotFound).cause("not there, or not looked at yet"));
        }
        Ok((file.media, self.0.open_evidence(&file).await?))
    }

    /// Demands of which something is due.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn evidence_due(&self, most: u32) -> Result<Vec<DueDemand>, Problem> {
        let rows = self.0.store.due_evidence(self.0.clock.now(), most).await?;
        let due = |row: DueRow| DueDemand {
            decision: row.decision,
            insured: Insured { dossier: row.dossier, number: row.insured_no },
            asked_at: row.asked_at,
            reminders: row.reminders,
        };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Notes in the caller's transaction that somebody was reminded; false when another copy did.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn evidence_reminded(
        &self,
        connection: &mut Connection,
        due: &DueDemand,
        reminders: u8,
    ) -> Result<bool, Problem> {
        let at = due_at(due.asked_at, reminders);
        self.move_on(connection, due, (reminders, Some(at))).await
    }

    /// Notes in the caller's transaction that nothing is awaited any more; false when another copy did.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn evidence_over(
        &self,
        connection: &mut Connection,
        due: &DueDemand,
    ) -> Result<bool, Problem> {
        self.move_on(connection, due, (due.reminders, None)).await
    }

    async fn move_on(
        &self,
        connection: &mut Connection,
        due: &DueDemand,
        to: (u8, Option<Timestamp>),
    ) -> Result<bool, Problem> {
        let from = (due.decision, due.reminders);
        Ok(self.0.store.move_evidence(connection, from, to, self.0.clock.now()).await?)
    }

    /// The session and the demand of a person from whom documents are awaited.
    async fn asked(&self, insured: Insured) -> Result<(Session, Demand), Problem> {
        let nothing = || Problem::new(Kind::Conflict).cause("nothing is asked for");
        if !self.takes_evidence() {
            return Err(nothing());
        }
        let session = self.0.store.latest(insured).await?.ok_or_else(nothing)?;
        let is_open = session.state == SessionState::Referred;
        let found = self.0.demand(&session).await?.filter(|_| is_open);
        let (_, demand) = found.ok_or_else(nothing)?;
        Ok((session, demand))
    }
}

/// When something is due after so many reminders.
fn due_at(asked_at: Timestamp, reminders: u8) -> Timestamp {
    let (_, days) = next(reminders);
    asked_at + std::time::Duration::from_secs(u64::from(days) * 86_400)
}

impl Shared {
    /// In the transaction of a decision: what was asked for before ends, what is asked for now begins.
    pub(super) async fn ask_evidence(
        &self,
        connection: &mut Connection,
        session: &Session,
        decision: (Uuid, &PersonDecision),
    ) -> Result<(), Problem> {
        self.store.end_evidence(connection, session.id).await?;
        if let (id, PersonDecision::PendingEvidence(_)) = decision {
            let now = self.clock.now();
            let place = (id, session.id);
            self.store.ask_evidence(connection, place, now, due_at(now, 0)).await?;
        }
        Ok(())
    }

    /// The decision in force of a session and what it asks for, if it asks for anything.
    pub(super) async fn demand(
        &self,
        session: &Session,
    ) -> Result<Option<(DecisionRow, Demand)>, Problem> {
        let Some(row) = self.store.decision(session.id).await? else { return Ok(None) };
        let outcomes: Vec<GuaranteeOutcome> = serde_json::from_str(&row.commercial)
            .map_err(|error| Problem::new(Kind::Bug).cause(error))?;
        let PersonDecision::PendingEvidence(codes) = decide(&outcomes, row.automatic) else {
            return Ok(None);
        };
        let request = self.store.evidence_request(row.id).await?;
        let asked_at = request.map_or(row.decided_at, |it| it.asked_at);
        let mut files = self.store.evidence(session.id).await?;
        // What came for an earlier demand does not answer this one.
        files.retain(|file| file.received_at >= asked_at);
        let completed_at = request.and_then(|it| it.completed_at);
        let demand = Demand { decision: row.id, codes, asked_at, completed_at, files };
        Ok(Some((row, demand)))
    }

    /// Seals a file and stores it.
    async fn store_evidence(
        &self,
        session: &Session,
        file: SentEvidence,
        sha256: [u8; 32],
    ) -> Result<KeptEvidence, Problem> {
        let now = self.clock.now();
        let kept = KeptEvidence {
            id: self.entropy.uuid_v7(now),
            session: session.id,
            code: file.code,
            media: file.media,
            sha256,
            size: u32::try_from(file.bytes.len()).unwrap_or(u32::MAX),
            state: EvidenceState::Quarantine,
            received_at: now,
        };
        let sealed = self.medical.seal(&place(&kept), &file.bytes, &self.entropy)?;
        self.storage.put_new(&object(&kept), sealed).await?;
        Ok(kept)
    }

    /// Writes what is stored, and has a scanner look at it.
    async fn write_evidence(
        &self,
        session: &Session,
        fresh: &[KeptEvidence],
    ) -> Result<(), Problem> {
        let (store, limits) = (&self.store, self.settings.evidence);
        let mut transaction = store.database.begin().await?;
        let (mut files, mut bytes) = store.lock_evidence(&mut transaction, session.id).await?;
        for file in fresh {
            (files, bytes) = (files + 1, bytes + u64::from(file.size));
            if files > limits.kept_files_max || bytes > limits.kept_bytes_max {
                let detail = "Votre dossier contient déjà beaucoup de fichiers\u{a0}: envoyez le reste par \
                    courrier.";
                return Err(Problem::new(Kind::TooLarge).detail(detail));
            }
            if store.insert_evidence(&mut transaction, file).await? {
                let subject = file.id.simple().to_string();
                let now = file.received_at;
                self.schedule.put(&mut transaction, SCAN, &subject, now).await?;
            }
        }
        if !fresh.is_empty() {
            let act = self.act(session, "applicant", "evidence_received");
            store.audit(&mut transaction, &act).await?;
        }
        transaction.commit().await.map_err(DbError::from)?;
        Ok(())
    }

    /// The bytes of a file, opened and held against its hash.
    pub(super) async fn open_evidence(&self, file: &KeptEvidence) -> Result<Vec<u8>, Problem> {
        let sealed = self.storage.get(&object(file)).await?;
        let bytes = self.medical.open(&place(file), &sealed)?;
        if plain_sha256(&bytes) != file.sha256 {
            return Err(Problem::new(Kind::Bug).cause("a file that is not its hash"));
        }
        Ok(bytes)
    }

    /// Erases the bytes of every file of a session; what was received stays written.
    pub(super) async fn erase_evidence(&self, session: Uuid) -> Result<(), Problem> {
        for file in self.store.evidence(session).await? {
            if file.state.counts() {
                self.storage.remove(&object(&file)).await?;
                self.store.erase_evidence(file.id).await?;
            }
        }
        Ok(())
    }
}

/// Where a file is sealed for: moved to another place, it does not open.
fn place(file: &KeptEvidence) -> [&[u8]; 4] {
    [b"uw_evidence", file.session.as_bytes(), file.id.as_bytes(), &file.sha256]
}

/// Its name in the storage.
pub(super) fn object(file: &KeptEvidence) -> String {
    format!("underwriting/{}/evidence/{}", file.session.simple(), file.id.simple())
}
