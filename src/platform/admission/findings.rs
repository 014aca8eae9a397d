//! What the firewall found in the last requests, refused or only counted, in the memory of this copy. No
//! payload is kept: what was sent may be somebody's, and what an attacker writes belongs in no log.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

/// One request in which something was found.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
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
    pub rules: Vec<FoundBy>,
}

/// One rule that found something.
#[derive(Clone, Debug, Serialize)]
pub struct FoundBy {
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

/// The last findings, the newest last. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct Findings {
    rows: Arc<Mutex<VecDeque<Finding>>>,
    most: usize,
}

impl Findings {
    /// Keeps so many.
    pub fn new(most: usize) -> Self {
        Self { rows: Arc::default(), most }
    }

    /// Keeps one, and forgets the oldest when there is no room.
    pub fn keep(&self, row: Finding) {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() >= self.most {
            rows.pop_front();
        }
        rows.push_back(row);
    }

    /// The newest first.
    pub fn newest(&self) -> Vec<Finding> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        rows.iter().rev().cloned().collect()
    }
}
