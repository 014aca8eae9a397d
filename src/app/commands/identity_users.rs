//! `assurly identity user …` and `assurly identity bootstrap-admin`: accounts, by an operator. A link is
//! printed once and kept nowhere.

use std::io::Write as _;

use anyhow::Context as _;
use clap::{Args, Subcommand};

use crate::app::settings::Settings;
use crate::app::state::{self, Platform};
use crate::slices::identity::{Change, Identity, Invitation};

/// Arguments of `identity user`.
#[derive(Debug, Args)]
pub(super) struct Users {
    #[command(subcommand)]
    work: Work,
}

/// One account.
#[derive(Debug, Args)]
struct Who {
    /// Name of the pool: clients, partenaires, gestion…
    #[arg(long)]
    pool: String,
    /// Address of the account
    #[arg(long)]
    email: String,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Make an account and print the link where its owner chooses a password: once, good for an hour
    Create {
        #[command(flatten)]
        who: Who,
        /// First name
        #[arg(long, value_name = "NAME")]
        given_name: Option<String>,
        /// Last name
        #[arg(long, value_name = "NAME")]
        family_name: Option<String>,
        /// Group to be in; may be repeated
        #[arg(long, value_name = "GROUP")]
        group: Vec<String>,
    },
    /// List the accounts of a pool
    List {
        /// Name of the pool
        #[arg(long)]
        pool: String,
    },
    /// Shut an account; its sessions end
    Disable(Who),
    /// Open an account again
    Enable(Who),
    /// Put an account into a group, or take it out
    #[command(subcommand)]
    Group(Group),
    /// Remove the second factors and recovery codes of an account; its sessions end
    ResetFactors(Who),
    /// End the sessions of an account
    Logout(Who),
}

#[derive(Debug, Subcommand)]
enum Group {
    /// Put an account into a group
    Add {
        #[command(flatten)]
        who: Who,
        /// Name of the group
        group: String,
    },
    /// Take an account out of a group
    Remove {
        #[command(flatten)]
        who: Who,
        /// Name of the group
        group: String,
    },
}

/// Arguments of `identity bootstrap-admin`.
#[derive(Debug, Args)]
pub(super) struct Bootstrap {
    /// Name of the pool
    #[arg(long, default_value = "gestion")]
    pool: String,
    /// Address of the first administrator
    #[arg(long)]
    email: String,
}

impl Users {
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        with_identity(settings, async |identity| self.work.run(identity).await)
    }
}

impl Bootstrap {
    /// Makes the first administrator and prints the link: once.
    pub(super) fn run(self, settings: Settings) -> anyhow::Result<()> {
        with_identity(settings, async |identity| {
            say(&identity.bootstrap_administrator(&self.pool, &self.email).await?)
        })
    }
}

impl Work {
    async fn run(self, identity: &Identity) -> anyhow::Result<()> {
        match self {
            Self::Create { who, given_name, family_name, group } => {
                let invitation = Invitation {
                    email: &who.email,
                    given_name: given_name.as_deref(),
                    family_name: family_name.as_deref(),
                    groups: &group,
                    ..Invitation::default()
                };
                say(&identity.invite(&who.pool, &invitation).await?)
            }
            Self::List { pool } => list(identity, &pool).await,
            Self::Disable(who) => who.change(identity, Change::Disable).await,
            Self::Enable(who) => who.change(identity, Change::Enable).await,
            Self::Group(Group::Add { who, group }) => {
                who.change(identity, Change::Join(&group)).await
            }
            Self::Group(Group::Remove { who, group }) => {
                who.change(identity, Change::Leave(&group)).await
            }
            Self::ResetFactors(who) => who.change(identity, Change::ResetFactors).await,
            Self::Logout(who) => who.change(identity, Change::Logout).await,
        }
    }
}

impl Who {
    async fn change(&self, identity: &Identity, change: Change<'_>) -> anyhow::Result<()> {
        Ok(identity.change_user(&self.pool, &self.email, change).await?)
    }
}

async fn list(identity: &Identity, pool: &str) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    let each = |user: crate::slices::identity::Listed| {
        let groups = user.groups.join(",");
        lines.push(format!(
            "{}  {:<11}  {}  {}  {groups}",
            user.id, user.state, user.email, user.name
        ));
    };
    identity.list_users(pool, each).await?;
    for line in lines {
        say(line.trim_end())?;
    }
    Ok(())
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// Runs on the database of the configuration, without serving.
fn with_identity(
    settings: Settings,
    work: impl AsyncFnOnce(&Identity) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    runtime.block_on(async {
        let platform = Platform::new(settings)?;
        let identity = state::identity(&platform, &state::messages(&platform)?);
        let done = work(&identity).await;
        platform.database.close().await;
        done
    })
}
