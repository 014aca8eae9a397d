//! `assurly doctor`: looks at a running installation from beside it and says in words what is wrong, and how
//! to put it right. It changes nothing but an object that it writes into the storage and takes away again.

mod files;
mod finding;
mod rows;

use std::io::Write;

use anyhow::Context;
use clap::Args;

use self::finding::{Finding, Verdict};
use crate::app::settings::Settings;
use crate::app::state::Platform;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Doctor {
    /// Findings as JSON, for a program
    #[arg(long)]
    json: bool,
}

const HELP: &str = "Exit codes: 0 nothing is wrong (there may be something to look at), 1 something is wrong.

Looked at: settings, database, tables, clock, keys, certificates, storage and its disk, the questionnaire
engine, messages, jobs, backups.";

impl Doctor {
    /// Looks at everything that can be looked at, whatever is found wrong first.
    pub(super) fn run(&self, settings: Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        let findings = runtime.block_on(look(settings))?;
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
        } else {
            for finding in &findings {
                write!(out, "{finding}")?;
            }
            let count = |verdict| findings.iter().filter(|one| one.verdict == verdict).count();
            let (odd, wrong) = (count(Verdict::Odd), count(Verdict::Wrong));
            writeln!(out, "\n{} looked at: {wrong} wrong, {odd} to look at", findings.len())?;
        }
        let wrong = findings.iter().any(|one| one.verdict == Verdict::Wrong);
        anyhow::ensure!(!wrong, "something is wrong with this installation");
        Ok(())
    }
}

async fn look(settings: Settings) -> anyhow::Result<Vec<Finding>> {
    let mut findings = files::settings(&settings);
    findings.extend(files::keys(&settings));
    let platform = Platform::new(settings)?;
    findings.extend(files::certificates(&platform));
    let (reached, rows) = rows::database(&platform).await;
    findings.extend(rows);
    if reached {
        findings.extend(rows::messages(&platform).await);
        findings.extend(rows::jobs(&platform).await);
    }
    findings.extend(files::storage(&platform).await);
    findings.extend(rows::engine(&platform).await);
    findings.extend(files::backups(&platform).await);
    platform.database.close().await;
    Ok(findings)
}
