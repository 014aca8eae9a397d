//! `assurly migrate`.

use anyhow::Context;

use crate::app::settings::Settings;
use crate::app::state::Platform;
use crate::platform::telemetry;

/// Applies the migrations that are missing; waits for a copy that is doing so.
pub(super) fn run(settings: Settings) -> anyhow::Result<()> {
    telemetry::install(&settings.telemetry);
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    runtime.block_on(async {
        let platform = Platform::new(settings)?;
        let migrated = platform.database.migrate().await;
        platform.database.close().await;
        migrated.context("the tables are not up to date")?;
        tracing::info!("the tables are up to date");
        Ok(())
    })
}
