//! `assurly gateway key …`.

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use super::{Desk, Said};
use crate::slices::admission::{KeyId, KeyLine, KeyOwner, NewKey, NewSecret};

#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Make a key; its secret is printed once
    Create {
        /// What people call it
        name: String,
        /// Name of its plan
        #[arg(long)]
        plan: String,
        /// Network that it may come from; may be repeated; from anywhere without
        #[arg(long = "network", value_name = "NETWORK")]
        networks: Vec<String>,
        /// Application that holds it, as its tokens name it
        #[arg(long, requires = "issuer", value_name = "CLIENT")]
        client: Option<String>,
        /// Issuer of the application's tokens
        #[arg(long, requires = "client", value_name = "URL")]
        issuer: Option<String>,
        /// End of its secret, such as 2027-12-31T23:00:00Z; none without
        #[arg(long, value_name = "INSTANT")]
        expires: Option<Timestamp>,
    },
    /// Show the keys
    List {
        /// At most so many
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Show a key, its secrets and what was used
    Show {
        /// Identifier, `key_…`
        #[arg(value_parser = identifier)]
        id: KeyId,
    },
    /// Give a key a second secret, printed once; the first one lives on
    Rotate {
        /// Identifier, `key_…`
        #[arg(value_parser = identifier)]
        id: KeyId,
        /// End of the new secret; none without
        #[arg(long, value_name = "INSTANT")]
        expires: Option<Timestamp>,
        /// End of the old secret
        #[arg(long, value_name = "INSTANT")]
        old_ends: Option<Timestamp>,
    },
    /// Put a key on another plan, or let it come from other networks
    Change {
        /// Identifier, `key_…`
        #[arg(value_parser = identifier)]
        id: KeyId,
        /// Name of its plan
        #[arg(long)]
        plan: Option<String>,
        /// Network that it may come from, in the place of those before; may be repeated
        #[arg(long = "network", value_name = "NETWORK", conflicts_with = "anywhere")]
        networks: Vec<String>,
        /// Let it come from anywhere
        #[arg(long)]
        anywhere: bool,
    },
    /// End a key, or one secret of it; in force everywhere after `admission.poll_ms`
    Revoke {
        /// Identifier, `key_…`
        #[arg(value_parser = identifier)]
        id: KeyId,
        /// Public part of the secret; the whole key without
        #[arg(long, value_name = "PREFIX")]
        secret: Option<String>,
    },
}

impl Key {
    pub(super) async fn act(self, desk: &Desk) -> anyhow::Result<Said> {
        let (admissions, author) = (&desk.admissions, desk.author.as_str());
        match self {
            Self::Create { name, plan, networks, client, issuer, expires } => {
                let owner = issuer.zip(client);
                let owner = owner.map(|(issuer, client)| KeyOwner { issuer, client });
                let new = NewKey { name, plan, owner, networks, expires };
                made(&admissions.create_key(author, &new).await?)
            }
            Self::List { limit } => {
                let keys = admissions.list_keys(limit).await?;
                Said::new(keys.iter().map(line).collect(), &keys)
            }
            Self::Show { id } => {
                let key = admissions.show_key(id).await?;
                Said::new(lines(&key), &key)
            }
            Self::Rotate { id, expires, old_ends } => {
                made(&admissions.rotate_key(author, id, expires, old_ends).await?)
            }
            Self::Change { id, plan, networks, anywhere } => {
                let networks = (anywhere || !networks.is_empty()).then_some(networks);
                admissions.change_key(author, id, plan.as_deref(), networks.as_deref()).await?;
                Said::new(vec![format!("{id} is changed")], &json!({ "done": true }))
            }
            Self::Revoke { id, secret } => {
                admissions.revoke_key(author, id, secret.as_deref()).await?;
                Said::new(vec![format!("{id}: revoked")], &json!({ "done": true }))
            }
        }
    }
}

fn made(secret: &NewSecret) -> anyhow::Result<Said> {
    Said::new(vec![secret.id.clone(), secret.secret.clone()], secret)
}

fn line(key: &KeyLine) -> String {
    let live = key.secrets.iter().filter(|secret| secret.state == "live");
    let live: Vec<_> = live.map(|secret| secret.prefix.as_str()).collect();
    let state = if key.revoked.is_some() { "revoked" } else { "live" };
    let today = key.usage.iter().find(|usage| usage.current);
    let used = today.map_or_else(String::new, |usage| {
        let limit = usage.limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        format!("{} {}/{limit}", usage.period, usage.used)
    });
    format!(
        "{}  {state:<7}  {:<16}  {:<17}  {used:<18}  {}",
        key.id,
        key.plan,
        live.join(","),
        key.name
    )
}

fn lines(key: &KeyLine) -> Vec<String> {
    let mut lines = vec![line(key)];
    if let Some(owner) = &key.owner {
        lines.push(format!("  owner    {} of {}", owner.client, owner.issuer));
    }
    if !key.networks.is_empty() {
        lines.push(format!("  networks {}", key.networks.join(" ")));
    }
    for secret in &key.secrets {
        let end = secret.expires.as_deref().unwrap_or("none");
        lines.push(format!("  secret   {}  {:<7}  end {end}", secret.prefix, secret.state));
    }
    for usage in &key.usage {
        let limit = usage.limit.map_or_else(|| "-".to_owned(), |limit| limit.to_string());
        lines.push(format!(
            "  used     {:<5} {}  {}/{limit}",
            usage.period, usage.starts, usage.used
        ));
    }
    lines
}

fn identifier(text: &str) -> Result<KeyId, String> {
    text.parse().map_err(|_| "not the identifier of a key, `key_…`".to_owned())
}
