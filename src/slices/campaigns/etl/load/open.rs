//! Registering a run, or opening one that was begun: afterwards both are the same.

use std::sync::Arc;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;

use super::error::LoadError;
use super::job::{Job, JobFile};
use super::store::control::{self, FileRow, NewRun};
use super::store::tables::{self, Names};
use crate::platform::digest::sha256;
use crate::slices::campaigns::etl::encode::{FilePlan, RowShape};
use crate::slices::campaigns::etl::profile::{ChunkStart, Profile};
use crate::slices::campaigns::etl::read::Source;
use crate::slices::campaigns::etl::schema::{Definition, Fitted};

/// More columns than this may be refused by the engine although every row would fit.
const WIDE: usize = 60;

/// The content of a run: the hashes of its files, in their order.
pub(super) fn content_hash(profile: &Profile) -> [u8; 32] {
    let hashes: Vec<&[u8]> = profile.files.iter().map(|file| file.sha256.as_slice()).collect();
    sha256(&hashes)
}

/// A new run and its empty tables.
pub(super) async fn register(
    conn: &mut Conn,
    (definition, fitted): (&Definition, &Fitted),
    (sources, profile): (&[Source], &Profile),
    (period, now): (&str, &str),
) -> Result<u64, LoadError> {
    let stored = |error: &dyn std::fmt::Display| LoadError::Stored(error.to_string());
    let toml = definition.clone().sealed().map_err(|error| stored(&error))?;
    let json = serde_json::to_string(fitted).map_err(|error| stored(&error))?;
    let run = NewRun {
        dataset: &definition.dataset.name,
        period,
        content_hash: content_hash(profile),
        schema_hash: &definition.content_hash(),
        schema_toml: &toml,
        fitted: &json,
        bytes: profile.files.iter().map(|file| file.bytes).sum(),
        now,
    };
    // Registered with all of its files, or not at all.
    conn.query_drop("START TRANSACTION").await?;
    let run = control::insert_run(conn, &run).await?;
    for ((file_no, source), file) in (1..).zip(sources).zip(&profile.files) {
        let row = FileRow {
            file_no,
            name: source.name.clone(),
            bytes: file.bytes,
            lines: file.lines,
            sha256: file.sha256.to_vec(),
            labels: serde_json::to_string(&file.labels).map_err(|error| stored(&error))?,
            chunks: pack(&file.chunks),
        };
        control::insert_file(conn, run, &row).await?;
    }
    conn.query_drop("COMMIT").await?;
    Ok(run)
}

/// Makes the tables that a run lacks: it may have been killed before it had them.
pub(super) async fn tables(conn: &mut Conn, job: &Job) -> Result<(), LoadError> {
    if job.fitted.columns.len() > WIDE {
        // The engine counts each column at its widest. A row that is really too long is refused when
        // it comes. An account that may not say so can still make narrower tables.
        drop(conn.query_drop("SET SESSION innodb_strict_mode = OFF").await);
    }
    let exists = |sql: String| sql.replacen("CREATE TABLE", "CREATE TABLE IF NOT EXISTS", 1);
    let rows = tables::create_rows(&job.names, &job.definition, &job.fitted);
    conn.query_drop(exists(rows)).await?;
    if job.has_sales() {
        conn.query_drop(exists(tables::create_sales(&job.names))).await?;
    }
    Ok(())
}

/// A stored run, with these sources for its files, in their order.
pub(super) async fn open(
    conn: &mut Conn,
    run: u64,
    sources: &[Source],
    has_infile: bool,
) -> Result<Job, LoadError> {
    let stored = |error: &dyn std::fmt::Display| LoadError::Stored(error.to_string());
    let row = control::run(conn, run).await?;
    let row = row.ok_or_else(|| LoadError::Nothing(format!("there is no run {run}")))?;
    let definition = Definition::read(&row.schema_toml)?;
    let fitted: Fitted = serde_json::from_str(&row.fitted).map_err(|error| stored(&error))?;
    let mut files = Vec::new();
    for file in control::files(conn, run).await? {
        let source = sources
            .iter()
            .find(|source| source.name == file.name)
            .ok_or_else(|| LoadError::Nothing(format!("{} is not there any more", file.name)))?;
        let labels: Vec<String> =
            serde_json::from_str(&file.labels).map_err(|error| stored(&error))?;
        files.push(Arc::new(JobFile {
            source: source.clone(),
            file_no: file.file_no,
            bytes: file.bytes,
            lines: file.lines,
            chunks: unpack(&file.chunks),
            plan: FilePlan::new(&definition, &fitted, &labels, file.file_no),
        }));
    }
    let chunks = control::chunks(conn, run).await?;
    let totals = control::totals(conn, run).await?;
    Ok(Job {
        run,
        names: Names::of(&row.dataset, run),
        dataset: row.dataset,
        period: row.period,
        shape: RowShape::of(&definition, &fitted),
        definition,
        fitted,
        files,
        bytes_done: chunks.iter().map(|(_, _, bytes)| bytes).sum(),
        rejects_done: totals.iter().map(|total| total.2).sum(),
        done: chunks.into_iter().map(|(file, chunk, _)| (file, chunk)).collect(),
        has_infile,
    })
}

/// Borders as bytes: 20 a chunk.
fn pack(chunks: &[ChunkStart]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chunks.len() * 20);
    for chunk in chunks {
        bytes.extend_from_slice(&chunk.byte.to_le_bytes());
        bytes.extend_from_slice(&chunk.line.to_le_bytes());
        bytes.extend_from_slice(&chunk.crc.to_le_bytes());
    }
    bytes
}

fn unpack(bytes: &[u8]) -> Vec<ChunkStart> {
    let number = |bytes: &[u8]| {
        bytes.iter().rev().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte))
    };
    let one = |bytes: &[u8]| ChunkStart {
        byte: number(&bytes[..8]),
        line: number(&bytes[8..16]),
        crc: u32::try_from(number(&bytes[16..20])).unwrap_or_default(),
    };
    bytes.chunks_exact(20).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_come_back_equal() {
        let chunks = [
            ChunkStart { byte: 850, line: 2, crc: u32::MAX },
            ChunkStart { byte: 1 << 40, line: 17_340_033, crc: 7 },
        ];
        assert_eq!(unpack(&pack(&chunks)), chunks);
    }
}
