//! A run in memory: its files, their plans, and the chunks that are still to be loaded.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::store::control::ChunkKey;
use super::store::tables::Names;
use crate::slices::campaigns::etl::encode::{FilePlan, RowShape};
use crate::slices::campaigns::etl::profile::ChunkStart;
use crate::slices::campaigns::etl::read::Source;
use crate::slices::campaigns::etl::schema::{Definition, Fitted};

/// How a load is done.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// Bytes of a chunk, about: what a kill may cost.
    pub chunk_bytes: u64,
    /// Connections that load at the same time.
    pub connections: usize,
    /// Most lines that may be given back; no limit when `None`.
    pub max_rejects: Option<u64>,
    /// Largest share of lines that may be given back.
    pub max_reject_ratio: f64,
    /// Values of another type are rejects instead of a stop.
    pub reject_conflicts: bool,
    /// INSERT statements even where the server takes a stream.
    pub insert_only: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            chunk_bytes: 16 << 20,
            connections: 2,
            max_rejects: None,
            max_reject_ratio: 0.01,
            reject_conflicts: false,
            insert_only: false,
        }
    }
}

/// A file of a run.
pub(super) struct JobFile {
    pub(super) source: Source,
    pub(super) file_no: u32,
    pub(super) bytes: u64,
    pub(super) lines: u64,
    pub(super) chunks: Vec<ChunkStart>,
    pub(super) plan: FilePlan,
}

/// A run.
pub(super) struct Job {
    pub(super) run: u64,
    pub(super) dataset: String,
    pub(super) period: String,
    pub(super) definition: Definition,
    pub(super) fitted: Fitted,
    pub(super) shape: RowShape,
    pub(super) names: Names,
    pub(super) files: Vec<Arc<JobFile>>,
    /// Chunks that are committed.
    pub(super) done: BTreeSet<(u32, u32)>,
    pub(super) bytes_done: u64,
    /// Lines given back by chunks that are committed.
    pub(super) rejects_done: u64,
    pub(super) has_infile: bool,
}

/// One chunk to load.
#[derive(Clone)]
pub(super) struct Unit {
    pub(super) file: Arc<JobFile>,
    pub(super) chunk_no: u32,
}

impl Job {
    /// The chunks that have no row in the control table.
    pub(super) fn units(&self) -> VecDeque<Unit> {
        let all = self.files.iter().flat_map(|file| {
            (0..file.chunks.len()).filter_map(|chunk| {
                Some(Unit { file: Arc::clone(file), chunk_no: u32::try_from(chunk).ok()? })
            })
        });
        all.filter(|unit| !self.done.contains(&(unit.file.file_no, unit.chunk_no))).collect()
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Lines of all files.
    pub(super) fn lines(&self) -> u64 {
        self.files.iter().map(|file| file.lines).sum()
    }

    /// Whether there is a sale table.
    pub(super) const fn has_sales(&self) -> bool {
        self.definition.sale.is_some()
    }
}

impl Unit {
    pub(super) fn start(&self) -> ChunkStart {
        self.file.chunks[self.chunk_no as usize]
    }

    /// First byte after the chunk.
    pub(super) fn end(&self) -> u64 {
        self.file.chunks.get(self.chunk_no as usize + 1).map_or(self.file.bytes, |next| next.byte)
    }

    /// First line after the chunk.
    pub(super) fn line_end(&self) -> u64 {
        let next = self.file.chunks.get(self.chunk_no as usize + 1);
        next.map_or(self.file.lines + 1, |next| next.line)
    }

    pub(super) fn key(&self, run: u64) -> ChunkKey {
        let start = self.start();
        ChunkKey {
            run,
            file_no: self.file.file_no,
            chunk_no: self.chunk_no,
            byte_from: start.byte,
            byte_to: self.end(),
            line_from: start.line,
        }
    }
}
