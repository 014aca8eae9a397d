//! Documents asked for, in the database: demands, and the files that were sent.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::platform::web::media::Media;
use crate::slices::underwriting::demand::{EvidenceState, KeptEvidence};

statements! {
    /// The demand that a decision makes.
    INSERT_REQUEST = "INSERT INTO uw_evidence_request (decision_id, session_id, asked_at, next_at) \
        VALUES (?, ?, ?, ?)";
    /// Another decision was taken: what was asked for before is not awaited any more.
    END_REQUESTS = "UPDATE uw_evidence_request SET next_at = NULL WHERE session_id = ? AND next_at IS NOT NULL";
    /// The demand of a decision.
    SELECT_REQUEST = "SELECT asked_at, completed_at FROM uw_evidence_request WHERE decision_id = ?";
    /// Everything is sent.
    COMPLETE_REQUEST = "UPDATE uw_evidence_request SET completed_at = ?, next_at = NULL \
        WHERE decision_id = ? AND completed_at IS NULL";
    /// Something of it cannot be used: it is awaited again.
    REOPEN_REQUESTS = "UPDATE uw_evidence_request SET completed_at = NULL, next_at = ? \
        WHERE session_id = ? AND completed_at IS NOT NULL AND asked_at <= ?";
    /// Demands of which something is due.
    DUE_REQUESTS = "SELECT r.decision_id, r.asked_at, r.reminders, s.dossier_id, s.insured_no \
        FROM uw_evidence_request r JOIN uw_session s ON s.id = r.session_id \
        WHERE r.next_at <= ? ORDER BY r.next_at LIMIT ?";
    /// A reminder left, or the demand ends.
    MOVE_REQUEST = "UPDATE uw_evidence_request SET reminders = ?, next_at = ? \
        WHERE decision_id = ? AND reminders = ? AND next_at <= ?";
    /// Whoever sends files to a session waits for whoever does at the same moment.
    LOCK_SESSION = "SELECT id FROM uw_session WHERE id = ? FOR UPDATE";
    /// What is kept of a session.
    SUM_EVIDENCE = "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS SIGNED) FROM uw_evidence \
        WHERE session_id = ? AND state IN ('QUARANTINE', 'CLEAN')";
    /// A file.
    INSERT_EVIDENCE = "INSERT INTO uw_evidence (id, session_id, code, media, sha256, size, state, received_at) \
        VALUES (?, ?, ?, ?, ?, ?, 'QUARANTINE', ?)";
    /// The files of a session.
    SELECT_EVIDENCE = "SELECT id, session_id, code, media, sha256, size, state, received_at FROM uw_evidence \
        WHERE session_id = ? ORDER BY received_at, id LIMIT 500";
    /// One file.
    SELECT_ONE = "SELECT id, session_id, code, media, sha256, size, state, received_at FROM uw_evidence \
        WHERE id = ?";
    /// What a scanner said of it, once.
    SETTLE_EVIDENCE = "UPDATE uw_evidence SET state = ?, checked_at = ? WHERE id = ? AND state = 'QUARANTINE'";
    /// Its bytes are gone.
    ERASE_EVIDENCE = "UPDATE uw_evidence SET state = 'ERASED' WHERE id = ?";
    /// How many wait for a scanner, and since when.
    COUNT_QUARANTINE = "SELECT COUNT(*), MIN(received_at) FROM uw_evidence WHERE state = 'QUARANTINE'";
}

/// A demand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestRow {
    pub(crate) asked_at: Timestamp,
    pub(crate) completed_at: Option<Timestamp>,
}

/// A demand of which something is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DueRow {
    pub(crate) decision: Uuid,
    pub(crate) asked_at: Timestamp,
    pub(crate) reminders: u8,
    pub(crate) dossier: Uuid,
    pub(crate) insured_no: u8,
}

type Line = (Uuid, Uuid, String, String, Vec<u8>, u32, String, Instant);

fn kept(
    (id, session, code, media, sha256, size, state, at): Line,
) -> Result<KeptEvidence, DbError> {
    let odd = |what: &'static str| DbError::from(sqlx::Error::Decode(what.into()));
    Ok(KeptEvidence {
        id,
        session,
        code,
        media: Media::of_code(&media).ok_or_else(|| odd("a media"))?,
        sha256: sha256.try_into().map_err(|_| odd("a hash"))?,
        size,
        state: EvidenceState::of(&state).ok_or_else(|| odd("a state"))?,
        received_at: at.0,
    })
}

impl Store {
    /// Writes the demand of a decision; what was asked for before in this session ends.
    pub(crate) async fn ask_evidence(
        &self,
        connection: &mut Connection,
        (decision, session): (Uuid, Uuid),
        now: Timestamp,
        next: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_REQUEST).bind(decision).bind(session);
        query.bind(Instant(now)).bind(Instant(next)).execute(connection).await?;
        Ok(())
    }

    /// What was asked for in this session is not awaited any more.
    pub(crate) async fn end_evidence(
        &self,
        connection: &mut Connection,
        session: Uuid,
    ) -> Result<(), DbError> {
        sqlx::query(END_REQUESTS).bind(session).execute(connection).await?;
        Ok(())
    }

    /// The demand of a decision.
    pub(crate) async fn evidence_request(
        &self,
        decision: Uuid,
    ) -> Result<Option<RequestRow>, DbError> {
        let query = sqlx::query_as::<_, (Instant, Option<Instant>)>(SELECT_REQUEST).bind(decision);
        let row = query.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|(asked, completed)| RequestRow {
            asked_at: asked.0,
            completed_at: completed.map(|at| at.0),
        }))
    }

    /// Everything is sent; false when it was said before.
    pub(crate) async fn complete_evidence(
        &self,
        connection: &mut Connection,
        decision: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(COMPLETE_REQUEST).bind(Instant(now)).bind(decision);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// A file that was received at `received` cannot be used: what it answered is awaited again.
    pub(crate) async fn reopen_evidence(
        &self,
        connection: &mut Connection,
        session: Uuid,
        received: Timestamp,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(REOPEN_REQUESTS).bind(Instant(now)).bind(session);
        query.bind(Instant(received)).execute(connection).await?;
        Ok(())
    }

    /// Demands of which something is due, the oldest first.
    pub(crate) async fn due_evidence(
        &self,
        now: Timestamp,
        most: u32,
    ) -> Result<Vec<DueRow>, DbError> {
        let query = sqlx::query_as::<_, (Uuid, Instant, u8, Uuid, u8)>(DUE_REQUESTS);
        let rows = query.bind(Instant(now)).bind(most).fetch_all(self.database.pool()).await?;
        let row = |(decision, asked, reminders, dossier, insured_no): (_, Instant, _, _, _)| {
            DueRow { decision, asked_at: asked.0, reminders, dossier, insured_no }
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Moves a demand on from so many reminders; false when somebody was faster.
    pub(crate) async fn move_evidence(
        &self,
        connection: &mut Connection,
        (decision, from): (Uuid, u8),
        (to, next): (u8, Option<Timestamp>),
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(MOVE_REQUEST).bind(to).bind(next.map(Instant));
        let query = query.bind(decision).bind(from).bind(Instant(now));
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Files and bytes that are kept of a session, which nobody adds to until the transaction ends.
    pub(crate) async fn lock_evidence(
        &self,
        connection: &mut Connection,
        session: Uuid,
    ) -> Result<(u64, u64), DbError> {
        sqlx::query(LOCK_SESSION).bind(session).execute(&mut *connection).await?;
        let query = sqlx::query_as::<_, (i64, i64)>(SUM_EVIDENCE).bind(session);
        let (files, bytes) = query.fetch_one(connection).await?;
        Ok((files.unsigned_abs(), bytes.unsigned_abs()))
    }

    /// Writes a file; false when the same one is there.
    pub(crate) async fn insert_evidence(
        &self,
        connection: &mut Connection,
        file: &KeptEvidence,
    ) -> Result<bool, DbError> {
        let inserted = sqlx::query(INSERT_EVIDENCE)
            .bind(file.id)
            .bind(file.session)
            .bind(&file.code)
            .bind(file.media.code())
            .bind(file.sha256.as_slice())
            .bind(file.size)
            .bind(Instant(file.received_at))
            .execute(connection)
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The files of a session, the oldest first.
    pub(crate) async fn evidence(&self, session: Uuid) -> Result<Vec<KeptEvidence>, DbError> {
        let query = sqlx::query_as::<_, Line>(SELECT_EVIDENCE).bind(session);
        query.fetch_all(self.database.pool()).await?.into_iter().map(kept).collect()
    }

    /// One file.
    pub(crate) async fn evidence_file(&self, id: Uuid) -> Result<Option<KeptEvidence>, DbError> {
        let query = sqlx::query_as::<_, Line>(SELECT_ONE).bind(id);
        query.fetch_optional(self.database.pool()).await?.map(kept).transpose()
    }

    /// What a scanner said of a file; false when it was said before.
    pub(crate) async fn settle_evidence(
        &self,
        connection: &mut Connection,
        id: Uuid,
        state: EvidenceState,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(SETTLE_EVIDENCE).bind(state.code()).bind(Instant(now)).bind(id);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// The bytes of a file are gone.
    pub(crate) async fn erase_evidence(&self, id: Uuid) -> Result<(), DbError> {
        sqlx::query(ERASE_EVIDENCE).bind(id).execute(self.database.pool()).await?;
        Ok(())
    }

    /// How many files wait for a scanner, and since when.
    pub(crate) async fn quarantine(&self) -> Result<(u64, Option<Timestamp>), DbError> {
        let query = sqlx::query_as::<_, (i64, Option<Instant>)>(COUNT_QUARANTINE);
        let (count, since) = query.fetch_one(self.database.pool()).await?;
        Ok((count.unsigned_abs(), since.map(|at| at.0)))
    }
}
