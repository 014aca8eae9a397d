//! `assurly health`: the keys of answers about health. Nothing is ever shown of what they seal.

use std::io::Write;

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};

use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::slices::health::Rotated;

/// What is done about the keys of health.
#[derive(Debug, Args)]
pub(super) struct Health {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Seal everything under the first key of `health.keyring_file`; the others may leave after it
    Rotate,
}

impl Health {
    /// Does the work on the configured database.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        runtime.block_on(async {
            let platform = Platform::new(settings)?;
            let Work::Rotate = self.work;
            let done = state::health(&platform).rotate().await;
            platform.database.close().await;
            let Rotated { resealed, unopened } = done?;
            writeln!(std::io::stdout(), "{resealed} sealed anew")?;
            if unopened > 0 {
                return Err(anyhow!("{unopened} are sealed under keys that are not in the file"));
            }
            Ok(())
        })
    }
}
