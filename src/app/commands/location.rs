//! `assurly where`: one line that says where to go.

use std::io::Write;

use crate::app::settings::Settings;

/// Says where customers go, and what an operator does next.
pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    let url = settings.server.public_url.as_str().trim_end_matches('/');
    writeln!(
        std::io::stdout(),
        "{} is ready: {url} (a quote: {url}/simuler, the API: {url}/docs/api, health: \
         docker compose run --rm ops doctor)",
        settings.brand.name
    )?;
    Ok(())
}
