//! Renewing the picture: a small read every few seconds, and the whole of it when something changed.
//! Counts are written down at the same time. What cannot be read leaves the picture as it is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan;
use uuid::Uuid;

use super::service::{Admissions, read};
use super::store::LiveRow;
use crate::kernel::problem::Problem;
use crate::platform::admission::{
    KnownKey, Meter, Networks, Owner, Picture, Plan, Rules, Secret, Usage,
};

/// What was read last.
#[derive(Default)]
pub(super) struct Known {
    version: Option<u64>,
    copies: u32,
    meters: HashMap<Uuid, Arc<Meter>>,
    /// Counts that could not be written down.
    owed: Vec<Usage>,
}

/// Counts that wait for the database at most; beyond it they are not written down.
const OWED_MAX: usize = 100_000;

impl Admissions {
    /// Says that this copy runs, writes down what was served, and renews the picture if something
    /// changed.
    ///
    /// # Errors
    /// The database does not answer: the picture stays as it is.
    pub async fn refresh(&self) -> Result<(), Problem> {
        let mut known = self.0.known.lock().await;
        self.write_counts(&mut known).await?;
        self.keep_refusals().await?;
        let copies = self.copies().await?;
        let version = self.0.store.version().await?;
        if known.version == Some(version) && known.copies == copies {
            return Ok(());
        }
        self.renew(&mut known, copies).await?;
        known.version = Some(version);
        Ok(())
    }

    /// This copy ends: its share of the rates is for the others.
    pub async fn leave(&self) {
        let mut known = self.0.known.lock().await;
        // Ending all the same: the others find out by themselves.
        drop(self.write_counts(&mut known).await);
        drop(self.0.store.leave(self.0.copy).await);
    }

    async fn copies(&self) -> Result<u32, Problem> {
        let now = self.0.clock.now();
        self.0.store.beat(self.0.copy, now).await?;
        let since = now - self.0.settings.poll() * 3 - Duration::from_secs(5);
        let copies = self.0.store.copies(since).await?;
        Ok(u32::try_from(copies).unwrap_or(1).max(1))
    }

    async fn write_counts(&self, known: &mut Known) -> Result<(), Problem> {
        let Known { meters, owed, .. } = known;
        owed.extend(meters.values().flat_map(|meter| meter.collect()));
        owed.truncate(OWED_MAX);
        let now = self.0.clock.now();
        while let Some(usage) = owed.last() {
            self.0.store.served(usage, now).await?;
            owed.pop();
        }
        Ok(())
    }

    async fn renew(&self, known: &mut Known, copies: u32) -> Result<(), Problem> {
        let row = self.0.store.current_rules().await?;
        let rules = match row {
            // What this version cannot read leaves the picture of before: the last good rules.
            Some(row) => read(row.document.0)?,
            None => Rules::default(),
        };
        let live = self.0.store.live(self.0.clock.now()).await?;
        let plans: HashMap<_, _> = rules
            .plans
            .iter()
            .map(|(name, plan)| (name.as_str(), Arc::new(plan.clone())))
            .collect();
        let mut keys: HashMap<Uuid, Arc<KnownKey>> = HashMap::new();
        let mut secrets = HashMap::new();
        for row in live {
            let key = match keys.get(&row.id) {
                Some(key) => Arc::clone(key),
                None => {
                    let Some(key) = self.key(&row, &plans, known, copies) else { continue };
                    keys.entry(row.id).or_insert_with(|| Arc::new(key)).clone()
                }
            };
            let Ok(hash) = <[u8; 32]>::try_from(row.hash.as_slice()) else { continue };
            let expires = row.expires_at.map(|at| at.0);
            secrets.insert(row.prefix.into_boxed_str(), Secret { hash, expires, key });
        }
        // Those that are gone have their last counts collected by now, or lose a few seconds of them.
        known.meters.retain(|id, _| keys.contains_key(id));
        known.copies = copies;
        metrics::gauge!("gateway_keys")
            .set(f64::from(u32::try_from(keys.len()).unwrap_or(u32::MAX)));
        metrics::gauge!("gateway_copies").set(f64::from(copies));
        self.0.admission.replace(Picture { secrets, rules });
        Ok(())
    }

    /// The key of a row; none when its plan or its networks cannot be read: it opens nothing then.
    fn key(
        &self,
        row: &LiveRow,
        plans: &HashMap<&str, Arc<Plan>>,
        known: &mut Known,
        copies: u32,
    ) -> Option<KnownKey> {
        let (plan, networks) = (plans.get(row.plan.as_str()), Networks::parse(&row.networks.0));
        let (Some(plan), Ok(networks)) = (plan, networks) else {
            tracing::error!(key = %row.id, plan = row.plan, "a key without its plan opens nothing");
            return None;
        };
        let new = || Arc::new(Meter::new(row.id, plan, copies));
        let meter = known.meters.entry(row.id).or_insert_with(new);
        meter.hold_to(plan, copies);
        let owner = row.owner_issuer.as_deref().zip(row.owner_client.as_deref());
        let owner =
            owner.map(|(issuer, client)| Owner { issuer: issuer.into(), client: client.into() });
        Some(KnownKey {
            id: row.id,
            name: row.name.as_str().into(),
            owner,
            networks,
            plan: Arc::clone(plan),
            meter: Arc::clone(meter),
        })
    }

    /// Forgets what is over, a little at a time.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn forget_old(&self) -> Result<(), Problem> {
        let (store, today) = (&self.0.store, self.0.clock.today_in_paris());
        let days = i64::from(self.0.settings.retention_days.max(62));
        store.forget_counts(today.saturating_sub(days.days())).await?;
        self.forget_refusals().await?;
        store.forget_copies(self.0.clock.now() - Duration::from_secs(3600)).await?;
        Ok(())
    }
}
