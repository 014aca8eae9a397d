//! Pools, made and listed by operators.

use super::AdminError;
use crate::kernel::access::PoolKind;
use crate::slices::identity::Identity;
use crate::slices::identity::model::{Algorithm, Pool, Slug};

/// Pools read at a time.
const PAGE: u32 = 500;

/// A pool to be made; the rest has its default by kind.
#[derive(Clone, Debug)]
pub struct NewPool {
    /// Name in addresses.
    pub slug: String,
    /// What its people are to us.
    pub kind: PoolKind,
    /// Name shown to people, in French.
    pub name_fr: String,
    /// Name shown to people, in English.
    pub name_en: String,
    /// Colour of its pages, `#rrggbb`.
    pub accent: String,
    /// What its tokens are signed with.
    pub algorithm: Algorithm,
}

impl Identity {
    /// Makes a pool.
    ///
    /// # Errors
    /// Its name is taken or none, or a rule is broken.
    pub async fn add_pool(&self, new: &NewPool) -> Result<Pool, AdminError> {
        let slug: Slug = new.slug.parse()?;
        let names = [new.name_fr.trim(), new.name_en.trim()];
        if names.iter().any(|name| name.is_empty() || name.chars().count() > 60) {
            return Err(AdminError::Rule("a name has 1 to 60 characters"));
        }
        let is_hex =
            |digits: &str| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !new.accent.strip_prefix('#').is_some_and(is_hex) {
            return Err(AdminError::Rule("a colour is #rrggbb"));
        }
        let id = self.core.entropy.uuid_v7(self.core.clock.now());
        let mut pool = Pool::new(id, slug, new.kind, names, &new.accent);
        pool.algorithm = new.algorithm;
        if !self.core.create_pool(&pool).await? {
            return Err(AdminError::Taken(new.slug.as_str().into()));
        }
        self.core.forget(&pool).await;
        Ok(pool)
    }

    /// Every pool, by name.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn all_pools(&self) -> Result<Vec<Pool>, AdminError> {
        let mut pools: Vec<Pool> = Vec::new();
        loop {
            let after = pools.last().map_or_else(String::new, |pool| pool.slug.to_string());
            let page = self.core.store.pools(&after, PAGE).await?;
            if page.is_empty() {
                return Ok(pools);
            }
            pools.extend(page);
        }
    }
}
