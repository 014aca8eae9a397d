//! `assurly keyring`.

use std::io::Write;

use crate::platform::clock::{Clock, Entropy};
use crate::platform::crypto::Keyring;

/// Prints a line for the keys' file, named after today.
pub(super) fn run() -> anyhow::Result<()> {
    let today = Clock::system().today_in_paris();
    let line = Keyring::new_line(&today.to_string(), &Entropy::system());
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
