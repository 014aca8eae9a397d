//! Statements on the control tables, one function each, no decision.

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Params, Row};

use crate::platform::db::statements;
use crate::slices::campaigns::etl::encode::{Encoded, Reject};

statements! {
    /// 1 when the lock is ours. Named locks are the whole server's: the name holds the database's.
    LOCK = "SELECT GET_LOCK(CONCAT('assurly.etl.', LEFT(SHA2(CONCAT(DATABASE(), '.', ?), 256), 32)), 0)";
    /// A new run.
    INSERT_RUN = "INSERT INTO etl_run (dataset, period, content_hash, schema_hash, schema_toml, \
        fitted, state, started_at, heartbeat_at, bytes_total) \
        VALUES (?, ?, ?, ?, ?, ?, 'loading', ?, ?, ?)";
    /// A file of a run.
    INSERT_FILE = "INSERT INTO etl_file (run_id, file_no, name, bytes, line_count, sha256, labels, chunks) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    /// A run that was begun with this content and never published.
    UNFINISHED = "SELECT id FROM etl_run WHERE dataset = ? AND period = ? AND content_hash = ? \
        AND schema_hash = ? AND state IN ('loading', 'failed') ORDER BY id DESC LIMIT 1";
    /// The newest run that can go on.
    RESUMABLE = "SELECT id FROM etl_run WHERE state IN ('loading', 'failed') ORDER BY id DESC LIMIT 1";
    /// One run.
    SELECT_RUN = "SELECT dataset, period, schema_toml, CAST(fitted AS CHAR), state, bytes_total \
        FROM etl_run WHERE id = ?";
    /// Its files.
    SELECT_FILES = "SELECT file_no, name, bytes, line_count, sha256, CAST(labels AS CHAR), chunks \
        FROM etl_file WHERE run_id = ? ORDER BY file_no";
    /// Its chunks that are committed.
    SELECT_CHUNKS = "SELECT file_no, chunk_no, byte_to - byte_from FROM etl_chunk WHERE run_id = ?";
    /// What its chunks amount to, file by file.
    TOTALS = "SELECT file_no, CAST(SUM(rows_ok) AS UNSIGNED), CAST(SUM(rejects) AS UNSIGNED), \
        CAST(SUM(blanks) AS UNSIGNED), CAST(SUM(trailers) AS UNSIGNED), CAST(SUM(sales) AS UNSIGNED) \
        FROM etl_chunk WHERE run_id = ? GROUP BY file_no ORDER BY file_no";
    /// Its rejects, reason by reason.
    REASONS = "SELECT reason, CAST(COUNT(*) AS UNSIGNED) FROM etl_reject \
        WHERE run_id = ? AND repaired IS NULL GROUP BY reason ORDER BY reason";
    /// A committed chunk.
    INSERT_CHUNK = "INSERT INTO etl_chunk (run_id, file_no, chunk_no, byte_from, byte_to, line_from, \
        rows_ok, rejects, blanks, trailers, sales, crc, committed_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    /// A chunk that is loaded again.
    DELETE_CHUNK = "DELETE FROM etl_chunk WHERE run_id = ? AND file_no = ? AND chunk_no = ?";
    /// A line that is given back; for the second time when its repair was not good enough.
    INSERT_REJECT = "INSERT INTO etl_reject (run_id, file_no, line_no, byte_offset, column_name, reason, raw) \
        VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE reason = VALUES(reason), \
        column_name = VALUES(column_name), repaired = NULL";
    /// The rejects of a range of lines.
    DELETE_REJECTS = "DELETE FROM etl_reject WHERE run_id = ? AND file_no = ? \
        AND line_no >= ? AND line_no < ? AND repaired IS NULL";
    /// A line that was repaired and loaded.
    REPAIRED = "UPDATE etl_reject SET repaired = ? WHERE run_id = ? AND file_no = ? AND line_no = ?";
    /// Lines that are still given back, and those that were repaired before.
    SELECT_REJECTS = "SELECT file_no, line_no, raw, repaired FROM etl_reject WHERE run_id = ? \
        ORDER BY file_no, line_no";
    /// Bytes that are committed. Read apart from the sign of life: within its statement it would lock the
    /// chunks, and wait for those that are on their way.
    BYTES_DONE = "SELECT CAST(COALESCE(SUM(byte_to - byte_from), 0) AS UNSIGNED) FROM etl_chunk \
        WHERE run_id = ?";
    /// Signs of life.
    HEARTBEAT = "UPDATE etl_run SET heartbeat_at = ?, bytes_done = ? WHERE id = ?";
    /// A run changes its state.
    SET_STATE = "UPDATE etl_run SET state = ?, message = ?, ended_at = ? WHERE id = ?";
    /// Its report.
    SET_REPORT = "UPDATE etl_run SET report = ? WHERE id = ?";
    /// The edition that is read.
    EDITION = "SELECT e.run_id, e.previous_run_id, r.content_hash, r.schema_hash FROM etl_edition e \
        JOIN etl_run r ON r.id = e.run_id WHERE e.dataset = ? AND e.period = ?";
    /// Makes a run the edition that is read; the one before it is kept for an undo.
    PUBLISH = "INSERT INTO etl_edition (dataset, period, run_id, previous_run_id, changed_at) \
        VALUES (?, ?, ?, NULL, ?) ON DUPLICATE KEY UPDATE \
        previous_run_id = etl_edition.run_id, run_id = VALUES(run_id), changed_at = VALUES(changed_at)";
    /// The states of a period's runs follow its edition.
    FOLLOW = "UPDATE etl_run r JOIN etl_edition e ON e.dataset = r.dataset AND e.period = r.period \
        SET r.state = CASE WHEN r.id = e.run_id THEN 'published' ELSE 'replaced' END \
        WHERE r.dataset = ? AND r.period = ? AND (r.id = e.run_id OR r.id = e.previous_run_id)";
    /// Runs of a period whose tables nobody reads.
    SUPERSEDED = "SELECT r.id FROM etl_run r LEFT JOIN etl_edition e \
        ON e.dataset = r.dataset AND e.period = r.period \
        WHERE r.dataset = ? AND r.period = ? AND r.id <> ? AND r.state <> 'dropped' \
        AND (e.run_id IS NULL OR (r.id <> e.run_id AND NOT (r.id <=> e.previous_run_id)))";
}

/// A stored file of a run.
pub(in super::super) struct FileRow {
    pub(in super::super) file_no: u32,
    pub(in super::super) name: String,
    pub(in super::super) bytes: u64,
    pub(in super::super) lines: u64,
    pub(in super::super) sha256: Vec<u8>,
    pub(in super::super) labels: String,
    pub(in super::super) chunks: Vec<u8>,
}

/// A stored run.
pub(in super::super) struct RunRow {
    pub(in super::super) dataset: String,
    pub(in super::super) period: String,
    pub(in super::super) schema_toml: String,
    pub(in super::super) fitted: String,
    pub(in super::super) state: String,
    pub(in super::super) bytes: u64,
}

/// A new run, before it has a number.
pub(in super::super) struct NewRun<'a> {
    pub(in super::super) dataset: &'a str,
    pub(in super::super) period: &'a str,
    pub(in super::super) content_hash: [u8; 32],
    pub(in super::super) schema_hash: &'a str,
    pub(in super::super) schema_toml: &'a str,
    pub(in super::super) fitted: &'a str,
    pub(in super::super) bytes: u64,
    pub(in super::super) now: &'a str,
}

type Done<T> = Result<T, mysql_async::Error>;

pub(in super::super) async fn lock(conn: &mut Conn, dataset: &str) -> Done<bool> {
    let taken: Option<Option<i64>> = conn.exec_first(LOCK, (dataset,)).await?;
    Ok(taken.flatten() == Some(1))
}

pub(in super::super) async fn insert_run(conn: &mut Conn, run: &NewRun<'_>) -> Done<u64> {
    let values = (
        run.dataset,
        run.period,
        run.content_hash.as_slice(),
        run.schema_hash,
        run.schema_toml,
        run.fitted,
        run.now,
        run.now,
        run.bytes,
    );
    conn.exec_drop(INSERT_RUN, values).await?;
    Ok(conn.last_insert_id().unwrap_or_default())
}

pub(in super::super) async fn insert_file(conn: &mut Conn, run: u64, file: &FileRow) -> Done<()> {
    let values = (
        run,
        file.file_no,
        &file.name,
        file.bytes,
        file.lines,
        file.sha256.as_slice(),
        &file.labels,
        file.chunks.as_slice(),
    );
    conn.exec_drop(INSERT_FILE, values).await
}

pub(in super::super) async fn unfinished(
    conn: &mut Conn,
    dataset: &str,
    period: &str,
    content: &[u8],
    schema: &str,
) -> Done<Option<u64>> {
    conn.exec_first(UNFINISHED, (dataset, period, content, schema)).await
}

pub(in super::super) async fn resumable(conn: &mut Conn) -> Done<Option<u64>> {
    conn.exec_first(RESUMABLE, ()).await
}

pub(in super::super) async fn run(conn: &mut Conn, run: u64) -> Done<Option<RunRow>> {
    let row: Option<(String, String, String, String, String, u64)> =
        conn.exec_first(SELECT_RUN, (run,)).await?;
    Ok(row.map(|(dataset, period, schema_toml, fitted, state, bytes)| RunRow {
        dataset,
        period,
        schema_toml,
        fitted,
        state,
        bytes,
    }))
}

pub(in super::super) async fn files(conn: &mut Conn, run: u64) -> Done<Vec<FileRow>> {
    let map = |(file_no, name, bytes, lines, sha256, labels, chunks)| FileRow {
        file_no,
        name,
        bytes,
        lines,
        sha256,
        labels,
        chunks,
    };
    conn.exec_map(SELECT_FILES, (run,), map).await
}

/// File, chunk and bytes of each committed chunk.
pub(in super::super) async fn chunks(conn: &mut Conn, run: u64) -> Done<Vec<(u32, u32, u64)>> {
    conn.exec(SELECT_CHUNKS, (run,)).await
}

/// File, rows, rejects, blanks, trailers and sales of each file.
pub(in super::super) async fn totals(
    conn: &mut Conn,
    run: u64,
) -> Done<Vec<(u32, u64, u64, u64, u64, u64)>> {
    conn.exec(TOTALS, (run,)).await
}

pub(in super::super) async fn reasons(conn: &mut Conn, run: u64) -> Done<Vec<(String, u64)>> {
    conn.exec(REASONS, (run,)).await
}

/// Where a chunk stands in its run.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct ChunkKey {
    pub(in super::super) run: u64,
    pub(in super::super) file_no: u32,
    pub(in super::super) chunk_no: u32,
    pub(in super::super) byte_from: u64,
    pub(in super::super) byte_to: u64,
    pub(in super::super) line_from: u64,
}

pub(in super::super) async fn insert_chunk(
    conn: &mut Conn,
    key: ChunkKey,
    encoded: &Encoded,
    now: &str,
) -> Done<()> {
    let values: Vec<mysql_async::Value> = vec![
        key.run.into(),
        key.file_no.into(),
        key.chunk_no.into(),
        key.byte_from.into(),
        key.byte_to.into(),
        key.line_from.into(),
        encoded.rows.into(),
        (encoded.rejects.len() as u64).into(),
        encoded.blanks.into(),
        encoded.trailers.into(),
        encoded.sale_count.into(),
        encoded.crc.into(),
        now.into(),
    ];
    conn.exec_drop(INSERT_CHUNK, Params::Positional(values)).await
}

pub(in super::super) async fn insert_rejects(
    conn: &mut Conn,
    run: u64,
    file_no: u32,
    rejects: &[Reject],
) -> Done<()> {
    let values = rejects.iter().map(|reject| {
        let Reject { line, byte, column, reason, raw } = reject;
        (run, file_no, line, byte, column, reason.code(), raw.as_slice())
    });
    conn.exec_batch(INSERT_REJECT, values).await
}

pub(in super::super) async fn heartbeat(conn: &mut Conn, run: u64, now: &str) -> Done<()> {
    let bytes: Option<u64> = conn.exec_first(BYTES_DONE, (run,)).await?;
    conn.exec_drop(HEARTBEAT, (now, bytes.unwrap_or_default(), run)).await
}

pub(in super::super) async fn set_state(
    conn: &mut Conn,
    run: u64,
    state: &str,
    message: Option<&str>,
    ended: Option<&str>,
) -> Done<()> {
    conn.exec_drop(SET_STATE, (state, message, ended, run)).await
}

pub(in super::super) async fn set_report(conn: &mut Conn, run: u64, report: &str) -> Done<()> {
    conn.exec_drop(SET_REPORT, (report, run)).await
}

/// The edition of a period: its run, the one before, and what both were made of.
pub(in super::super) struct EditionRow {
    pub(in super::super) run: u64,
    pub(in super::super) previous: Option<u64>,
    pub(in super::super) content_hash: Vec<u8>,
    pub(in super::super) schema_hash: String,
}

pub(in super::super) async fn edition(
    conn: &mut Conn,
    dataset: &str,
    period: &str,
) -> Done<Option<EditionRow>> {
    let row: Option<(u64, Option<u64>, Vec<u8>, String)> =
        conn.exec_first(EDITION, (dataset, period)).await?;
    Ok(row.map(|(run, previous, content_hash, schema_hash)| EditionRow {
        run,
        previous,
        content_hash,
        schema_hash,
    }))
}

/// Makes `run` the edition that is read, in one transaction.
pub(in super::super) async fn publish(
    conn: &mut Conn,
    dataset: &str,
    period: &str,
    run: u64,
    now: &str,
) -> Done<()> {
    conn.query_drop("START TRANSACTION").await?;
    conn.exec_drop(PUBLISH, (dataset, period, run, now)).await?;
    conn.exec_drop(FOLLOW, (dataset, period)).await?;
    conn.query_drop("COMMIT").await
}

pub(in super::super) async fn superseded(
    conn: &mut Conn,
    dataset: &str,
    period: &str,
    but: u64,
) -> Done<Vec<u64>> {
    conn.exec(SUPERSEDED, (dataset, period, but)).await
}

/// File, line, raw bytes, and the repaired line if there is one.
pub(in super::super) type RejectRow = (u32, u64, Vec<u8>, Option<Vec<u8>>);

pub(in super::super) async fn rejects(conn: &mut Conn, run: u64) -> Done<Vec<RejectRow>> {
    conn.exec(SELECT_REJECTS, (run,)).await
}

/// Forgets what is known of a chunk, inside the transaction that loads it again.
pub(in super::super) async fn forget_chunk(
    conn: &mut Conn,
    key: ChunkKey,
    line_to: u64,
) -> Done<()> {
    conn.exec_drop(DELETE_CHUNK, (key.run, key.file_no, key.chunk_no)).await?;
    let lines = (key.run, key.file_no, key.line_from, line_to);
    conn.exec_drop(DELETE_REJECTS, lines).await
}

pub(in super::super) async fn mark_repaired(
    conn: &mut Conn,
    run: u64,
    file_no: u32,
    line: u64,
    text: &[u8],
) -> Done<()> {
    conn.exec_drop(REPAIRED, (text, run, file_no, line)).await
}

/// The first warning of the last statement, in words.
pub(in super::super) async fn first_warning(conn: &mut Conn) -> Done<String> {
    let row: Option<Row> = conn.query_first("SHOW WARNINGS").await?;
    let text = row.and_then(|row| row.get_opt::<String, _>(2)).and_then(Result::ok);
    Ok(text.map_or(String::new(), |text| format!(". The first: {text}")))
}
