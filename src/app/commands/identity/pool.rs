//! `assurly identity pool …`.

use clap::Subcommand;
use serde_json::json;

use super::Said;
use crate::kernel::access::PoolKind;
use crate::slices::identity::model::{self, Algorithm};
use crate::slices::identity::{Identity, NewPool};

#[derive(Debug, Subcommand)]
pub(super) enum Pool {
    /// Make a pool: its own issuer, keys, people and applications
    Create {
        /// Name in addresses: lower-case letters, digits and hyphens
        slug: String,
        /// What its people are to us: clients, partenaires or gestion
        #[arg(long)]
        kind: PoolKind,
        /// Name shown to people, in French
        #[arg(long)]
        name_fr: String,
        /// Name shown to people, in English
        #[arg(long)]
        name_en: String,
        /// Colour of its pages
        #[arg(long, default_value = "#0f6e5b")]
        accent: String,
        /// ES256, or RS256 for libraries that know nothing else
        #[arg(long, default_value = "ES256")]
        algorithm: Algorithm,
    },
    /// Show every pool
    List,
}

impl Pool {
    pub(super) async fn act(self, identity: &Identity) -> anyhow::Result<Said> {
        match self {
            Self::Create { slug, kind, name_fr, name_en, accent, algorithm } => {
                let new = NewPool { slug, kind, name_fr, name_en, accent, algorithm };
                let pool = identity.add_pool(&new).await?;
                Said::new(vec![format!("pool {} is there", pool.slug)], &shown(&pool))
            }
            Self::List => {
                let pools = identity.all_pools().await?;
                let documents: Vec<_> = pools.iter().map(shown).collect();
                Said::new(pools.iter().map(line).collect(), &documents)
            }
        }
    }
}

fn line(pool: &model::Pool) -> String {
    let lock = pool.legacy_until.map_or_else(String::new, |at| format!("  old grants until {at}"));
    format!("{:<20} {:<12} {}  {}{lock}", pool.slug, pool.kind, pool.algorithm, pool.name_fr)
}

fn shown(pool: &model::Pool) -> serde_json::Value {
    json!({
        "slug": pool.slug.as_str(),
        "kind": pool.kind,
        "name_fr": pool.name_fr,
        "name_en": pool.name_en,
        "algorithm": pool.algorithm,
        "second_factor": pool.second_factor,
        "sign_up": pool.sign_up,
        "access_ttl_s": pool.access_ttl.as_secs(),
        "legacy_until": pool.legacy_until,
    })
}
