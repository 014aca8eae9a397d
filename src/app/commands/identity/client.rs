//! `assurly identity client …`.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Said;
use crate::platform::crypto::Opaque;
use crate::slices::identity::model::{self, ClientKind, Grant};
use crate::slices::identity::{Identity, NewClient};

#[derive(Debug, Subcommand)]
pub(super) enum Client {
    /// Register an application; its secret, if it keeps one, is printed once
    Create(Create),
    /// Show the applications of a pool
    List {
        /// Name of the pool
        pool: String,
    },
    /// Serve an application no more: its tokens live until their end, an hour at most
    Disable {
        /// Name of the pool
        pool: String,
        /// `client_id` of the application
        client: String,
    },
    /// Serve an application again
    Enable {
        /// Name of the pool
        pool: String,
        /// `client_id` of the application
        client: String,
    },
    /// Print a new secret, once; the one before works until the next time
    RotateSecret {
        /// Name of the pool
        pool: String,
        /// `client_id` of the application
        client: String,
        /// End the secret before at once
        #[arg(long)]
        drop_old: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Name of the pool
    pool: String,
    /// Name shown to people
    #[arg(long)]
    name: String,
    /// public (mobile and browser applications) or confidential (servers)
    #[arg(long)]
    kind: ClientKind,
    /// A way to obtain tokens: authorization_code, refresh_token, client_credentials
    #[arg(long = "grant", required = true)]
    grants: Vec<Grant>,
    /// Where answers may go, exactly; may be repeated
    #[arg(long = "redirect-uri")]
    redirect_uris: Vec<String>,
    /// Where a logout may lead, exactly; may be repeated
    #[arg(long = "logout-uri")]
    logout_uris: Vec<String>,
    /// The most that it may ask for, separated by spaces
    #[arg(long, default_value = "openid")]
    scopes: String,
    /// An application of ours: people are not asked to agree
    #[arg(long)]
    first_party: bool,
    /// Life of its access tokens in seconds, when not the pool's
    #[arg(long)]
    access_ttl: Option<u64>,
}

impl Client {
    pub(super) async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        match self {
            Self::Create(create) => create.act(identity).await,
            Self::List { pool } => {
                let clients = identity.pool_clients(&pool).await?;
                let documents: Vec<_> = clients.iter().map(shown).collect();
                Said::new(clients.iter().map(line).collect(), &documents)
            }
            Self::Disable { pool, client } => enable(identity, &pool, &client, false).await,
            Self::Enable { pool, client } => enable(identity, &pool, &client, true).await,
            Self::RotateSecret { pool, client, drop_old } => {
                let secret = identity.rotate_secret(&pool, &client, drop_old).await?;
                let secret = secret.expose();
                let lines = vec![format!("client_secret {secret}"), ONCE.to_owned()];
                Said::new(lines, &json!({ "client_id": client, "client_secret": secret }))
            }
        }
    }
}

const ONCE: &str = "Keep it now: it is not shown again.";

impl Create {
    async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        let new = NewClient {
            name: self.name,
            kind: self.kind,
            grants: self.grants,
            redirect_uris: self.redirect_uris,
            logout_uris: self.logout_uris,
            scopes: self.scopes,
            first_party: self.first_party,
            access_ttl: self.access_ttl.map(Duration::from_secs),
        };
        let (client, secret) = identity.add_client(&self.pool, &new).await?;
        let secret = secret.as_ref().map(Opaque::expose);
        let mut lines = vec![format!("client_id     {}", client.public_id())];
        if let Some(secret) = secret {
            lines.push(format!("client_secret {secret}"));
            lines.push(ONCE.to_owned());
        }
        let mut document = shown(&client);
        document["client_secret"] = secret.into();
        Said::new(lines, &document)
    }
}

async fn enable(
    identity: &Identity,
    pool: &str,
    client: &str,
    enabled: bool,
) -> anyhow::Result<Said> {
    identity.enable_client(pool, client, enabled).await?;
    let state = if enabled { "served again" } else { "served no more" };
    let lines = vec![format!("{client} is {state}")];
    Said::new(lines, &json!({ "client_id": client, "enabled": enabled }))
}

fn line(client: &model::Client) -> String {
    let state = if client.disabled_at.is_some() { "  disabled" } else { "" };
    let grants: Vec<_> = client.grants.iter().map(|grant| grant.code()).collect();
    let (id, kind) = (client.public_id(), client.kind);
    format!("{id}  {kind:<12}  {}  [{}]{state}", client.name, grants.join(" "))
}

fn shown(client: &model::Client) -> serde_json::Value {
    json!({
        "client_id": client.public_id(),
        "name": client.name,
        "kind": client.kind,
        "grants": client.grants,
        "redirect_uris": client.redirect_uris,
        "logout_uris": client.logout_uris,
        "scopes": client.scopes.to_string(),
        "first_party": client.first_party,
        "legacy_scopes": client.legacy_scopes.to_string(),
        "legacy_until": client.legacy_until,
        "disabled_at": client.disabled_at,
    })
}
