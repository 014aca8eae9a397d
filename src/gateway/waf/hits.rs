//! A verdict as what operators are shown of it, and as figures.

use super::engine::Verdict;
use crate::platform::admission::FoundBy;

/// The rules of a verdict as rows.
pub(super) fn rows(verdict: &Verdict) -> Vec<FoundBy> {
    verdict
        .hits
        .iter()
        .map(|hit| FoundBy {
            id: hit.rule.to_string(),
            title: hit.title.to_string(),
            group: hit.group.name(),
            mode: hit.mode.name(),
            place: hit.place.clone(),
        })
        .collect()
}

/// Rules that operators are shown of one verdict.
const RULES_SHOWN: usize = 5;

/// The rules of a verdict in a line: identifiers, never a value or a name that was sent.
pub(super) fn named(verdict: &Verdict) -> Box<str> {
    let rules: Vec<_> = verdict.hits.iter().map(|hit| hit.rule.to_string()).collect();
    let more = if rules.len() > RULES_SHOWN { ", …" } else { "" };
    format!("{}{more}", rules.get(..RULES_SHOWN).unwrap_or(&rules).join(", ")).into()
}

/// Counts a verdict.
pub(super) fn count(verdict: &Verdict) {
    let word = match (verdict.is_refused, verdict.hits.is_empty()) {
        (true, _) => "refused",
        (false, false) => "noted",
        (false, true) => "clean",
    };
    metrics::counter!("waf_requests_total", "verdict" => word).increment(1);
    for hit in &verdict.hits {
        let (rule, group) = (hit.rule.to_string(), hit.group.name());
        metrics::counter!("waf_rule_hits_total", "rule" => rule, "group" => group, "mode" => hit.mode.name())
            .increment(1);
    }
}
