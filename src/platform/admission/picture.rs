//! The picture of one instant, and the handle through which it is asked and replaced.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::{ArcSwapOption, Guard};
use jiff::Timestamp;

use super::key::{KnownKey, Secret, Unfit, prefix_of};
use super::lease::Leases;
use super::refusals::Refusals;
use super::rules::Rules;
use crate::platform::clock::Clock;

/// What may come in, at one instant.
#[derive(Default)]
pub struct Picture {
    /// Live secrets by their public part.
    pub secrets: HashMap<Box<str>, Secret>,
    /// Plans, policies, origins, certificates.
    pub rules: Rules,
}

impl Picture {
    /// The key that was presented, if it is good now and from there.
    ///
    /// # Errors
    /// Why it is not: for the log.
    pub fn find(
        &self,
        presented: &str,
        now: Timestamp,
        from: IpAddr,
    ) -> Result<Arc<KnownKey>, Unfit> {
        let prefix = prefix_of(presented).ok_or(Unfit::Malformed)?;
        let secret = self.secrets.get(prefix).ok_or(Unfit::Unknown)?;
        secret.judge(presented, now, from)
    }
}

/// The current picture, and the count behind it. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Admission(Arc<Inner>);

struct Inner {
    picture: ArcSwapOption<Picture>,
    leases: Arc<dyn Leases>,
    clock: Clock,
    refusals: Refusals,
}

impl Admission {
    /// Without a picture yet.
    pub fn new(leases: Arc<dyn Leases>, clock: Clock) -> Self {
        let refusals = Refusals::default();
        Self(Arc::new(Inner { picture: ArcSwapOption::empty(), leases, clock, refusals }))
    }

    /// Replaces the picture.
    pub fn replace(&self, picture: Picture) {
        self.0.picture.store(Some(Arc::new(picture)));
    }

    /// The picture; none before it was read for the first time.
    pub fn picture(&self) -> Guard<Option<Arc<Picture>>> {
        self.0.picture.load()
    }

    /// The count that all copies share.
    pub fn leases(&self) -> &dyn Leases {
        &*self.0.leases
    }

    /// Who was refused, until it is kept.
    pub fn refusals(&self) -> &Refusals {
        &self.0.refusals
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}
