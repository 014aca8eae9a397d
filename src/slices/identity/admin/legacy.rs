//! The two locks of the old grants: one of the pool, one of the application, each opened for a reason and
//! for a time. `docs/security/deviations.md` says what is given up while both are open.

use std::time::Duration;

use jiff::Timestamp;

use super::AdminError;
use super::clients::known_scopes;
use crate::kernel::problem::Problem;
use crate::platform::db::again;
use crate::slices::identity::Identity;
use crate::slices::identity::model::{ClientId, ClientKind, Grant};

/// No lock is open longer.
const MOST_DAYS: u16 = 180;

/// For how long a lock is opened, and why.
#[derive(Clone, Debug)]
pub struct Legacy {
    /// Days from now.
    pub days: u16,
    /// Why, for the journal.
    pub reason: String,
}

impl Legacy {
    fn until(&self, now: Timestamp) -> Result<Timestamp, AdminError> {
        if !(1..=MOST_DAYS).contains(&self.days) {
            return Err(AdminError::Rule("a lock is open for 1 to 180 days"));
        }
        if !(3..=500).contains(&self.reason.trim().chars().count()) {
            return Err(AdminError::Rule("a reason has 3 to 500 characters"));
        }
        Ok(now + Duration::from_secs(u64::from(self.days) * 24 * 3600))
    }
}

impl Identity {
    /// Says which applications may use the old grants now: an operator who starts the program is to know.
    pub(in super::super) async fn warn_of_old_grants(&self) -> Result<(), Problem> {
        for open in self.core.store.open_legacy(self.core.clock.now()).await? {
            tracing::warn!(
                pool = %open.pool, client = %ClientId::from_uuid(open.client), name = %open.name,
                grants = %open.grants, until = %open.until,
                "implicit or password is open: see docs/security/deviations.md"
            );
        }
        Ok(())
    }

    /// Opens the pool's lock.
    ///
    /// # Errors
    /// There is no such pool, or the time is too long, or there is no reason.
    pub async fn open_pool_legacy(
        &self,
        pool: &str,
        legacy: &Legacy,
    ) -> Result<Timestamp, AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        let until = legacy.until(core.clock.now())?;
        let data =
            serde_json::json!({ "until": until.to_string(), "reason": legacy.reason.trim() });
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.set_pool_legacy(&mut transaction, pool.id, Some(until)).await?;
            core.done(transaction, &pool, "legacy.pool_opened", &data).await
        })
        .await?;
        Ok(until)
    }

    /// Shuts the pool's lock.
    ///
    /// # Errors
    /// There is no such pool.
    pub async fn close_pool_legacy(&self, pool: &str) -> Result<(), AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.set_pool_legacy(&mut transaction, pool.id, None).await?;
            core.done(transaction, &pool, "legacy.pool_closed", &serde_json::json!({})).await
        })
        .await
    }

    /// Opens an application's lock for one of the two grants, for these scopes at most.
    ///
    /// # Errors
    /// There is no such pool or application, or it may not have this grant.
    pub async fn open_client_legacy(
        &self,
        pool: &str,
        id: &str,
        grant: Grant,
        scopes: &str,
        legacy: &Legacy,
    ) -> Result<Timestamp, AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        let mut client = core.client_to_change(&pool, id).await?;
        let refused = match (grant, client.kind) {
            (Grant::Implicit, ClientKind::Public) => None,
            (Grant::Implicit, ClientKind::Confidential) => {
                Some("implicit is for public applications")
            }
            (Grant::Password, ClientKind::Confidential) if client.first_party => None,
            (Grant::Password, _) => Some("password is for confidential applications of ours"),
            _ => Some("the old grants are implicit and password"),
        };
        if let Some(rule) = refused {
            return Err(AdminError::Rule(rule));
        }
        let until = legacy.until(core.clock.now())?;
        client.legacy_scopes = known_scopes(scopes)?.and(&client.scopes);
        client.legacy_until = Some(until);
        if !client.grants.contains(&grant) {
            client.grants.push(grant);
        }
        let data = serde_json::json!({
            "client": id, "grant": grant, "scopes": client.legacy_scopes.to_string(),
            "until": until.to_string(), "reason": legacy.reason.trim(),
        });
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.set_client_legacy(&mut transaction, &client).await?;
            core.done(transaction, &pool, "legacy.client_opened", &data).await
        })
        .await?;
        Ok(until)
    }

    /// Shuts an application's lock.
    ///
    /// # Errors
    /// There is no such pool or application.
    pub async fn close_client_legacy(&self, pool: &str, id: &str) -> Result<(), AdminError> {
        let core = &self.core;
        let pool = core.pool_to_change(pool).await?;
        let mut client = core.client_to_change(&pool, id).await?;
        client.legacy_until = None;
        client.grants.retain(|grant| !matches!(grant, Grant::Implicit | Grant::Password));
        again(|| async {
            let mut transaction = core.store.begin().await?;
            core.store.set_client_legacy(&mut transaction, &client).await?;
            let data = serde_json::json!({ "client": id });
            core.done(transaction, &pool, "legacy.client_closed", &data).await
        })
        .await
    }
}
