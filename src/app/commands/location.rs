//! `assurly where`: one line that says where to go.
//!
//! With `--stay` it then waits until it is told to end: `docker compose up --wait` takes every container that has
//! ended, were it with 0, for a failure.

use std::io::Write;

use anyhow::Context;
use clap::Args;

use crate::app::settings::Settings;
use crate::app::shutdown::Signals;

/// Arguments of `where`.
#[derive(Debug, Args)]
pub(super) struct Where {
    /// Then wait for SIGTERM or Ctrl-C, as `docker compose up --wait` wants of a container
    #[arg(long)]
    stay: bool,
}

impl Where {
    /// Says it, and stays if asked to.
    pub(super) fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.context("the runtime cannot start")?.block_on(async {
            // Before it is said: whoever reads the line may ask it to end.
            let mut signals = Signals::new().context("signals cannot be listened for")?;
            say(settings)?;
            if self.stay {
                signals.next().await;
            }
            Ok(())
        })
    }
}

/// Says where customers go, and what an operator does next.
fn say(settings: &Settings) -> anyhow::Result<()> {
    let url = settings.server.public_url.as_str().trim_end_matches('/');
    writeln!(
        std::io::stdout(),
        "{} is ready: {url} (a quote: {url}/simuler, the API: {url}/docs/api, health: \
         docker compose run --rm ops doctor)",
        settings.brand.name
    )?;
    Ok(())
}
