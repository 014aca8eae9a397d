//! `assurly jobs`: what operators do with work that is due.

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::platform::jobs::{self, JobId, Listed};

/// Arguments of `jobs`.
#[derive(Debug, Args)]
pub(super) struct Jobs {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// List jobs, the newest first
    #[command(after_help = STATES)]
    List {
        /// Only those in this state
        #[arg(long, value_parser = ["waiting", "running", "done", "dead"])]
        state: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Have a job done at the next look: it is dead and its cause is mended, or it waits
    Retry {
        /// Identifier, as `list` shows it
        #[arg(value_parser = identifier)]
        id: JobId,
    },
    /// Give a job up: it is not done, and cannot be asked for again
    Drop {
        /// Identifier, as `list` shows it
        #[arg(value_parser = identifier)]
        id: JobId,
    },
}

const STATES: &str = "States:
  waiting    its hour has not come, or it is tried again
  running    a copy of the service is doing it
  done       done, cancelled or dropped; the row goes after `jobs.retention_days`
  dead       failed too often: look for its subject in the log, mend the cause, then `retry` or `drop`

Example:
  assurly jobs list --state dead";

impl Jobs {
    /// Does the work on the configured database.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        runtime.block_on(async {
            let platform = Platform::new(settings)?;
            let done = self.work.run(&state::jobs(&platform, Vec::new())).await;
            platform.database.close().await;
            done
        })
    }
}

impl Work {
    async fn run(self, jobs: &jobs::Jobs) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        match self {
            Self::List { state, limit } => {
                write(&mut out, &jobs.list(&state.unwrap_or_default(), limit).await?)?;
            }
            Self::Retry { id } => {
                jobs.retry(id).await?;
                writeln!(out, "{id} is done at the next look")?;
            }
            Self::Drop { id } => {
                jobs.discard(id).await?;
                writeln!(out, "{id} is given up")?;
            }
        }
        Ok(())
    }
}

/// One line for each, in columns; instants are UTC.
fn write(out: &mut impl Write, found: &[Listed]) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<36} {:<8} {:>5} {:<15} {:<20} {:<28} SUBJECT",
        "ID", "STATE", "TRIES", "REASON", "DUE OR ENDED", "KIND"
    )?;
    for job in found {
        writeln!(
            out,
            "{:<36} {:<8} {:>5} {:<15} {:<20.0} {:<28} {}",
            job.id,
            job.state,
            job.attempts,
            job.reason.as_deref().unwrap_or("-"),
            job.settled_at.unwrap_or(job.due_at),
            job.kind,
            job.subject
        )?;
    }
    Ok(())
}

fn identifier(text: &str) -> Result<JobId, String> {
    text.parse().map_err(|_| "not the identifier of a job, `job_…`".to_owned())
}
