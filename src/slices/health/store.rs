//! The only SQL of health: one statement per function, no decision.

use jiff::Timestamp;
use uuid::Uuid;

use crate::platform::access::Party;
use crate::platform::db::{Connection, Database, DbError, Instant, Transaction, statements};

statements! {
    /// The person consents; again after having taken it back.
    UPSERT_CONSENT = "INSERT INTO health_consent (insured_id, text_version, given_at, network_mark, \
        withdrawn_at) VALUES (?, ?, ?, ?, NULL) ON DUPLICATE KEY UPDATE \
        text_version = VALUES(text_version), given_at = VALUES(given_at), \
        network_mark = VALUES(network_mark), withdrawn_at = NULL";
    /// When the person consented.
    SELECT_CONSENT = "SELECT given_at FROM health_consent WHERE insured_id = ? AND withdrawn_at IS NULL";
    /// The person takes it back.
    UPDATE_CONSENT = "UPDATE health_consent SET withdrawn_at = ? WHERE insured_id = ? AND withdrawn_at IS NULL";
    /// Answers, sealed; one that was sent stays.
    UPSERT_DECLARATION = "INSERT INTO health_declaration (insured_id, state, key_id, sealed, questions, \
        saved_at, submitted_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE \
        state = VALUES(state), key_id = VALUES(key_id), sealed = VALUES(sealed), \
        questions = VALUES(questions), saved_at = VALUES(saved_at), submitted_at = VALUES(submitted_at)";
    /// Answers, sealed.
    SELECT_DECLARATION = "SELECT state, sealed, questions, submitted_at FROM health_declaration \
        WHERE insured_id = ?";
    /// The same, held.
    LOCK_DECLARATION = "SELECT state, sealed, questions, submitted_at FROM health_declaration \
        WHERE insured_id = ? FOR UPDATE";
    /// Answers that must not be kept.
    DELETE_DECLARATION = "DELETE FROM health_declaration WHERE insured_id = ?";
    /// Answers under other keys than this one.
    SELECT_UNDER_OTHERS = "SELECT insured_id FROM health_declaration WHERE key_id <> ? \
        AND insured_id > ? ORDER BY insured_id LIMIT 100";
    /// The same answers under another key.
    RESEAL_DECLARATION = "UPDATE health_declaration SET key_id = ?, sealed = ? WHERE insured_id = ?";
    /// Who did what, why.
    INSERT_ACCESS = "INSERT INTO health_access (insured_id, at, reader, party, act, reason) \
        VALUES (?, ?, ?, ?, ?, ?)";
}

/// A declaration as it is stored.
pub(super) struct Row {
    pub(super) is_submitted: bool,
    pub(super) sealed: Vec<u8>,
    pub(super) questions: String,
    pub(super) submitted_at: Option<Timestamp>,
}

/// A declaration to be written.
pub(super) struct NewRow<'a> {
    pub(super) insured: Uuid,
    pub(super) is_submitted: bool,
    pub(super) key_id: &'a str,
    pub(super) sealed: &'a [u8],
    pub(super) questions: &'a str,
    pub(super) at: Timestamp,
}

/// A line of the audit.
pub(super) struct Access<'a> {
    pub(super) insured: Uuid,
    pub(super) at: Timestamp,
    pub(super) reader: &'a str,
    pub(super) party: Option<Party>,
    pub(super) act: &'a str,
    pub(super) reason: &'a str,
}

type Columns = (String, Vec<u8>, String, Option<Instant>);

fn read((state, sealed, questions, submitted): Columns) -> Row {
    let (is_submitted, submitted_at) = (state == "submitted", submitted.map(|at| at.0));
    Row { is_submitted, sealed, questions, submitted_at }
}

/// Health in the database.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbError> {
        Ok(self.database.pool().begin().await?)
    }

    pub(super) async fn commit(&self, transaction: Transaction) -> Result<(), DbError> {
        Ok(transaction.commit().await?)
    }

    pub(super) async fn consent(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        version: &str,
        network: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPSERT_CONSENT).bind(insured).bind(version).bind(Instant(now));
        query.bind(network.as_slice()).execute(connection).await?;
        Ok(())
    }

    /// A connection outside any transaction of the caller's.
    pub(super) async fn connection(
        &self,
    ) -> Result<sqlx::pool::PoolConnection<sqlx::MySql>, DbError> {
        Ok(self.database.pool().acquire().await?)
    }

    pub(super) async fn consented_at(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<Timestamp>, DbError> {
        let query = sqlx::query_scalar::<_, Instant>(SELECT_CONSENT).bind(insured);
        Ok(query.fetch_optional(connection).await?.map(|at| at.0))
    }

    pub(super) async fn withdraw(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        now: Timestamp,
    ) -> Result<(), DbError> {
        let query = sqlx::query(UPDATE_CONSENT).bind(Instant(now)).bind(insured);
        query.execute(connection).await?;
        Ok(())
    }

    pub(super) async fn write(
        &self,
        connection: &mut Connection,
        row: &NewRow<'_>,
    ) -> Result<(), DbError> {
        sqlx::query(UPSERT_DECLARATION)
            .bind(row.insured)
            .bind(if row.is_submitted { "submitted" } else { "draft" })
            .bind(row.key_id)
            .bind(row.sealed)
            .bind(row.questions)
            .bind(Instant(row.at))
            .bind(row.is_submitted.then_some(Instant(row.at)))
            .execute(connection)
            .await?;
        Ok(())
    }

    pub(super) async fn declaration(&self, insured: Uuid) -> Result<Option<Row>, DbError> {
        self.declaration_in(&mut *self.connection().await?, insured).await
    }

    pub(super) async fn declaration_in(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<Row>, DbError> {
        let query = sqlx::query_as::<_, Columns>(SELECT_DECLARATION).bind(insured);
        Ok(query.fetch_optional(connection).await?.map(read))
    }

    pub(super) async fn lock(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<Option<Row>, DbError> {
        let query = sqlx::query_as::<_, Columns>(LOCK_DECLARATION).bind(insured);
        Ok(query.fetch_optional(connection).await?.map(read))
    }

    /// Forgets answers; says whether there were any.
    pub(super) async fn erase(
        &self,
        connection: &mut Connection,
        insured: Uuid,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(DELETE_DECLARATION).bind(insured);
        Ok(query.execute(connection).await?.rows_affected() > 0)
    }

    pub(super) async fn under_others(
        &self,
        key_id: &str,
        after: Uuid,
    ) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar(SELECT_UNDER_OTHERS).bind(key_id).bind(after);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    pub(super) async fn reseal(
        &self,
        connection: &mut Connection,
        insured: Uuid,
        key_id: &str,
        sealed: &[u8],
    ) -> Result<(), DbError> {
        let query = sqlx::query(RESEAL_DECLARATION).bind(key_id).bind(sealed).bind(insured);
        query.execute(connection).await?;
        Ok(())
    }

    pub(super) async fn note(
        &self,
        connection: &mut Connection,
        access: &Access<'_>,
    ) -> Result<(), DbError> {
        sqlx::query(INSERT_ACCESS)
            .bind(access.insured)
            .bind(Instant(access.at))
            .bind(access.reader)
            .bind(access.party.map(|party| party.as_bytes().to_vec()))
            .bind(access.act)
            .bind(access.reason)
            .execute(connection)
            .await?;
        Ok(())
    }
}
