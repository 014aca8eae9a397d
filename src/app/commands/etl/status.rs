//! `assurly etl status` and `rejects`.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::segments;
use crate::app::settings::Settings;
use crate::slices::campaigns::segments::{RejectRow, RunRow, csv};

/// Arguments of `etl status`.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Print JSON, also on a terminal (elsewhere it always is)
    #[arg(long)]
    json: bool,
}

/// Arguments of `etl rejects`.
#[derive(Debug, Args)]
#[command(after_help = "Writes NAME.rej, the raw lines in their order, to be repaired and fed to
`etl retry-rejects`, and NAME.rej.csv with file, line, byte, column, reason and text of each.")]
pub(super) struct RejectsArgs {
    /// The run
    #[arg(long)]
    run: u64,
    /// Name of the two files
    #[arg(long, value_name = "NAME")]
    out: PathBuf,
}

impl StatusArgs {
    pub(super) async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let segments = segments(settings)?;
        let runs = segments.runs().await;
        segments.close().await;
        let mut out = std::io::stdout();
        let is_table = out.is_terminal() && !self.json;
        for (run, rows, rejects) in runs? {
            let line =
                if is_table { table(&run, rows, rejects) } else { json(&run, rows, rejects)? };
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

fn table(run: &RunRow, rows: u64, rejects: u64) -> String {
    let RunRow { id, dataset, period, state, heartbeat_at, .. } = run;
    // Headers are no part of a chunk: the last per cent is that the run is over.
    let percent = (run.bytes_done * 100).checked_div(run.bytes_total).unwrap_or(0).min(100);
    let message = run.message.as_deref().map_or(String::new(), |text| format!("\n      {text}"));
    format!(
        "{id:>4}  {dataset} {period:<10} {state:<10} {percent:>3} %  {rows} rows, {rejects} given \
         back, last seen {heartbeat_at}{message}"
    )
}

fn json(run: &RunRow, rows: u64, rejects: u64) -> anyhow::Result<String> {
    let mut value = serde_json::to_value(run)?;
    value["rows"] = rows.into();
    value["rejects"] = rejects.into();
    Ok(value.to_string())
}

impl RejectsArgs {
    pub(super) async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let segments = segments(settings)?;
        let rejects = segments.rejects(self.run).await;
        segments.close().await;
        let rejects = rejects?;
        let mut raw = Vec::new();
        let mut table = csv(&["file", "line", "byte", "column", "reason", "text"]);
        for reject in &rejects {
            let RejectRow { name, line_no, byte_offset, column_name, reason, raw: text } = reject;
            raw.extend_from_slice(text);
            raw.push(b'\n');
            let text = String::from_utf8_lossy(text);
            let (line, byte) = (line_no.to_string(), byte_offset.to_string());
            table.push_str(&csv(&[name, &line, &byte, column_name, reason, &text]));
        }
        for (ending, bytes) in [("rej", raw), ("rej.csv", table.into_bytes())] {
            let file = PathBuf::from(format!("{}.{ending}", self.out.display()));
            whole(&file, &bytes).with_context(|| file.display().to_string())?;
        }
        let count = rejects.len();
        writeln!(std::io::stdout(), "{count} lines given back in {}.rej", self.out.display())?;
        Ok(())
    }
}

/// Writes a file, or none: on a disk that fills up, half a list would be taken for the whole one.
fn whole(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = PathBuf::from(format!("{}.part", file.display()));
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, file));
    if written.is_err() {
        // It may not be there at all.
        drop(fs::remove_file(&part));
    }
    written
}
