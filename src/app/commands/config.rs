//! `assurly config`.

use std::io::Write;

use crate::app::settings::Settings;

/// Prints what is in force, as a file that could be given back, but for the secrets.
pub(super) fn run(settings: &Settings) -> anyhow::Result<()> {
    Ok(write!(std::io::stdout(), "{}", settings.to_toml()?)?)
}
