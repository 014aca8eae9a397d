//! `assurly etl generate`: a file in the real layout, and its oracle.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::slices::campaigns::etl::generate::{GenerateOptions, generate};

/// Arguments of `etl generate`.
#[derive(Debug, Args)]
#[command(
    after_help = "The same seed writes the same bytes. FILE.oracle.json says what a right load must
find: rows, lines given back by reason, sums to the cent, sales."
)]
pub(super) struct GenerateArgs {
    /// The file to write
    file: PathBuf,
    /// Right rows
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// Seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Year of the sales
    #[arg(long, default_value_t = 2021)]
    year: u16,
    /// One bad line on so many rows; 0 for none
    #[arg(long, default_value_t = 50_000)]
    bad_every: u64,
    /// Lines end with CR LF
    #[arg(long)]
    crlf: bool,
}

impl GenerateArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let shown = || self.file.display().to_string();
        let file = File::create(&self.file).with_context(shown)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let options = GenerateOptions {
            rows: self.rows,
            seed: self.seed,
            year: self.year,
            bad_every: self.bad_every,
            crlf: self.crlf,
        };
        let oracle = generate(options, &mut out).with_context(shown)?;
        out.flush().with_context(shown)?;
        let text = serde_json::to_string_pretty(&oracle)?;
        let beside = PathBuf::from(format!("{}.oracle.json", self.file.display()));
        fs::write(&beside, &text).with_context(|| beside.display().to_string())?;
        writeln!(std::io::stdout(), "{text}")?;
        Ok(())
    }
}
