//! Decisions and documents in the database: written once, never changed.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};

statements! {
    /// A decision.
    INSERT_DECISION = "INSERT INTO uw_decision (id, session_id, sequence, engine_decision_id, supersedes, \
        status, automatic, commercial, medical_sealed, kb, as_of, decided_at, valid_until, created_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// How many decisions a session has.
    COUNT_DECISIONS = "SELECT COUNT(*) FROM uw_decision WHERE session_id = ?";
    /// Whether a decision is kept.
    IS_KEPT = "SELECT COUNT(*) FROM uw_decision WHERE engine_decision_id = ?";
    /// The decision in force of a session.
    LAST_DECISION = "SELECT id, engine_decision_id, status, automatic, CAST(commercial AS CHAR) AS commercial, \
        medical_sealed, CAST(as_of AS CHAR) AS as_of, decided_at, CAST(valid_until AS CHAR) AS valid_until \
        FROM uw_decision WHERE session_id = ? ORDER BY sequence DESC LIMIT 1";
    /// What people decided in a session, oldest first.
    BY_PEOPLE = "SELECT CAST(commercial AS CHAR) FROM uw_decision \
        WHERE session_id = ? AND automatic = 0 ORDER BY sequence LIMIT 50";
    /// Decisions of all sessions after one of them.
    NEWS = "SELECT d.created_at, d.id, s.dossier_id, s.insured_no FROM uw_decision d \
        JOIN uw_session s ON s.id = d.session_id \
        WHERE (d.created_at > ? OR (d.created_at = ? AND d.id > ?)) AND d.created_at <= ? \
        ORDER BY d.created_at, d.id LIMIT ?";
    /// A document whose bytes are in the storage.
    INSERT_DOCUMENT = "INSERT INTO uw_document (id, session_id, engine_id, kind, audience, sha256, size, created_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    /// The documents of a session.
    DOCUMENTS = "SELECT id, engine_id, kind, audience, sha256, size FROM uw_document \
        WHERE session_id = ? ORDER BY created_at, id";
}

/// A decision, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct DecisionRow {
    pub(crate) id: Uuid,
    pub(crate) engine_decision_id: String,
    pub(crate) supersedes: Option<String>,
    pub(crate) status: String,
    pub(crate) automatic: bool,
    pub(crate) commercial: String,
    pub(crate) medical_sealed: Vec<u8>,
    pub(crate) kb: String,
    pub(crate) as_of: Date,
    pub(crate) decided_at: Timestamp,
    pub(crate) valid_until: Date,
}

/// A document, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct DocumentRow {
    pub(crate) id: Uuid,
    pub(crate) engine_id: String,
    pub(crate) kind: String,
    pub(crate) audience: String,
    pub(crate) sha256: Vec<u8>,
    pub(crate) size: u32,
}

#[derive(sqlx::FromRow)]
struct Selected {
    id: Uuid,
    engine_decision_id: String,
    status: String,
    automatic: bool,
    commercial: String,
    medical_sealed: Vec<u8>,
    as_of: String,
    decided_at: Instant,
    valid_until: String,
}

impl Store {
    /// Writes a decision after the others of its session; false when it is kept already.
    pub(crate) async fn insert_decision(
        &self,
        connection: &mut Connection,
        session: Uuid,
        row: &DecisionRow,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let kept: i64 = sqlx::query_scalar(IS_KEPT)
            .bind(&row.engine_decision_id)
            .fetch_one(&mut *connection)
            .await?;
        if kept > 0 {
            return Ok(false);
        }
        let before: i64 =
            sqlx::query_scalar(COUNT_DECISIONS).bind(session).fetch_one(&mut *connection).await?;
        sqlx::query(INSERT_DECISION)
            .bind(row.id)
            .bind(session)
            .bind(before + 1)
            .bind(&row.engine_decision_id)
            .bind(&row.supersedes)
            .bind(&row.status)
            .bind(row.automatic)
            .bind(&row.commercial)
            .bind(&row.medical_sealed)
            .bind(&row.kb)
            .bind(row.as_of.to_string())
            .bind(Instant(row.decided_at))
            .bind(row.valid_until.to_string())
            .bind(Instant(now))
            .execute(connection)
            .await?;
        Ok(true)
    }

    /// The decision in force of a session.
    pub(crate) async fn decision(&self, session: Uuid) -> Result<Option<DecisionRow>, DbError> {
        let query = sqlx::query_as::<_, Selected>(LAST_DECISION).bind(session);
        let Some(row) = query.fetch_optional(self.database.pool()).await? else {
            return Ok(None);
        };
        let date = |text: &str| {
            text.parse::<Date>().map_err(|_| DbError::from(sqlx::Error::Decode("a date".into())))
        };
        Ok(Some(DecisionRow {
            id: row.id,
            engine_decision_id: row.engine_decision_id,
            supersedes: None,
            status: row.status,
            automatic: row.automatic,
            commercial: row.commercial,
            medical_sealed: row.medical_sealed,
            kb: String::new(),
            as_of: date(&row.as_of)?,
            decided_at: row.decided_at.0,
            valid_until: date(&row.valid_until)?,
        }))
    }

    /// The outcomes that people decided in a session, oldest first.
    pub(crate) async fn by_people(
        &self,
        connection: &mut Connection,
        session: Uuid,
    ) -> Result<Vec<String>, DbError> {
        let query = sqlx::query_scalar::<_, String>(BY_PEOPLE).bind(session);
        Ok(query.fetch_all(connection).await?)
    }

    /// Decisions of all sessions after one of them, the oldest first.
    pub(crate) async fn news(
        &self,
        after: (Timestamp, Uuid),
        until: Timestamp,
        most: u32,
    ) -> Result<Vec<(Timestamp, Uuid, Uuid, u8)>, DbError> {
        let query = sqlx::query_as::<_, (Instant, Uuid, Uuid, u8)>(NEWS);
        let query = query.bind(Instant(after.0)).bind(Instant(after.0)).bind(after.1);
        let query = query.bind(Instant(until)).bind(most);
        let rows = query.fetch_all(self.database.pool()).await?;
        let row =
            |(at, id, dossier, number): (Instant, Uuid, Uuid, u8)| (at.0, id, dossier, number);
        Ok(rows.into_iter().map(row).collect())
    }

    /// Writes a document; false when it is kept already.
    pub(crate) async fn insert_document(
        &self,
        session: Uuid,
        row: &DocumentRow,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let inserted = sqlx::query(INSERT_DOCUMENT)
            .bind(row.id)
            .bind(session)
            .bind(&row.engine_id)
            .bind(&row.kind)
            .bind(&row.audience)
            .bind(&row.sha256)
            .bind(row.size)
            .bind(Instant(now))
            .execute(self.database.pool())
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The documents of a session.
    pub(crate) async fn documents(&self, session: Uuid) -> Result<Vec<DocumentRow>, DbError> {
        type Line = (Uuid, String, String, String, Vec<u8>, u32);
        let query = sqlx::query_as::<_, Line>(DOCUMENTS).bind(session);
        let rows = query.fetch_all(self.database.pool()).await?;
        let row = |(id, engine_id, kind, audience, sha256, size): Line| DocumentRow {
            id,
            engine_id,
            kind,
            audience,
            sha256,
            size,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
