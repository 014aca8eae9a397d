//! Sessions in the database. A change of state names the state that it comes from: who is late changes
//! nothing.

use jiff::Timestamp;
use uuid::Uuid;

use super::Store;
use crate::platform::db::{Connection, DbError, Instant, statements};
use crate::slices::underwriting::model::{Applicant, Facts, Insured, Session, SessionState};

statements! {
    /// A session that is wanted.
    INSERT_SESSION = "INSERT INTO uw_session (id, dossier_id, insured_no, applicant, facts, \
        idempotency_key, state, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, 'CREATED', ?, ?)";
    /// The session that a browser's handle opens.
    BY_HANDLE = "SELECT id, dossier_id, insured_no, applicant, CAST(facts AS CHAR) AS facts, \
        idempotency_key, engine_id, token_sealed, token_expires_at, state, attempts, submitted_at, \
        stopped_at IS NOT NULL AS is_stopped \
        FROM uw_session WHERE handle_sha256 = ?";
    /// The live session of a person.
    LIVE = "SELECT id, dossier_id, insured_no, applicant, CAST(facts AS CHAR) AS facts, \
        idempotency_key, engine_id, token_sealed, token_expires_at, state, attempts, submitted_at, \
        stopped_at IS NOT NULL AS is_stopped \
        FROM uw_session WHERE dossier_id = ? AND insured_no = ? AND live = 1";
    /// A session.
    BY_ID = "SELECT id, dossier_id, insured_no, applicant, CAST(facts AS CHAR) AS facts, \
        idempotency_key, engine_id, token_sealed, token_expires_at, state, attempts, submitted_at, \
        stopped_at IS NOT NULL AS is_stopped \
        FROM uw_session WHERE id = ?";
    /// The latest session of a person, live or not.
    LATEST = "SELECT id, dossier_id, insured_no, applicant, CAST(facts AS CHAR) AS facts, \
        idempotency_key, engine_id, token_sealed, token_expires_at, state, attempts, submitted_at, \
        stopped_at IS NOT NULL AS is_stopped \
        FROM uw_session WHERE dossier_id = ? AND insured_no = ? ORDER BY (closed_at IS NULL) DESC, created_at DESC, id DESC LIMIT 1";
    /// What the engine answered to the opening.
    SET_OPENED = "UPDATE uw_session SET engine_id = ?, token_sealed = ?, token_expires_at = ?, \
        handle_sha256 = ?, kb = ?, revision = ?, state = 'IN_PROGRESS', applicant = ? \
        WHERE id = ? AND state = 'CREATED'";
    /// A new browser for an open session.
    SET_HANDLE = "UPDATE uw_session SET token_sealed = ?, token_expires_at = ?, handle_sha256 = ?, \
        applicant = ? WHERE id = ? AND state = 'IN_PROGRESS'";
    /// A new token for the browser that there is.
    SET_TOKEN = "UPDATE uw_session SET token_sealed = ?, token_expires_at = ? WHERE id = ?";
    /// Everything was sent.
    SET_SUBMITTED = "UPDATE uw_session SET state = 'SUBMITTED', submitted_at = ?, next_poll_at = ?, \
        attempts = 0 WHERE id = ? AND state = 'IN_PROGRESS'";
    /// Another state, from the one that is known; closed or not.
    SET_STATE = "UPDATE uw_session SET state = ?, next_poll_at = NULL, closed_at = ?, \
        handle_sha256 = IF(? IS NULL, handle_sha256, NULL), token_sealed = IF(? IS NULL, token_sealed, NULL) \
        WHERE id = ? AND state = ?";
    /// Has a session looked at soon; a hint of the engine names it by its own identifier.
    HINT = "UPDATE uw_session SET next_poll_at = ?, attempts = 0 \
        WHERE engine_id = ? AND state IN ('IN_PROGRESS', 'SUBMITTED', 'REFERRED')";
    /// When to look again.
    SET_POLL = "UPDATE uw_session SET next_poll_at = ?, attempts = ?, revision = ? WHERE id = ? AND closed_at IS NULL";
    /// What is due, taken by whoever moves its date on first.
    DUE = "SELECT id FROM uw_session WHERE next_poll_at <= ? ORDER BY next_poll_at LIMIT 16";
    /// Takes one that is due.
    TAKE = "UPDATE uw_session SET next_poll_at = ?, attempts = attempts + 1 WHERE id = ? AND next_poll_at <= ?";
    /// Sessions that nobody finished in time.
    OUT_OF_TIME = "SELECT id FROM uw_session WHERE state IN ('CREATED', 'IN_PROGRESS') AND expires_at <= ? LIMIT 100";
    /// How many sessions are in each state.
    COUNT = "SELECT state, COUNT(*), MIN(submitted_at) FROM uw_session GROUP BY state";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    dossier_id: Uuid,
    insured_no: u8,
    applicant: Vec<u8>,
    facts: String,
    idempotency_key: String,
    engine_id: Option<String>,
    token_sealed: Option<Vec<u8>>,
    token_expires_at: Option<Instant>,
    state: String,
    attempts: u32,
    submitted_at: Option<Instant>,
    is_stopped: bool,
}

impl Row {
    fn read(self) -> Result<Session, DbError> {
        let strange = |what: &'static str| DbError::from(sqlx::Error::Decode(what.into()));
        Ok(Session {
            id: self.id,
            insured: Insured { dossier: self.dossier_id, number: self.insured_no },
            applicant: self.applicant.try_into().map_err(|_| strange("applicant"))?,
            facts: serde_json::from_str(&self.facts).map_err(|_| strange("facts"))?,
            idempotency_key: self.idempotency_key,
            engine_id: self.engine_id,
            token_sealed: self.token_sealed,
            token_expires_at: self.token_expires_at.map(|at| at.0),
            state: SessionState::of(&self.state).ok_or_else(|| strange("state"))?,
            attempts: self.attempts,
            submitted_at: self.submitted_at.map(|at| at.0),
            is_stopped: self.is_stopped,
        })
    }
}

/// A session to be written.
pub(crate) struct NewSession<'a> {
    pub(crate) id: Uuid,
    pub(crate) insured: Insured,
    pub(crate) applicant: &'a Applicant,
    pub(crate) facts: &'a Facts,
    pub(crate) idempotency_key: &'a str,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// A token and the hash of the handle that goes with it.
pub(crate) struct Noted<'a> {
    pub(crate) token_sealed: &'a [u8],
    pub(crate) token_expires_at: Timestamp,
    pub(crate) handle: Option<[u8; 32]>,
    pub(crate) applicant: &'a Applicant,
}

impl Store {
    /// Writes a session; false when the person has a live one.
    pub(crate) async fn insert_session(&self, new: &NewSession<'_>) -> Result<bool, DbError> {
        let facts = serde_json::to_string(new.facts)
            .map_err(|error| DbError::from(sqlx::Error::Encode(error.into())))?;
        let inserted = sqlx::query(INSERT_SESSION)
            .bind(new.id)
            .bind(new.insured.dossier)
            .bind(new.insured.number)
            .bind(new.applicant.as_slice())
            .bind(facts)
            .bind(new.idempotency_key)
            .bind(Instant(new.created_at))
            .bind(Instant(new.expires_at))
            .execute(self.database.pool())
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The session that this handle opens.
    pub(crate) async fn by_handle(&self, handle: &[u8; 32]) -> Result<Option<Session>, DbError> {
        let query = sqlx::query_as::<_, Row>(BY_HANDLE).bind(handle.as_slice());
        let row = query.fetch_optional(self.database.pool()).await?;
        row.map(Row::read).transpose()
    }

    /// The live session of a person.
    pub(crate) async fn live(&self, insured: Insured) -> Result<Option<Session>, DbError> {
        self.of_person(LIVE, insured).await
    }

    /// The latest session of a person.
    pub(crate) async fn latest(&self, insured: Insured) -> Result<Option<Session>, DbError> {
        self.of_person(LATEST, insured).await
    }

    async fn of_person(
        &self,
        statement: &'static str,
        insured: Insured,
    ) -> Result<Option<Session>, DbError> {
        let query = sqlx::query_as::<_, Row>(statement).bind(insured.dossier).bind(insured.number);
        let row = query.fetch_optional(self.database.pool()).await?;
        row.map(Row::read).transpose()
    }

    /// A session.
    pub(crate) async fn session(&self, id: Uuid) -> Result<Option<Session>, DbError> {
        let query = sqlx::query_as::<_, Row>(BY_ID).bind(id);
        query.fetch_optional(self.database.pool()).await?.map(Row::read).transpose()
    }

    /// Writes what the engine answered to the opening; false when somebody was faster.
    pub(crate) async fn set_opened(
        &self,
        id: Uuid,
        engine_id: &str,
        kb: &str,
        revision: u32,
        noted: &Noted<'_>,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(SET_OPENED)
            .bind(engine_id)
            .bind(noted.token_sealed)
            .bind(Instant(noted.token_expires_at))
            .bind(noted.handle.as_ref().map(<[u8; 32]>::as_slice))
            .bind(kb)
            .bind(revision)
            .bind(noted.applicant.as_slice())
            .bind(id);
        Ok(query.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Gives an open session a new browser, or its browser a new token.
    pub(crate) async fn set_token(&self, id: Uuid, noted: &Noted<'_>) -> Result<bool, DbError> {
        let query = match noted.handle {
            Some(handle) => sqlx::query(SET_HANDLE)
                .bind(noted.token_sealed)
                .bind(Instant(noted.token_expires_at))
                .bind(handle.to_vec())
                .bind(noted.applicant.as_slice())
                .bind(id),
            None => sqlx::query(SET_TOKEN)
                .bind(noted.token_sealed)
                .bind(Instant(noted.token_expires_at))
                .bind(id),
        };
        Ok(query.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Notes that everything was sent; false when that was known.
    pub(crate) async fn set_submitted(&self, id: Uuid, now: Timestamp) -> Result<bool, DbError> {
        let query = sqlx::query(SET_SUBMITTED).bind(Instant(now)).bind(Instant(now)).bind(id);
        Ok(query.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Moves a session from one state to another; false when it is not there any more.
    pub(crate) async fn set_state(
        &self,
        connection: &mut Connection,
        id: Uuid,
        from: SessionState,
        to: SessionState,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let closed = (!to.is_live()).then_some(Instant(now));
        let query = sqlx::query(SET_STATE)
            .bind(to.code())
            .bind(closed)
            .bind(closed)
            .bind(closed)
            .bind(id)
            .bind(from.code());
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// Has the session of this engine's identifier looked at; false when there is none to look at.
    pub(crate) async fn hint(
        &self,
        connection: &mut Connection,
        engine_id: &str,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(HINT).bind(Instant(now)).bind(engine_id);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }

    /// When a session is looked at again; never when `None`.
    pub(crate) async fn set_poll(
        &self,
        id: Uuid,
        at: Option<Timestamp>,
        attempts: u32,
        revision: u32,
    ) -> Result<(), DbError> {
        let query = sqlx::query(SET_POLL).bind(at.map(Instant)).bind(attempts).bind(revision);
        query.bind(id).execute(self.database.pool()).await?;
        Ok(())
    }

    /// A few sessions that are due.
    pub(crate) async fn due(&self, now: Timestamp) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(DUE).bind(Instant(now));
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// Takes one that is due until `until`; false when another copy has it.
    pub(crate) async fn take(
        &self,
        id: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(TAKE).bind(Instant(until)).bind(id).bind(Instant(now));
        Ok(query.execute(self.database.pool()).await?.rows_affected() == 1)
    }

    /// Sessions that nobody finished in time.
    pub(crate) async fn out_of_time(&self, now: Timestamp) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar::<_, Uuid>(OUT_OF_TIME).bind(Instant(now));
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// How many sessions are in each state, and since when the oldest of them was submitted.
    pub(crate) async fn count(&self) -> Result<Vec<(String, i64, Option<Timestamp>)>, DbError> {
        let query = sqlx::query_as::<_, (String, i64, Option<Instant>)>(COUNT);
        let rows = query.fetch_all(self.database.pool()).await?;
        Ok(rows.into_iter().map(|(state, count, at)| (state, count, at.map(|at| at.0))).collect())
    }
}
