//! `assurly identity legacy …`: the two locks of the old grants.

use clap::{Args, Subcommand};
use serde_json::json;

use super::Said;
use crate::slices::identity::model::Grant;
use crate::slices::identity::{self, Identity};

#[derive(Debug, Subcommand)]
pub(super) enum Legacy {
    /// Open the pool's lock
    OpenPool {
        /// Name of the pool
        pool: String,
        #[command(flatten)]
        terms: Terms,
    },
    /// Shut the pool's lock
    ClosePool {
        /// Name of the pool
        pool: String,
    },
    /// Open an application's lock for one grant
    OpenClient {
        /// Name of the pool
        pool: String,
        /// `client_id` of the application
        client: String,
        /// implicit or password
        #[arg(long)]
        grant: Grant,
        /// The most that such tokens may be used for, separated by spaces
        #[arg(long)]
        scopes: String,
        #[command(flatten)]
        terms: Terms,
    },
    /// Shut an application's lock
    CloseClient {
        /// Name of the pool
        pool: String,
        /// `client_id` of the application
        client: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Terms {
    /// For how many days, 180 at most
    #[arg(long)]
    days: u16,
    /// Why: kept in the journal
    #[arg(long)]
    reason: String,
}

impl From<Terms> for identity::Legacy {
    fn from(terms: Terms) -> Self {
        Self { days: terms.days, reason: terms.reason }
    }
}

impl Legacy {
    pub(super) async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        let until = match self {
            Self::OpenPool { pool, terms } => {
                Some(identity.open_pool_legacy(&pool, &terms.into()).await?)
            }
            Self::ClosePool { pool } => {
                identity.close_pool_legacy(&pool).await?;
                None
            }
            Self::OpenClient { pool, client, grant, scopes, terms } => {
                let terms = terms.into();
                Some(identity.open_client_legacy(&pool, &client, grant, &scopes, &terms).await?)
            }
            Self::CloseClient { pool, client } => {
                identity.close_client_legacy(&pool, &client).await?;
                None
            }
        };
        let line = until.map_or_else(|| "shut".to_owned(), |until| format!("open until {until}"));
        Said::new(vec![line], &json!({ "until": until }))
    }
}
