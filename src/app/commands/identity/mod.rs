//! `assurly identity …`: what operators do to pools, applications and keys. Each act is written in the
//! pool's journal; a secret is printed once and kept nowhere.

mod client;
mod key;
mod legacy;
mod pool;

use std::io::Write;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::identity_users::{Bootstrap, Users};
use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::platform::telemetry;
use crate::slices::identity::Identity;

/// Work on pools of people, their applications and their keys.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct IdentityCommand {
    /// Print JSON instead of lines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "Examples:
  assurly identity pool list
  assurly identity client create clients --name 'Mon application' --kind public \\
      --grant authorization_code --grant refresh_token \\
      --redirect-uri https://app.example/retour --scopes 'openid profile email devis:lire'
  assurly identity client rotate-secret partenaires app_…
  assurly identity key list clients
  assurly identity legacy open-pool clients --days 90 --reason 'old mobile application'
  assurly identity journal verify clients";

#[derive(Debug, Subcommand)]
enum What {
    /// Pools of people
    #[command(subcommand)]
    Pool(pool::Pool),
    /// Accounts of a pool
    #[command(subcommand)]
    User(Users),
    /// Make the first administrator of a pool and print the link where they choose a password: once
    BootstrapAdmin(Bootstrap),
    /// Applications of a pool
    #[command(subcommand)]
    Client(client::Client),
    /// Signing keys of a pool, which otherwise look after themselves
    #[command(subcommand)]
    Key(key::Key),
    /// The two locks of the implicit and password grants
    #[command(subcommand)]
    Legacy(legacy::Legacy),
    /// The journal of a pool
    #[command(subcommand)]
    Journal(Journal),
}

#[derive(Debug, Subcommand)]
enum Journal {
    /// Check every link of the journal
    Verify {
        /// Name of the pool
        pool: String,
    },
}

/// What a command says: lines for a person, a document for a program.
pub(super) struct Said {
    lines: Vec<String>,
    document: serde_json::Value,
}

impl Said {
    pub(super) fn new(lines: Vec<String>, document: &impl Serialize) -> anyhow::Result<Self> {
        Ok(Self { lines, document: serde_json::to_value(document)? })
    }

    fn print(&self, json: bool) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if json {
            writeln!(out, "{:#}", self.document)?;
        } else {
            for line in &self.lines {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }
}

impl IdentityCommand {
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        telemetry::install(&settings.telemetry);
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        let said = runtime.block_on(async {
            let platform = Platform::new(settings)?;
            let said = self.what.act(&state::identity(&platform)?).await;
            platform.database.close().await;
            said
        })?;
        said.print(self.json)
    }
}

impl What {
    async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        match self {
            Self::Pool(pool) => pool.act(identity).await,
            Self::User(users) => users.act(identity).await,
            Self::BootstrapAdmin(bootstrap) => bootstrap.act(identity).await,
            Self::Client(client) => client.act(identity).await,
            Self::Key(key) => key.act(identity).await,
            Self::Legacy(legacy) => legacy.act(identity).await,
            Self::Journal(Journal::Verify { pool }) => {
                let events = identity.verify_journal(&pool).await??;
                let lines = vec![format!("{pool}: {events} events, every link holds")];
                Said::new(lines, &serde_json::json!({ "pool": pool, "events": events }))
            }
        }
    }
}
