//! What a person's questionnaires hold, for that person alone (GDPR art. 15 and 20): what was decided, and the
//! documents in which the engine wrote down what they answered; the files that they sent for a decision.
//!
//! Never the medical service's own: its reasons and its document are no part of what a person is given here, they
//! are theirs through a physician (art. L1111-7 CSP). Who has it opened is written down, as every reading is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::demand::EvidenceState;
use super::model::{Facts, Insured};
use super::service::Underwriting;
use super::store::Act;
use crate::domain::underwriting::GuaranteeOutcome;
use crate::kernel::problem::{Kind, Problem};
use crate::platform::db::DbError;

/// A questionnaire of somebody.
#[derive(Debug, Serialize)]
pub struct HeldQuestionnaire {
    /// What the engine was told of them.
    pub facts: Facts,
    /// What was decided, guarantee by guarantee; nothing before that.
    pub decision: Option<HeldDecision>,
    /// The engine's documents of their answers and of the decision.
    pub documents: Vec<HeldFile>,
    /// The files that they sent.
    pub sent: Vec<HeldFile>,
}

/// A decision.
#[derive(Debug, Serialize)]
pub struct HeldDecision {
    /// When.
    pub decided_at: Timestamp,
    /// Without a person of the medical service.
    pub is_automatic: bool,
    /// Guarantee by guarantee.
    pub outcomes: Vec<GuaranteeOutcome>,
}

/// Who has somebody's questionnaires opened, for the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opener {
    /// An operator, whom the person asked: everything.
    Operator,
    /// The person, in their own area: not the files that they sent, which they have.
    Person,
}

/// A file, whole unless it is left with who sent it.
#[derive(Debug, Serialize)]
pub struct HeldFile {
    /// What it is.
    pub kind: String,
    /// Its media type.
    pub media_type: &'static str,
    /// How many bytes.
    pub size: usize,
    /// Its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

impl Underwriting {
    /// Everything that is kept of this person's questionnaires and was not erased. Each one that is opened is a line
    /// of the journal.
    ///
    /// # Errors
    /// The database or the storage does not answer; the keys of medical data are not those.
    pub async fn held(
        &self,
        insured: Insured,
        opener: Opener,
    ) -> Result<Vec<HeldQuestionnaire>, Problem> {
        let store = &self.0.store;
        let mut connection = store.database.pool().acquire().await.map_err(DbError::from)?;
        let sessions = store.unerased(&mut connection, insured).await?;
        drop(connection);
        let mut held = Vec::new();
        for (id, _) in sessions {
            let at = self.0.clock.now();
            let (actor, action) = (opener.code(), "exported_to_person");
            let session = Some(id);
            let act = Act { at, actor, action, session, reason: None, request_id: None };
            store.audit_alone(&act).await?;
            held.push(self.held_in(id, opener).await?);
        }
        Ok(held)
    }

    async fn held_in(&self, id: Uuid, opener: Opener) -> Result<HeldQuestionnaire, Problem> {
        let store = &self.0.store;
        let session = store.session(id).await?.ok_or(Kind::NotFound)?;
        let row = store.decision(id).await?;
        let decision = row.map(|row| {
            let outcomes = serde_json::from_str(&row.commercial)
                .map_err(|error| Problem::new(Kind::Bug).cause(error))?;
            let (decided_at, is_automatic) = (row.decided_at, row.automatic);
            Ok::<_, Problem>(HeldDecision { decided_at, is_automatic, outcomes })
        });
        let mut documents = Vec::new();
        for row in store.documents(id).await?.iter().filter(|row| row.audience == "applicant") {
            let bytes = self.0.open_document(id, row).await?;
            documents.push(whole(row.kind.clone(), "application/pdf", &bytes));
        }
        let mut sent = Vec::new();
        // What was not looked at yet is given to nobody.
        let files = store.evidence(id).await?;
        for one in files.iter().filter(|one| one.state == EvidenceState::Clean) {
            let (kind, media_type) = (one.code.clone(), one.media.media_type());
            sent.push(match opener {
                Opener::Operator => whole(kind, media_type, &self.0.open_evidence(one).await?),
                Opener::Person => {
                    let size = usize::try_from(one.size).unwrap_or(usize::MAX);
                    HeldFile { kind, media_type, size, base64: None }
                }
            });
        }
        let decision = decision.transpose()?;
        Ok(HeldQuestionnaire { facts: session.facts, decision, documents, sent })
    }
}

impl Opener {
    const fn code(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Person => "applicant",
        }
    }
}

fn whole(kind: String, media_type: &'static str, bytes: &[u8]) -> HeldFile {
    HeldFile { kind, media_type, size: bytes.len(), base64: Some(STANDARD.encode(bytes)) }
}
