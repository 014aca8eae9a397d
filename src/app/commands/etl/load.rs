//! `assurly etl load`, `resume`, `retry-rejects`, `undo`.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::loader;
use super::progress::{self, Log};
use crate::app::settings::Settings;
use crate::slices::campaigns::etl::load::{LoadOptions, Report};
use crate::slices::campaigns::etl::prepare;
use crate::slices::campaigns::etl::schema::Definition;

/// What happens to values of another type than the schema's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum OnConflict {
    /// Stop before the first row
    #[default]
    Stop,
    /// Give those lines back
    Reject,
}

/// How a load is done.
#[derive(Clone, Debug, Args)]
pub(super) struct HowArgs {
    /// Connections that load at the same time
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16))]
    connections: u8,
    /// Stop when more lines than this are given back
    #[arg(long, value_name = "N")]
    max_rejects: Option<u64>,
    /// Stop when a larger share of lines is given back (and more than ten)
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    max_reject_ratio: f64,
    /// INSERT statements even where the server takes a stream
    #[arg(long)]
    insert_only: bool,
    /// How progress is shown
    #[arg(long, value_enum, default_value_t)]
    log: Log,
    /// Print the report as JSON, also on a terminal (elsewhere it always is)
    #[arg(long)]
    json: bool,
}

/// Arguments of `etl load`.
#[derive(Debug, Args)]
#[command(
    after_help = "The same content is loaded once: a second time says `unchanged`. A corrected
edition of a period is loaded beside the old one and replaces it in one step; `undo` goes back.
When the server takes no stream (local_infile is off) rows go by INSERT, about four times slower."
)]
pub(super) struct LoadArgs {
    /// Files, folders, .zip, .gz, s3://bucket/prefix
    #[arg(required = true)]
    sources: Vec<String>,
    /// The reviewed schema
    #[arg(long, value_name = "FILE")]
    schema: PathBuf,
    /// The period that these files are the edition of; by default the year in their names
    #[arg(long)]
    period: Option<String>,
    /// Bytes of a chunk: what a kill may cost
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20, value_parser = clap::value_parser!(u64).range(4096..=268_435_456))]
    chunk: u64,
    /// What happens to values of another type than the schema's
    #[arg(long, value_enum, default_value_t)]
    on_conflict: OnConflict,
    #[command(flatten)]
    how: HowArgs,
}

/// Arguments of `etl resume`.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The run; by default the newest that can go on
    #[arg(long)]
    run: Option<u64>,
    #[command(flatten)]
    how: HowArgs,
}

/// Arguments of `etl retry-rejects`.
#[derive(Debug, Args)]
#[command(
    after_help = "FILE is the .rej of `etl rejects` with its lines repaired, each in its place. A
line that is as it was stays given back. Each chunk with a repaired line is loaded again as a whole,
in one transaction, from the same source."
)]
pub(super) struct RetryArgs {
    /// The repaired lines
    file: PathBuf,
    /// The run
    #[arg(long)]
    run: u64,
    #[command(flatten)]
    how: HowArgs,
}

/// Arguments of `etl undo`.
#[derive(Debug, Args)]
pub(super) struct UndoArgs {
    /// Name of the dataset
    #[arg(long, default_value = "dvf")]
    dataset: String,
    /// The period whose edition before is to be read again
    #[arg(long)]
    period: String,
}

impl HowArgs {
    fn options(&self) -> LoadOptions {
        LoadOptions {
            connections: usize::from(self.connections),
            max_rejects: self.max_rejects,
            max_reject_ratio: self.max_reject_ratio,
            insert_only: self.insert_only,
            ..LoadOptions::default()
        }
    }

    fn print(&self, report: &Report) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        if out.is_terminal() && !self.json {
            writeln!(out, "{report}")?;
        } else {
            writeln!(out, "{}", serde_json::to_string_pretty(report)?)?;
        }
        Ok(())
    }
}

impl LoadArgs {
    pub(super) async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let shown = self.schema.display().to_string();
        let text = fs::read_to_string(&self.schema).with_context(|| shown.clone())?;
        let definition = Definition::read_sealed(&text).with_context(|| shown)?;
        let listener = progress::listener(self.how.log);
        let loader = loader(settings, listener.clone())?;
        let options = LoadOptions {
            chunk_bytes: self.chunk,
            reject_conflicts: self.on_conflict == OnConflict::Reject,
            ..self.how.options()
        };
        let how = (options.chunk_bytes, options.reject_conflicts);
        let s3 = &settings.campaigns.s3;
        let request =
            prepare::request(&self.sources, definition, self.period, how, s3, &listener).await?;
        let report = loader.load(&request, &options).await?;
        self.how.print(&report)
    }
}

impl ResumeArgs {
    pub(super) async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let loader = loader(settings, progress::listener(self.how.log))?;
        let report = loader.resume(self.run, &self.how.options()).await?;
        self.how.print(&report)
    }
}

impl RetryArgs {
    pub(super) async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let bytes = fs::read(&self.file).with_context(|| self.file.display().to_string())?;
        let whole = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let lines: Vec<Vec<u8>> = whole.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        let loader = loader(settings, progress::listener(self.how.log))?;
        let report = loader.retry_rejects(self.run, &lines, &self.how.options()).await?;
        self.how.print(&report)
    }
}

impl UndoArgs {
    pub(super) async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let loader = loader(settings, progress::listener(Log::None))?;
        let (undone, now) = loader.undo(&self.dataset, &self.period).await?;
        let (dataset, period) = (&self.dataset, &self.period);
        writeln!(
            std::io::stdout(),
            "{dataset} {period}: run {now} is read again, not run {undone}"
        )?;
        Ok(())
    }
}
