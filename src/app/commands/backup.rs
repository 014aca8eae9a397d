//! `assurly backup` and `assurly restore`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::platform::backup::{Backups, Identities, Made};

/// Arguments of `backup`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Backup {
    #[command(subcommand)]
    work: Option<Work>,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Make one now (what `backup` alone does)
    Make,
    /// List those that are whole, the newest first
    List,
    /// Remove those older than `backup.keep_days`, and documents that none speaks of any more
    Prune,
}

const HELP: &str =
    "The database as it was at one instant, then the documents, encrypted for the keys of
`backup.recipients_file`, into `backup.storage.url`. The database's own tools and age must be at hand;
`age-keygen`, on another machine, makes the pair of keys.

Examples:
  assurly backup                              now
  assurly restore --identity key.txt          the newest one, into an empty database";

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// Name of the backup, as `backup list` shows it; the newest one when left out
    name: Option<String>,
    /// File of the private key of age
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Lose what the database holds
    #[arg(long)]
    replace: bool,
}

impl Backup {
    /// Does the work on the configured database.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        let work = self.work.unwrap_or(Work::Make);
        with(settings, async |backups| work.run(&backups).await)
    }
}

impl Restore {
    /// Puts the backup back.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        with(settings, async |backups| {
            let description = backups.find(self.name.as_deref()).await?;
            let identities = Identities::read(&self.identity)?;
            let done = backups.restore(description, identities, self.replace).await?;
            let mut out = std::io::stdout();
            writeln!(
                out,
                "{} is back: {} tables, migration {}, {} documents were missing; {} dropped before; {}",
                done.description.name,
                done.description.tables,
                done.description.migration,
                done.documents,
                done.dropped,
                speed(done.description.plain_bytes, done.took_ms),
            )?;
            writeln!(
                out,
                "Next: `assurly migrate`, then start the service; `assurly doctor` looks at it."
            )?;
            Ok(())
        })
    }
}

impl Work {
    async fn run(self, backups: &Backups) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        match self {
            Self::Make => {
                let Made { description: made, new_documents } = backups.make().await?;
                writeln!(
                    out,
                    "{} is made: {} tables, {} bytes kept, {} documents ({new_documents} new); {}",
                    made.name,
                    made.tables,
                    made.bytes,
                    made.documents,
                    speed(made.plain_bytes, made.took_ms),
                )?;
            }
            Self::List => {
                writeln!(
                    out,
                    "{:<18} {:>10} {:>14} {:>14} {:>10}  SERVER",
                    "NAME", "MIGRATION", "BYTES OF SQL", "BYTES KEPT", "DOCUMENTS"
                )?;
                for one in backups.list().await? {
                    writeln!(
                        out,
                        "{:<18} {:>10} {:>14} {:>14} {:>10}  {}",
                        one.name,
                        one.migration,
                        one.plain_bytes,
                        one.bytes,
                        one.documents,
                        one.server
                    )?;
                }
            }
            Self::Prune => {
                let gone = backups.prune().await?;
                writeln!(out, "removed: {} backups, {} documents", gone.backups, gone.documents)?;
            }
        }
        Ok(())
    }
}

fn with(
    settings: Settings,
    work: impl AsyncFnOnce(Backups) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    runtime.block_on(async {
        let platform = Platform::new(settings)?;
        let done = work(state::backups(&platform)?).await;
        platform.database.close().await;
        done
    })
}

/// How much in how long.
fn speed(bytes: u64, took_ms: u64) -> String {
    let per_s = bytes.saturating_mul(1000) / took_ms.max(1);
    format!("{} MiB of SQL in {} ms, {} MiB/s", bytes >> 20, took_ms, per_s >> 20)
}
