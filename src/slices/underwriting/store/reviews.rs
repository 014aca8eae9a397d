//! The medical service's queue and its decisions on their way.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{DbError, Instant, statements};
use crate::slices::underwriting::model::Wish;

statements! {
    /// What waits for the medical service, the oldest first.
    QUEUE = "SELECT s.id, s.dossier_id, s.insured_no, MIN(d.decided_at), \
        (SELECT COUNT(*) FROM uw_evidence_request o WHERE o.session_id = s.id AND o.next_at IS NOT NULL), \
        (SELECT COUNT(*) FROM uw_evidence_request c WHERE c.session_id = s.id AND c.completed_at IS NOT NULL) \
        FROM uw_session s JOIN uw_decision d ON d.session_id = s.id WHERE s.state = 'REFERRED' \
        GROUP BY s.id, s.dossier_id, s.insured_no ORDER BY 4, 1 LIMIT 100";
    /// What the person asked to be studied again, the last one first.
    LAST_WISH = "SELECT action FROM uw_audit WHERE session_id = ? \
        AND action IN ('review_asked', 'gis_asked') ORDER BY id DESC LIMIT 1";
    /// A proposal.
    INSERT_REVIEW = "INSERT INTO uw_review (id, session_id, supersedes, outcomes, reason_sealed, author, \
        state, proposed_at) VALUES (?, ?, ?, ?, ?, ?, 'PROPOSED', ?)";
    /// The proposal under way of a session.
    LIVE_REVIEW = "SELECT id, supersedes, CAST(outcomes AS CHAR), reason_sealed, author, approver FROM uw_review \
        WHERE session_id = ? AND live = 1";
    /// Another person's approval.
    APPROVE = "UPDATE uw_review SET approver = ? WHERE id = ? AND live = 1 AND author <> ? AND approver IS NULL";
    /// What became of it.
    SETTLE = "UPDATE uw_review SET state = ?, settled_at = ? WHERE id = ? AND live = 1";
}

/// A case that waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) session: Uuid,
    pub(crate) dossier: Uuid,
    pub(crate) insured_no: u8,
    pub(crate) since: Timestamp,
    /// Documents are awaited (false), or were sent (true).
    pub(crate) evidence: Option<bool>,
}

/// A proposal, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct ReviewRow {
    pub(crate) id: Uuid,
    pub(crate) supersedes: String,
    pub(crate) outcomes: String,
    pub(crate) reason_sealed: Vec<u8>,
    pub(crate) author: String,
    pub(crate) approver: Option<String>,
}

impl Store {
    /// What waits for the medical service.
    pub(crate) async fn queue(&self) -> Result<Vec<Waiting>, DbError> {
        type Line = (Uuid, Uuid, u8, Instant, i64, i64);
        let query = sqlx::query_as::<_, Line>(QUEUE);
        let rows = query.fetch_all(self.database.pool()).await?;
        let waiting = |(session, dossier, insured_no, since, awaited, sent): Line| Waiting {
            session,
            dossier,
            insured_no,
            since: since.0,
            evidence: if awaited > 0 { Some(false) } else { (sent > 0).then_some(true) },
        };
        Ok(rows.into_iter().map(waiting).collect())
    }

    /// What the person asked to be studied again, if they did.
    pub(crate) async fn wish(&self, session: Uuid) -> Result<Option<Wish>, DbError> {
        let query = sqlx::query_scalar::<_, String>(LAST_WISH).bind(session);
        let action = query.fetch_optional(self.database.pool()).await?;
        Ok(action.and_then(|action| Wish::of(&action)))
    }

    /// Writes a proposal; false when one is under way.
    pub(crate) async fn insert_review(
        &self,
        session: Uuid,
        row: &ReviewRow,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let inserted = sqlx::query(INSERT_REVIEW)
            .bind(row.id)
            .bind(session)
            .bind(&row.supersedes)
            .bind(&row.outcomes)
            .bind(&row.reason_sealed)
            .bind(&row.author)
            .bind(Instant(now))
            .execute(self.database.pool())
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The proposal under way of a session.
    pub(crate) async fn live_review(&self, session: Uuid) -> Result<Option<ReviewRow>, DbError> {
        type Line = (Uuid, String, String, Vec<u8>, String, Option<String>);
        let query = sqlx::query_as::<_, Line>(LIVE_REVIEW).bind(session);
        let row = query.fetch_optional(self.database.pool()).await?;
        let read = |(id, supersedes, outcomes, reason_sealed, author, approver): Line| ReviewRow {
            id,
            supersedes,
            outcomes,
            reason_sealed,
            author,
            approver,
        };
        Ok(row.map(read))
    }

    /// Notes another person's approval; false when it is the same person's, or given already.
    pub(crate) async fn approve(&self, review: Uuid, approver: &str) -> Result<bool, DbError> {
        let query = sqlx::query(APPROVE).bind(approver).bind(review).bind(approver);
        Ok(query.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Writes what became of a proposal.
    pub(crate) async fn settle_review(
        &self,
        review: Uuid,
        state: &'static str,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(SETTLE).bind(state).bind(Instant(now)).bind(review);
        Ok(query.execute(self.database.pool()).await?.rows_affected() == 1)
    }
}
