//! The report of a run: counts that add up, or an error.

use serde::{Deserialize, Serialize};

/// One file's counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// Lines in all.
    pub lines: u64,
    /// Header lines.
    pub headers: u64,
    /// Rows loaded.
    pub rows: u64,
    /// Lines given back.
    pub rejects: u64,
    /// Empty lines.
    pub blanks: u64,
    /// Trailer lines.
    pub trailers: u64,
}

impl FileReport {
    /// Whether every line became exactly one of the others.
    pub const fn adds_up(&self) -> bool {
        self.lines == self.headers + self.rows + self.rejects + self.blanks + self.trailers
    }
}

/// What a load has done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Number of the run; 0 when nothing had to be done.
    pub run: u64,
    /// The dataset.
    pub dataset: String,
    /// The period.
    pub period: String,
    /// `published`, or `unchanged` when this content is what is read already.
    pub state: String,
    /// The files.
    pub files: Vec<FileReport>,
    /// Bytes of all files.
    pub bytes: u64,
    /// Rows loaded.
    pub rows: u64,
    /// Lines given back.
    pub rejects: u64,
    /// The same, reason by reason.
    pub reasons: Vec<(String, u64)>,
    /// Sales found in the rows.
    pub sales: u64,
    /// What differed from the schema.
    pub changes: Vec<String>,
    /// `load data` or `insert`, the slower way.
    pub way: String,
    /// Milliseconds of each phase.
    pub phases: Vec<(String, u64)>,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} {}: {} (run {})", self.dataset, self.period, self.state, self.run)?;
        for file in &self.files {
            let FileReport { name, lines, headers, rows, rejects, blanks, trailers } = file;
            writeln!(
                f,
                "  {name}\n    {lines} lines = {headers} header + {rows} rows + {rejects} given back \
                 + {blanks} empty + {trailers} trailer"
            )?;
        }
        for (reason, count) in &self.reasons {
            writeln!(f, "  given back, {reason}: {count}")?;
        }
        for change in &self.changes {
            writeln!(f, "  changed: {change}")?;
        }
        writeln!(f, "  {} rows, {} sales, by {}", self.rows, self.sales, self.way)?;
        let phases: Vec<_> = self
            .phases
            .iter()
            .map(|(phase, ms)| format!("{phase} {}.{} s", ms / 1000, ms % 1000 / 100))
            .collect();
        write!(f, "  {}", phases.join(", "))
    }
}
