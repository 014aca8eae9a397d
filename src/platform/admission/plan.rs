//! A usage plan: how fast, how much, and what each operation costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::period::Period;

/// What the calls of a key are held to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Calls per second, over all copies of the service together.
    pub rate_per_s: u32,
    /// Calls at once, before the rate holds them.
    pub burst: u32,
    /// Units per period; none is no limit.
    #[serde(default)]
    pub quota: Quotas,
    /// Units of a call, by the operation's name; one for those that are not named.
    #[serde(default)]
    pub costs: BTreeMap<String, u32>,
}

/// Units per period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    /// Each day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<u64>,
    /// Each week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<u64>,
    /// Each month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<u64>,
}

impl Quotas {
    /// The limit of this period, if there is one.
    pub const fn of(&self, period: Period) -> Option<u64> {
        match period {
            Period::Day => self.day,
            Period::Week => self.week,
            Period::Month => self.month,
        }
    }
}

impl Plan {
    /// Units of a call of this operation.
    pub fn cost(&self, operation: &str) -> u32 {
        self.costs.get(operation).copied().unwrap_or(1)
    }

    /// What is wrong with it, if anything is.
    pub fn fault(&self) -> Option<&'static str> {
        let quotas = Period::ALL.map(|period| self.quota.of(period));
        let are_right = |limit: &u64| (1..=1_000_000_000_000).contains(limit);
        if !(1..=1_000_000).contains(&self.rate_per_s) || !(1..=1_000_000).contains(&self.burst) {
            Some("rate_per_s and burst go from 1 to 1000000")
        } else if !quotas.iter().flatten().all(are_right) {
            Some("a quota goes from 1 to 1000000000000")
        } else if self.costs.len() > 200 || self.costs.values().any(|cost| *cost > 1_000_000) {
            Some("at most 200 costs, each from 0 to 1000000")
        } else {
            None
        }
    }
}
