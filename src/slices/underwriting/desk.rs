//! The medical desk (*service médical*): what waits for a person, the case with its medical part, and the
//! decision, which two people take above a threshold.
//!
//! Whoever calls this room has made sure that who asks is of the medical service: no other role has a
//! door here. Each opening asks why and is written down before anything is shown.

use jiff::Timestamp;
use uuid::Uuid;

use super::demand::KeptEvidence;
use super::engine::EngineReview;
use super::model::{Facts, Insured, Session, SessionState, Wish};
use super::service::Underwriting;
use super::store::ReviewRow;
use crate::domain::underwriting::GuaranteeOutcome;
use crate::kernel::problem::{Fault, Kind, Problem};

/// What the engine is told of the reason.
const REVIEW: &str = "MEDICAL_REVIEW";

/// A reason says something, and fits.
const REASON: std::ops::RangeInclusive<usize> = 3..=500;

/// A case in the queue.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its session.
    pub session: Uuid,
    /// Whose.
    pub insured: Insured,
    /// Since when.
    pub since: Timestamp,
    /// Whether documents are asked for, and sent.
    pub evidence: Option<bool>,
}

/// A case, opened.
#[derive(Clone, Debug)]
pub struct MedicalCase {
    /// What the engine was told.
    pub facts: Facts,
    /// What it decided, guarantee by guarantee.
    pub outcomes: Vec<GuaranteeOutcome>,
    /// Rules and digest of the answers, as the engine wrote them (JSON).
    pub medical: String,
    /// Names of the documents: answers, decision, reasons.
    pub documents: Vec<String>,
    /// What the person asked to be studied again, if they did.
    pub wish: Option<Wish>,
    /// Files that the person sent.
    pub evidence: Vec<KeptEvidence>,
    /// Who proposed what is under way, when another person must approve it.
    pub proposed_by: Option<String>,
    /// What is proposed; empty: nothing is under way.
    pub proposed: Vec<GuaranteeOutcome>,
    /// Why.
    pub proposed_reason: String,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposed {
    /// The engine has taken it: it is the decision.
    Decided,
    /// Another person must approve it.
    AwaitsApproval,
}

impl Underwriting {
    /// What waits for the medical service, the oldest first; a hundred at most.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn medical_queue(&self) -> Result<Vec<Waiting>, Problem> {
        let rows = self.0.store.queue().await?;
        let waiting = |row: super::store::Waiting| Waiting {
            session: row.session,
            insured: Insured { dossier: row.dossier, number: row.insured_no },
            since: row.since,
            evidence: row.evidence,
        };
        Ok(rows.into_iter().map(waiting).collect())
    }

    /// Opens a case, for this reason.
    ///
    /// # Errors
    /// [`Kind::Invalid`] without a reason; [`Kind::NotFound`] when there is no such case.
    pub async fn medical_case(
        &self,
        officer: &str,
        session: Uuid,
        reason: &str,
    ) -> Result<MedicalCase, Problem> {
        let session = self.opened(officer, session, reason, "case_opened").await?;
        let store = &self.0.store;
        let missing = || Problem::new(Kind::NotFound);
        let row = store.decision(session.id).await?.ok_or_else(missing)?;
        if row.medical_sealed.is_empty() {
            let detail = "Les données de santé de ce dossier ont été effacées.";
            return Err(Problem::new(Kind::Gone).detail(detail));
        }
        let place: [&[u8]; 2] = [b"uw_decision.medical", row.id.as_bytes()];
        let medical = self.0.medical.open(&place, &row.medical_sealed)?;
        let documents = store.documents(session.id).await?;
        let evidence = store.evidence(session.id).await?;
        let review = store.live_review(session.id).await?;
        let (proposed, proposed_reason) = match &review {
            Some(review) => (read(&review.outcomes)?, self.why(review)?),
            None => (Vec::new(), String::new()),
        };
        Ok(MedicalCase {
            proposed,
            proposed_reason,
            evidence,
            wish: store.wish(session.id).await?,
            outcomes: read(&row.commercial)?,
            medical: String::from_utf8_lossy(&medical).into_owned(),
            documents: documents.into_iter().map(|it| it.engine_id).collect(),
            proposed_by: review.map(|it| it.author),
            facts: session.facts,
        })
    }

    /// The bytes of a document of a case, for this reason.
    ///
    /// # Errors
    /// As [`Self::medical_case`].
    pub async fn medical_document(
        &self,
        officer: &str,
        session: Uuid,
        name: &str,
        reason: &str,
    ) -> Result<Vec<u8>, Problem> {
        let session = self.opened(officer, session, reason, "document_opened").await?;
        let rows = self.0.store.documents(session.id).await?;
        let row = rows.iter().find(|row| row.engine_id == name);
        self.0.open_document(session.id, row.ok_or(Kind::NotFound)?).await
    }

    /// Proposes a decision. Below the threshold it is one; above it another person must approve.
    ///
    /// # Errors
    /// [`Kind::Conflict`] when the case does not wait for a person, or a proposal is under way.
    pub async fn propose(
        &self,
        officer: &str,
        session: Uuid,
        outcomes: &[GuaranteeOutcome],
        reason: &str,
    ) -> Result<Proposed, Problem> {
        let session = self.opened(officer, session, reason, "review_proposed").await?;
        let (shared, now) = (&self.0, self.0.clock.now());
        if session.state != SessionState::Referred {
            return Err(Problem::new(Kind::Conflict).detail("Ce dossier n’attend pas de décision."));
        }
        let studied = shared.store.decision(session.id).await?.ok_or(Kind::NotFound)?;
        let id = shared.entropy.uuid_v7(now);
        let place: [&[u8]; 2] = [b"uw_review.reason", id.as_bytes()];
        let row = ReviewRow {
            id,
            supersedes: studied.engine_decision_id,
            outcomes: written(outcomes)?,
            reason_sealed: shared.medical.seal(&place, reason.as_bytes(), &shared.entropy)?,
            author: officer.to_owned(),
            approver: None,
        };
        let needs_two = session.facts.capital_euros > shared.settings.four_eyes_above_euros;
        if !shared.store.insert_review(session.id, &row, now).await? {
            // The same again, because the engine was away: the engine knows it if it took it.
            let live = shared.store.live_review(session.id).await?.ok_or(Kind::Conflict)?;
            if needs_two || live.author != officer || read(&live.outcomes)? != outcomes {
                let detail = "Une décision est déjà proposée pour ce dossier.";
                return Err(Problem::new(Kind::Conflict).detail(detail));
            }
            self.bring(&session, &live).await?;
            return Ok(Proposed::Decided);
        }
        if needs_two {
            return Ok(Proposed::AwaitsApproval);
        }
        self.bring(&session, &row).await?;
        Ok(Proposed::Decided)
    }

    /// Approves what another person proposed: it is the decision then.
    ///
    /// # Errors
    /// [`Kind::Forbidden`] to who proposed it; [`Kind::NotFound`] when nothing is proposed.
    pub async fn approve(&self, officer: &str, session: Uuid, reason: &str) -> Result<(), Problem> {
        let session = self.opened(officer, session, reason, "review_approved").await?;
        let row = self.0.store.live_review(session.id).await?.ok_or(Kind::NotFound)?;
        let detail = "Vous avez fait cette demande\u{a0}: une autre personne doit la valider.";
        if row.author == officer {
            return Err(Problem::new(Kind::Forbidden).detail(detail));
        }
        // Approved before, and the engine was away then: the same decision is brought again.
        let is_again = row.approver.as_deref() == Some(officer);
        if !is_again && !self.0.store.approve(row.id, officer).await? {
            return Err(Problem::new(Kind::Conflict).cause("approved by somebody else"));
        }
        self.bring(&session, &row).await
    }

    /// Sets aside what was proposed.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when nothing is proposed.
    pub async fn set_aside(
        &self,
        officer: &str,
        session: Uuid,
        reason: &str,
    ) -> Result<(), Problem> {
        let session = self.opened(officer, session, reason, "review_set_aside").await?;
        let row = self.0.store.live_review(session.id).await?.ok_or(Kind::NotFound)?;
        self.0.store.settle_review(row.id, "SET_ASIDE", self.0.clock.now()).await?;
        Ok(())
    }

    /// Why a decision is proposed, opened.
    fn why(&self, review: &ReviewRow) -> Result<String, Problem> {
        let place: [&[u8]; 2] = [b"uw_review.reason", review.id.as_bytes()];
        let reason = self.0.medical.open(&place, &review.reason_sealed)?;
        Ok(String::from_utf8_lossy(&reason).into_owned())
    }

    /// Now, for how long a case waits.
    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Gives the engine a decision, and keeps what it makes of it. The engine knows the same decision again.
    async fn bring(&self, session: &Session, row: &ReviewRow) -> Result<(), Problem> {
        let shared = &self.0;
        // The engine gets a mark and a code: who decided and why stay here.
        let mark = crate::platform::digest::sha256(&[b"uw_review", row.author.as_bytes()]);
        let review = EngineReview {
            supersedes: row.supersedes.clone(),
            author: format!("officer-{}", &crate::platform::digest::hex(&mark)[..16]),
            reason: REVIEW.to_owned(),
            outcomes: read(&row.outcomes)?,
        };
        let engine_id = session.engine_id.as_deref().unwrap_or_default();
        let decision = shared.engine.review(engine_id, &review).await?;
        shared.record(session, &decision).await?;
        shared.store.settle_review(row.id, "DECIDED", shared.clock.now()).await?;
        // Its documents may come later: they are looked for again when the case is.
        if let Err(problem) = shared.archive(session).await {
            tracing::warn!(cause = problem.cause, "documents of a review are not kept yet");
        }
        Ok(())
    }

    /// The session, once who opens it and why is written down.
    pub(super) async fn opened(
        &self,
        officer: &str,
        session: Uuid,
        reason: &str,
        action: &'static str,
    ) -> Result<Session, Problem> {
        let reason = reason.trim();
        if !REASON.contains(&reason.chars().count()) {
            let detail = "Indiquez pourquoi, en 3 à 500 caractères.";
            let fault = Fault::new("/reason", "REASON_REQUIRED", detail);
            return Err(Problem::new(Kind::Invalid).faults(vec![fault]));
        }
        let session = self.0.store.session(session).await?.ok_or(Kind::NotFound)?;
        let act =
            super::store::Act { reason: Some(reason), ..self.0.act(&session, officer, action) };
        self.0.store.audit_alone(&act).await?;
        Ok(session)
    }
}

fn read(outcomes: &str) -> Result<Vec<GuaranteeOutcome>, Problem> {
    serde_json::from_str(outcomes).map_err(|error| Problem::new(Kind::Bug).cause(error))
}

fn written(outcomes: &[GuaranteeOutcome]) -> Result<String, Problem> {
    serde_json::to_string(outcomes).map_err(|error| Problem::new(Kind::Bug).cause(error))
}
