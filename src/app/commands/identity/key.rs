//! `assurly identity key …`.

use clap::Subcommand;
use serde_json::json;

use super::Said;
use crate::slices::identity::{Identity, KeyLine};

#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Show the keys of a pool
    List {
        /// Name of the pool
        pool: String,
    },
    /// Make the next key now; it signs 75 minutes later, when every verifier knows it
    Rotate {
        /// Name of the pool
        pool: String,
        /// Sign with it at once: verifiers that remember the key set refuse it for a while
        #[arg(long)]
        at_once: bool,
    },
    /// Drop a key that leaked: its tokens are refused, and another key signs
    Revoke {
        /// Name of the pool
        pool: String,
        /// Name of the key
        // Names are drawn: one in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

impl Key {
    pub(super) async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        match self {
            Self::List { pool } => {
                let keys = identity.pool_keys(&pool).await?;
                Said::new(keys.iter().map(line).collect(), &keys)
            }
            Self::Rotate { pool, at_once } => {
                let kid = identity.rotate_key(&pool, at_once).await?;
                Said::new(vec![format!("key {kid} is there")], &json!({ "kid": kid }))
            }
            Self::Revoke { pool, kid } => {
                identity.revoke_key(&pool, &kid).await?;
                Said::new(vec![format!("key {kid} is dropped")], &json!({ "kid": kid }))
            }
        }
    }
}

fn line(key: &KeyLine) -> String {
    let state = match (key.revoked_at, key.signs, key.published) {
        (Some(_), _, _) => "dropped",
        (None, true, _) => "signs",
        (None, false, true) => "published",
        (None, false, false) => "retired",
    };
    format!("{}  {}  {state:<9}  signs from {}", key.kid, key.algorithm, key.active_from)
}
