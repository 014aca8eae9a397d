//! The SQL of this room: the loader's control tables, read.

use sqlx::types::Json;

use crate::platform::db::{Database, DbError, Instant, statements};
use crate::slices::campaigns::etl::load::Report;

statements! {
    /// The newest runs.
    SELECT_RUNS = "SELECT id, dataset, period, state, bytes_total, bytes_done, started_at, \
        heartbeat_at, ended_at, message, report FROM etl_run ORDER BY id DESC LIMIT 50";
    /// One of them.
    SELECT_RUN = "SELECT id, dataset, period, state, bytes_total, bytes_done, started_at, \
        heartbeat_at, ended_at, message, report FROM etl_run WHERE id = ?";
    /// Its files, with what is committed of each. A border of a chunk is 20 bytes.
    SELECT_FILES = "SELECT f.file_no, f.name, f.bytes, f.line_count, \
        CAST(LENGTH(f.chunks) DIV 20 AS UNSIGNED) AS chunks, \
        CAST(COUNT(c.chunk_no) AS UNSIGNED) AS chunks_done, \
        CAST(COALESCE(SUM(c.byte_to - c.byte_from), 0) AS UNSIGNED) AS bytes_done, \
        CAST(COALESCE(SUM(c.rows_ok), 0) AS UNSIGNED) AS rows_ok, \
        CAST(COALESCE(SUM(c.rejects), 0) AS UNSIGNED) AS rejects \
        FROM etl_file f LEFT JOIN etl_chunk c ON c.run_id = f.run_id AND c.file_no = f.file_no \
        WHERE f.run_id = ? GROUP BY f.file_no, f.name, f.bytes, f.line_count, f.chunks \
        ORDER BY f.file_no LIMIT 200";
    /// Its newest chunks: when each was committed, its bytes and rows.
    SELECT_PACE = "SELECT committed_at, byte_to - byte_from, rows_ok FROM etl_chunk \
        WHERE run_id = ? ORDER BY committed_at DESC LIMIT 20";
    /// What it gave back, reason by reason.
    SELECT_REASONS = "SELECT reason, CAST(COUNT(*) AS UNSIGNED) FROM etl_reject \
        WHERE run_id = ? AND repaired IS NULL GROUP BY reason ORDER BY reason";
    /// The first lines that it gave back.
    SELECT_REJECTS = "SELECT f.name, r.line_no, r.byte_offset, r.column_name, r.reason, \
        SUBSTRING(r.raw, 1, 300) AS raw FROM etl_reject r \
        JOIN etl_file f ON f.run_id = r.run_id AND f.file_no = r.file_no \
        WHERE r.run_id = ? AND r.repaired IS NULL ORDER BY r.file_no, r.line_no LIMIT 100";
}

/// The loader's tables.
#[derive(Clone)]
pub(super) struct Store {
    database: Database,
}

/// A run.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct RunRow {
    pub(super) id: u64,
    pub(super) dataset: String,
    pub(super) period: String,
    pub(super) state: String,
    pub(super) bytes_total: u64,
    pub(super) bytes_done: u64,
    pub(super) started_at: Instant,
    pub(super) heartbeat_at: Instant,
    pub(super) ended_at: Option<Instant>,
    pub(super) message: Option<String>,
    pub(super) report: Option<Json<Report>>,
}

/// A file of a run.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct FileRow {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) line_count: u64,
    pub(super) chunks: u64,
    pub(super) chunks_done: u64,
    pub(super) bytes_done: u64,
    pub(super) rows_ok: u64,
    pub(super) rejects: u64,
}

/// A line that was given back; its text may be cut short.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct RejectRow {
    pub(super) name: String,
    pub(super) line_no: u64,
    pub(super) byte_offset: u64,
    pub(super) column_name: String,
    pub(super) reason: String,
    pub(super) raw: Vec<u8>,
}

impl Store {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }

    pub(super) async fn runs(&self) -> Result<Vec<RunRow>, DbError> {
        Ok(sqlx::query_as(SELECT_RUNS).fetch_all(self.database.pool()).await?)
    }

    pub(super) async fn run(&self, id: u64) -> Result<Option<RunRow>, DbError> {
        Ok(sqlx::query_as(SELECT_RUN).bind(id).fetch_optional(self.database.pool()).await?)
    }

    pub(super) async fn files(&self, run: u64) -> Result<Vec<FileRow>, DbError> {
        Ok(sqlx::query_as(SELECT_FILES).bind(run).fetch_all(self.database.pool()).await?)
    }

    pub(super) async fn pace(&self, run: u64) -> Result<Vec<(Instant, u64, u64)>, DbError> {
        Ok(sqlx::query_as(SELECT_PACE).bind(run).fetch_all(self.database.pool()).await?)
    }

    pub(super) async fn reasons(&self, run: u64) -> Result<Vec<(String, u64)>, DbError> {
        Ok(sqlx::query_as(SELECT_REASONS).bind(run).fetch_all(self.database.pool()).await?)
    }

    pub(super) async fn rejects(&self, run: u64) -> Result<Vec<RejectRow>, DbError> {
        Ok(sqlx::query_as(SELECT_REJECTS).bind(run).fetch_all(self.database.pool()).await?)
    }
}
