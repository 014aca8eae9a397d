//! The last findings, kept in memory for the operators, and the figures. No payload is kept: what was
//! sent may be somebody's, and what an attacker writes belongs in no log.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use super::engine::Verdict;

/// One request in which something was found.
#[derive(Clone, Debug, Serialize)]
pub struct HitRow {
    /// When.
    pub at: Timestamp,
    /// Reference of the request, the one that its sender was shown.
    pub trace_id: String,
    /// Its method.
    pub method: String,
    /// The address as it is routed; `unmatched` when nobody serves it.
    pub route: String,
    /// Address of the network it came from.
    pub client: String,
    /// Whether it was refused.
    pub is_refused: bool,
    /// Its weight.
    pub score: u32,
    /// What was found, and where.
    pub rules: Vec<RuleRow>,
}

/// One rule that found something.
#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    /// The rule.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// Its group.
    pub group: &'static str,
    /// What the group does here.
    pub mode: &'static str,
    /// The part of the request and the name of the field.
    pub place: String,
}

/// A ring of rows, the newest last.
#[derive(Clone)]
pub(super) struct Hits {
    rows: Arc<Mutex<VecDeque<HitRow>>>,
    most: usize,
}

impl Hits {
    pub(super) fn new(most: usize) -> Self {
        Self { rows: Arc::default(), most }
    }

    pub(super) fn keep(&self, row: HitRow) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() >= self.most {
            rows.pop_front();
        }
        rows.push_back(row);
    }

    /// The newest first.
    pub(super) fn newest(&self) -> Vec<HitRow> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.iter().rev().cloned().collect()
    }
}

/// The rules of a verdict as rows.
pub(super) fn rows(verdict: &Verdict) -> Vec<RuleRow> {
    verdict
        .hits
        .iter()
        .map(|hit| RuleRow {
            id: hit.rule.to_string(),
            title: hit.title.to_string(),
            group: hit.group.name(),
            mode: hit.mode.name(),
            place: hit.place.clone(),
        })
        .collect()
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
