//! The `waf` section of the configuration: which groups of rules block, where they do not, and from
//! which weight on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::rules::Group;
use crate::platform::limits::Complaints;

/// What a group of rules does when it finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Its weight counts towards a refusal.
    Block,
    /// It is written down and nothing else.
    Count,
    /// It does not look.
    Off,
}

impl Mode {
    /// Its name in figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Count => "count",
            Self::Off => "off",
        }
    }
}

/// The firewall for requests.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WafSettings {
    /// Off looks at nothing; count refuses nothing.
    pub mode: Mode,
    /// Weight from which a request is refused.
    pub threshold: u32,
    /// Files of rules that stand in for those of the program, by their names; none when empty.
    pub rules_folder: PathBuf,
    /// How often that folder is looked at.
    pub reload_poll_ms: u64,
    /// The last findings, kept in memory for the operators' page.
    pub hits_kept: usize,
    /// Largest body that is read before its handler: larger ones go by unread.
    pub inspect_bytes_max: usize,
    /// What each group does; `mode` is the most that it may do.
    pub groups: BTreeMap<Group, Mode>,
    /// Addresses where groups do something else.
    #[serde(default)]
    pub routes: Vec<RouteRule>,
    /// Fields that are not looked at.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
}

/// What groups do at some addresses.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteRule {
    /// The address as it is routed, with its `{parameters}`; `*` at the end is any rest.
    pub route: String,
    /// The groups, and what they do here.
    pub groups: BTreeMap<Group, Mode>,
}

/// A field that some groups do not look at.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// As in [`RouteRule::route`].
    pub route: String,
    /// The name of the field, in lower case.
    pub field: String,
    /// The groups; all of them when empty.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Why: it is shown to the operators.
    pub reason: String,
}

impl WafSettings {
    /// How often the folder of rules is looked at.
    pub const fn reload_poll(&self) -> Duration {
        Duration::from_millis(self.reload_poll_ms)
    }

    /// What this group does at this address.
    pub fn mode(&self, group: Group, route: Option<&str>) -> Mode {
        let here = self.routes.iter().rev().find_map(|rule| {
            let applies = route.is_some_and(|route| covers(&rule.route, route));
            rule.groups.get(&group).filter(|_| applies)
        });
        let mode = here.or_else(|| self.groups.get(&group)).copied().unwrap_or(Mode::Block);
        match (self.mode, mode) {
            (Mode::Off, _) | (_, Mode::Off) => Mode::Off,
            (Mode::Count, _) | (_, Mode::Count) => Mode::Count,
            (Mode::Block, Mode::Block) => Mode::Block,
        }
    }

    /// Complains about every value that makes no sense.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("waf.threshold", self.threshold, 1..=100);
        complaints.range("waf.reload_poll_ms", self.reload_poll_ms, 100..=3_600_000);
        complaints.range("waf.hits_kept", self.hits_kept, 1..=10_000);
        complaints.range("waf.inspect_bytes_max", self.inspect_bytes_max, 1024..=16 << 20);
        for exclusion in &self.exclusions {
            let said = !exclusion.reason.trim().is_empty() && !exclusion.field.is_empty();
            complaints.unless(said, "waf.exclusions", "has an entry without a field or a reason");
        }
    }
}

/// Whether the pattern stands for this address.
pub(super) fn covers(pattern: &str, route: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => route.starts_with(start),
        None => pattern == route,
    }
}
