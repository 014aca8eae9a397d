//! `assurly gateway …`: what operators do to API keys, plans and rules, and what they see. Each act is
//! written down with its author; a secret is printed once and kept nowhere.

mod key;
mod rules;

use std::io::Write;

use anyhow::Context;
use axum::extract::FromRef;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use crate::app::router;
use crate::app::settings::Settings;
use crate::app::state::{AppState, Platform};
use crate::platform::telemetry;
use crate::slices::admission::Admissions;
use crate::slices::quotes::Pricer;

/// Work on API keys, plans and rules of the gateway.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct GatewayCommand {
    /// Print JSON instead of lines
    #[arg(long, global = true)]
    json: bool,
    /// Who does this, for the list of events
    #[arg(long, global = true, default_value = "command line", value_name = "NAME")]
    author: String,
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "Examples:
  assurly gateway rules check docs/examples/gateway-rules.toml
  assurly gateway rules apply docs/examples/gateway-rules.toml --note 'plans of 2027'
  assurly gateway key create 'Courtier Dupont' --plan courtier --network 192.0.2.0/24
  assurly gateway key rotate key_… --old-ends 2027-01-31T23:00:00Z
  assurly gateway rules history
  assurly gateway rules rollback 3
  assurly gateway refusals --of 192.0.2.7";

#[derive(Debug, Subcommand)]
enum What {
    /// API keys, their secrets and what was used of their quotas
    #[command(subcommand)]
    Key(key::Key),
    /// Plans, policies, origins, certificates: checked, applied and taken back as a whole
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Who was refused and why, the newest first
    Refusals {
        /// Only those of this address, public part of a key, application, problem or request
        #[arg(long, default_value = "", hide_default_value = true, value_name = "WHAT")]
        of: String,
        /// At most so many lines
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// What operators did, the newest first
    Events {
        /// At most so many lines
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
}

/// What a command says: lines for a person, a document for a program.
struct Said {
    lines: Vec<String>,
    document: Value,
}

impl Said {
    fn new(lines: Vec<String>, document: &impl Serialize) -> anyhow::Result<Self> {
        Ok(Self { lines, document: serde_json::to_value(document)? })
    }
}

/// Whom the work is done for, and on what.
struct Desk {
    admissions: Admissions,
    author: String,
}

impl GatewayCommand {
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        telemetry::install(&settings.telemetry);
        let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
        let (json, author) = (self.json, self.author);
        let said = runtime.block_on(async {
            let platform = Platform::new(settings)?;
            let pricer = Pricer::shipped().map_err(anyhow::Error::msg)?;
            let state = AppState::new(&platform, pricer)?;
            let desk = Desk { admissions: Admissions::from_ref(&state), author };
            let names = router::api(&state).operations().iter().map(|it| it.id).collect();
            desk.admissions.know_operations(names);
            let said = self.what.act(&desk).await;
            platform.database.close().await;
            said
        })?;
        print(&said, json)
    }
}

fn print(said: &Said, json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{:#}", said.document)?;
        return Ok(());
    }
    for line in &said.lines {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

impl What {
    async fn act(self, desk: &Desk) -> anyhow::Result<Said> {
        match self {
            Self::Key(key) => key.act(desk).await,
            Self::Rules(rules) => rules.act(desk).await,
            Self::Refusals { of, limit } => refusals(desk, &of, limit).await,
            Self::Events { limit } => events(desk, limit).await,
        }
    }
}

async fn refusals(desk: &Desk, of: &str, limit: u32) -> anyhow::Result<Said> {
    let found = desk.admissions.refusals(of, limit).await?;
    let line = |it: &crate::slices::admission::RefusalLine| {
        let who = it.api_key.as_deref().or(it.application.as_deref()).unwrap_or("-");
        format!(
            "{}  {:>5} x  {:<39}  {who:<12}  {} {} {}  {}  {}  {}",
            it.at,
            it.times,
            it.address,
            it.status,
            it.method,
            it.route,
            it.slug,
            it.why.as_deref().unwrap_or("-"),
            it.request_id
        )
    };
    Said::new(found.iter().map(line).collect(), &found)
}

async fn events(desk: &Desk, limit: u32) -> anyhow::Result<Said> {
    let found = desk.admissions.events(limit).await?;
    let line = |it: &crate::slices::admission::EventLine| {
        format!("{}  {:<16}  {:<12}  {}  {}", it.at, it.author, it.act, it.subject, it.detail)
    };
    Said::new(found.iter().map(line).collect(), &found)
}
