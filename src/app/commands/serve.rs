//! `assurly serve`.

use anyhow::Context;

use crate::app::boot::Listeners;
use crate::app::settings::Settings;
use crate::app::shutdown::Signals;
use crate::app::state::{AppState, Platform};
use crate::app::{boot, router};
use crate::gateway::{Drained, Stop};
use crate::platform::telemetry;
use crate::slices::quotes::Pricer;

/// Serves until a signal says otherwise.
pub(super) fn run(settings: Settings) -> anyhow::Result<()> {
    telemetry::install(&settings.telemetry);
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    match runtime.block_on(serve(settings))? {
        Drained::Clean => Ok(()),
        Drained::Cut { connections } => {
            anyhow::bail!("{connections} connections were cut before their answer")
        }
    }
}

async fn serve(mut settings: Settings) -> anyhow::Result<Drained> {
    let stop = Stop::default();
    let signals = Signals::new().context("signals cannot be listened for")?;
    let listeners = Listeners::open(&mut settings.server).await?;
    let platform = Platform::new(settings)?;
    let pricer = Pricer::shipped().map_err(anyhow::Error::msg)?;
    let state = AppState::new(&platform, pricer)?;
    let running = boot::start(&platform, &state, router::work(&state), listeners, &stop).await?;
    tokio::select! {
        drained = running.ended() => drained,
        () = signals.pass_to(&stop) => Ok(Drained::Clean),
    }
}
