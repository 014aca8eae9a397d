//! The only SQL of documents: one statement per function, no decision.

use jiff::Timestamp;
use uuid::Uuid;

use crate::platform::db::{Database, DbError, Instant, statements};

statements! {
    /// A document whose object is written.
    INSERT_DOCUMENT = "INSERT INTO document \
        (id, subject_sort, subject_id, kind, part, data_version, template_version, sha256, size, created_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// The document of one version of a subject.
    SELECT_DOCUMENT = "SELECT id, template_version, sha256, size, created_at FROM document \
        WHERE subject_sort = ? AND subject_id = ? AND kind = ? AND part = ? AND data_version = ?";
    /// The document of this kind that is these bytes.
    SELECT_BYTES = "SELECT part, data_version, id, template_version, sha256, size, created_at FROM document \
        WHERE sha256 = ? AND kind = ? LIMIT 1";
    /// How many other documents are the same bytes.
    COUNT_OTHERS = "SELECT COUNT(*) FROM document WHERE sha256 = ? AND id <> ?";
    /// A document whose object is gone.
    DELETE_DOCUMENT = "DELETE FROM document WHERE id = ?";
}

/// What tells a document from all others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) subject_sort: &'static str,
    pub(super) subject_id: Uuid,
    pub(super) kind: &'static str,
    pub(super) part: u16,
    pub(super) data_version: u32,
}

/// What is known of its bytes.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) template_version: u32,
    pub(super) sha256: Vec<u8>,
    pub(super) size: u64,
    pub(super) created_at: Timestamp,
}

/// A row of a document with its part and the version of its subject, as it is read.
type BytesRow = (u16, u32, Uuid, u32, Vec<u8>, u64, Instant);

/// Documents in the database.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    /// Writes a row; `false` when there is one for this key.
    pub(super) async fn insert(&self, key: &Key, row: &Row) -> Result<bool, DbError> {
        let inserted = sqlx::query(INSERT_DOCUMENT)
            .bind(row.id)
            .bind(key.subject_sort)
            .bind(key.subject_id)
            .bind(key.kind)
            .bind(key.part)
            .bind(key.data_version)
            .bind(row.template_version)
            .bind(&row.sha256)
            .bind(row.size)
            .bind(Instant(row.created_at))
            .execute(self.database.pool())
            .await;
        match inserted.map_err(DbError::from) {
            Ok(_) => Ok(true),
            Err(error) if error.is_duplicate() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The row of this key.
    pub(super) async fn find(&self, key: &Key) -> Result<Option<Row>, DbError> {
        let query = sqlx::query_as(SELECT_DOCUMENT)
            .bind(key.subject_sort)
            .bind(key.subject_id)
            .bind(key.kind)
            .bind(key.part)
            .bind(key.data_version);
        let row: Option<(Uuid, u32, Vec<u8>, u64, Instant)> =
            query.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|(id, template_version, sha256, size, created_at)| Row {
            id,
            template_version,
            sha256,
            size,
            created_at: created_at.0,
        }))
    }

    /// The row of this kind that is these bytes, with its part and the version of its subject.
    pub(super) async fn find_bytes(
        &self,
        kind: &'static str,
        sha256: &[u8; 32],
    ) -> Result<Option<(u16, u32, Row)>, DbError> {
        let query = sqlx::query_as(SELECT_BYTES).bind(sha256.as_slice()).bind(kind);
        let row: Option<BytesRow> = query.fetch_optional(self.database.pool()).await?;
        Ok(row.map(|(part, version, id, template_version, sha256, size, created_at)| {
            let created_at = created_at.0;
            (part, version, Row { id, template_version, sha256, size, created_at })
        }))
    }

    /// How many other documents are these bytes.
    pub(super) async fn others(&self, id: Uuid, sha256: &[u8; 32]) -> Result<i64, DbError> {
        let query = sqlx::query_scalar(COUNT_OTHERS).bind(sha256.as_slice()).bind(id);
        Ok(query.fetch_one(self.database.pool()).await?)
    }

    /// Deletes a row.
    pub(super) async fn delete(&self, id: Uuid) -> Result<(), DbError> {
        sqlx::query(DELETE_DOCUMENT).bind(id).execute(self.database.pool()).await?;
        Ok(())
    }
}
