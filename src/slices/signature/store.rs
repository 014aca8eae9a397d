//! The only SQL of signatures: one statement per function, no decision.

use jiff::Timestamp;
use uuid::Uuid;

use super::model::Paper;
use crate::platform::db::{Connection, Database, DbError, Instant, statements};

statements! {
    /// A ceremony begins.
    INSERT_CEREMONY = "INSERT INTO signature_ceremony (id, subject_id, round, version, opened_at) \
        VALUES (?, ?, ?, ?, ?)";
    /// One of its documents.
    INSERT_DOCUMENT = "INSERT INTO signature_document \
        (ceremony_id, place, name, title, size, sha256) VALUES (?, ?, ?, ?, ?, ?)";
    /// One of those who sign.
    INSERT_SIGNER = "INSERT INTO signature_signer (ceremony_id, signer_id, place) VALUES (?, ?, ?)";
    /// The newest ceremony of a subject.
    SELECT_CEREMONY = "SELECT id, round, version, opened_at, completed_at FROM signature_ceremony \
        WHERE subject_id = ? ORDER BY round DESC LIMIT 1";
    /// Its documents.
    SELECT_DOCUMENTS = "SELECT name, title, size, sha256 FROM signature_document \
        WHERE ceremony_id = ? ORDER BY place";
    /// Those who sign.
    SELECT_SIGNERS = "SELECT signer_id, signed_at, evidence FROM signature_signer \
        WHERE ceremony_id = ? ORDER BY place";
    /// Somebody signs, once.
    SIGN = "UPDATE signature_signer SET signed_at = ?, evidence = ? \
        WHERE ceremony_id = ? AND signer_id = ? AND signed_at IS NULL";
    /// Everybody has signed.
    COMPLETE = "UPDATE signature_ceremony SET completed_at = ? \
        WHERE id = ? AND completed_at IS NULL AND NOT EXISTS \
        (SELECT 1 FROM signature_signer WHERE ceremony_id = signature_ceremony.id \
         AND signed_at IS NULL)";
    /// The ceremonies of a subject.
    SELECT_CEREMONIES = "SELECT id FROM signature_ceremony WHERE subject_id = ? ORDER BY round LIMIT 1000";
    /// Who was to sign.
    FORGET_SIGNERS = "DELETE FROM signature_signer WHERE ceremony_id = ?";
    /// What was to be signed.
    FORGET_DOCUMENTS = "DELETE FROM signature_document WHERE ceremony_id = ?";
    /// A ceremony of nobody.
    FORGET_CEREMONY = "DELETE FROM signature_ceremony WHERE id = ?";
}

/// Ceremonies in the database.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

pub(super) type CeremonyRow = (Uuid, u32, u32, Instant, Option<Instant>);
pub(super) type SignerRow = (Uuid, Option<Instant>, Option<Vec<u8>>);

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// A connection outside any transaction of the caller's.
    pub(super) async fn connection(
        &self,
    ) -> Result<sqlx::pool::PoolConnection<sqlx::MySql>, DbError> {
        Ok(self.database.pool().acquire().await?)
    }

    /// Writes a ceremony; `false` when its round has one.
    pub(super) async fn insert(
        &self,
        connection: &mut Connection,
        (id, subject, round, version): (Uuid, Uuid, u32, u32),
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(INSERT_CEREMONY).bind(id).bind(subject).bind(round).bind(version);
        match query.bind(Instant(now)).execute(connection).await.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn insert_document(
        &self,
        connection: &mut Connection,
        id: Uuid,
        place: u8,
        paper: &Paper,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_DOCUMENT).bind(id).bind(place).bind(&paper.name);
        let query = query.bind(&paper.title).bind(paper.size).bind(paper.sha256.as_slice());
        query.execute(connection).await?;
        Ok(())
    }

    pub(super) async fn insert_signer(
        &self,
        connection: &mut Connection,
        id: Uuid,
        place: u8,
        signer: Uuid,
    ) -> Result<(), DbError> {
        let query = sqlx::query(INSERT_SIGNER).bind(id).bind(signer).bind(place);
        query.execute(connection).await?;
        Ok(())
    }

    pub(super) async fn ceremony(
        &self,
        connection: &mut Connection,
        subject: Uuid,
    ) -> Result<Option<CeremonyRow>, DbError> {
        let query = sqlx::query_as(SELECT_CEREMONY).bind(subject);
        Ok(query.fetch_optional(connection).await?)
    }

    pub(super) async fn documents(
        &self,
        connection: &mut Connection,
        id: Uuid,
    ) -> Result<Vec<(String, String, u64, Vec<u8>)>, DbError> {
        Ok(sqlx::query_as(SELECT_DOCUMENTS).bind(id).fetch_all(connection).await?)
    }

    pub(super) async fn signers(
        &self,
        connection: &mut Connection,
        id: Uuid,
    ) -> Result<Vec<SignerRow>, DbError> {
        Ok(sqlx::query_as(SELECT_SIGNERS).bind(id).fetch_all(connection).await?)
    }

    /// Writes that somebody signed; `false` when they had.
    pub(super) async fn sign(
        &self,
        connection: &mut Connection,
        (id, signer): (Uuid, Uuid),
        evidence: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(SIGN).bind(Instant(now)).bind(evidence).bind(id).bind(signer);
        Ok(query.execute(connection).await?.rows_affected() > 0)
    }

    /// Writes that everybody signed; `false` when somebody has not.
    pub(super) async fn complete(
        &self,
        connection: &mut Connection,
        id: Uuid,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let query = sqlx::query(COMPLETE).bind(Instant(now)).bind(id);
        Ok(query.execute(connection).await?.rows_affected() > 0)
    }

    /// The ceremonies of a subject, the first one first.
    pub(super) async fn ceremonies(&self, subject: Uuid) -> Result<Vec<Uuid>, DbError> {
        let query = sqlx::query_scalar(SELECT_CEREMONIES).bind(subject);
        Ok(query.fetch_all(self.database.pool()).await?)
    }

    /// Deletes a ceremony, its documents and its signers together.
    pub(super) async fn forget(&self, ceremony: Uuid) -> Result<(), DbError> {
        let mut transaction = self.database.begin().await?;
        for statement in [FORGET_SIGNERS, FORGET_DOCUMENTS, FORGET_CEREMONY] {
            sqlx::query(statement).bind(ceremony).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
