//! `assurly identity …`.

use clap::{Args, Subcommand};

use super::identity_users::{Bootstrap, Users};
use crate::app::settings::Settings;

/// Arguments of `identity`.
#[derive(Debug, Args)]
pub(super) struct Identity {
    #[command(subcommand)]
    work: Work,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Accounts
    User(Users),
    /// Make the first administrator of a pool and print the link where they choose a password: once
    BootstrapAdmin(Bootstrap),
}

impl Identity {
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        match self.work {
            Work::User(users) => users.run(settings),
            Work::BootstrapAdmin(bootstrap) => bootstrap.run(settings),
        }
    }
}
