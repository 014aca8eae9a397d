//! `assurly person`: the rights of people over what is kept about them (docs/data-life.md). Who asks was
//! identified by the operator; nothing here can do that.

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::rights::rights_alone;
use crate::app::settings::Settings;
use crate::app::state::Platform;
use crate::kernel::problem::Problem;

/// Arguments of `person`.
#[derive(Debug, Args)]
pub(super) struct Person {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Print what is kept about somebody, as JSON (GDPR art. 15 and 20). It holds answers about health: give it
    /// to the person alone
    Export {
        /// Their address
        #[arg(long)]
        email: String,
    },
    /// Erase what no law has us keep (GDPR art. 17); says what is kept, and why
    Erase {
        /// Their address
        #[arg(long)]
        email: String,
    },
    /// Say where a text is still written in the clear: the proof of an erasure
    Find {
        /// An address, a name, a number
        #[arg(long)]
        text: String,
    },
}

impl Person {
    /// Does the work on the configured database.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        runtime.block_on(async {
            let platform = Platform::new(settings)?;
            let done = self.work.run(&platform).await;
            platform.database.close().await;
            done
        })
    }
}

impl Work {
    async fn run(self, platform: &Platform) -> anyhow::Result<()> {
        let rights = rights_alone(platform)?;
        let said = match self {
            Self::Export { email } => {
                serde_json::to_string_pretty(&rights.export(&email).await.map_err(failed)?)?
            }
            Self::Erase { email } => {
                serde_json::to_string_pretty(&rights.erase(&email).await.map_err(failed)?)?
            }
            Self::Find { text } => {
                serde_json::to_string_pretty(&rights.find(&text).await.map_err(failed)?)?
            }
        };
        writeln!(std::io::stdout(), "{said}")?;
        Ok(())
    }
}

/// A room that does not answer, in an operator's words.
fn failed(problem: Problem) -> anyhow::Error {
    let cause = problem.cause.or(problem.detail);
    anyhow::anyhow!(cause.unwrap_or_else(|| "a room does not answer".to_owned()))
}
