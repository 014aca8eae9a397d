//! `assurly migrate`.

use anyhow::Context;

use crate::app::boot;
use crate::app::settings::Settings;
use crate::app::state::Platform;
use crate::platform::telemetry;

/// Applies the migrations that are missing; waits for a copy that is doing so.
pub(super) fn run(settings: Settings) -> anyhow::Result<()> {
    telemetry::install(&settings.telemetry);
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    runtime.block_on(async {
        let platform = Platform::new(settings)?;
        platform.database.migrate().await.context("the tables are not up to date")?;
        let furnished = boot::furnish(&platform).await;
        platform.database.close().await;
        furnished.map_err(|problem| {
            let cause = problem.cause.unwrap_or_default();
            anyhow::anyhow!("the tables are not furnished: {cause}")
        })?;
        tracing::info!("the tables are up to date");
        Ok(())
    })
}
