//! `assurly identity user …` and `assurly identity bootstrap-admin`: accounts, by an operator. A link is
//! printed once and kept nowhere.

use clap::{Args, Subcommand};
use serde_json::json;

use super::identity::Said;
use crate::slices::identity::{Change, Identity, Invitation, Linked, Listed};

/// One account.
#[derive(Debug, Args)]
pub(super) struct Who {
    /// Name of the pool: clients, partenaires, gestion…
    #[arg(long)]
    pool: String,
    /// Address of the account
    #[arg(long)]
    email: String,
}

/// What is done to accounts.
#[derive(Debug, Subcommand)]
pub(super) enum Users {
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
    /// Accounts that are linked to an account; only who owns both links them
    #[command(subcommand)]
    Link(Link),
}

#[derive(Debug, Subcommand)]
pub(super) enum Link {
    /// List them
    List(Who),
    /// Remove one: it stands for itself again
    Remove {
        #[command(flatten)]
        who: Who,
        /// Name of the link, as `list` shows it
        link: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Group {
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

impl Bootstrap {
    /// Makes the first administrator and says the link: once.
    pub(super) async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        link(identity.bootstrap_administrator(&self.pool, &self.email).await?)
    }
}

impl Users {
    pub(super) async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        match self {
            Self::Create { who, given_name, family_name, group } => {
                let invitation = Invitation {
                    email: &who.email,
                    given_name: given_name.as_deref(),
                    family_name: family_name.as_deref(),
                    groups: &group,
                    ..Invitation::default()
                };
                link(identity.invite(&who.pool, &invitation).await?)
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
            Self::Link(Link::List(who)) => {
                let links = identity.links(&who.pool, &who.email).await?;
                let line =
                    |it: &Linked| format!("{}  {}  {}  {}", it.id, it.since, it.issuer, it.subject);
                Said::new(links.iter().map(line).collect(), &links)
            }
            Self::Link(Link::Remove { who, link }) => {
                let removed = identity.remove_link(&who.pool, &who.email, &link).await?;
                anyhow::ensure!(
                    removed,
                    "the account has no link `{link}`; `link list` shows them"
                );
                Said::new(Vec::new(), &json!({ "done": true }))
            }
        }
    }
}

impl Who {
    async fn change(&self, identity: &Identity, change: Change<'_>) -> anyhow::Result<Said> {
        identity.change_user(&self.pool, &self.email, change).await?;
        Said::new(Vec::new(), &json!({ "done": true }))
    }
}

async fn list(identity: &Identity, pool: &str) -> anyhow::Result<Said> {
    let (mut lines, mut users) = (Vec::new(), Vec::new());
    let each = |user: Listed| {
        let Listed { id, email, name, state, groups } = user;
        let line = format!("{id}  {state:<11}  {email}  {name}  {}", groups.join(","));
        lines.push(line.trim_end().to_owned());
        users.push(json!({
            "id": id, "email": email, "name": name, "state": state, "groups": groups,
        }));
    };
    identity.list_users(pool, each).await?;
    Said::new(lines, &users)
}

fn link(link: String) -> anyhow::Result<Said> {
    let document = json!({ "link": link });
    Said::new(vec![link], &document)
}
