//! The faults and warnings of one document, in the order in which they are found. Places and words
//! are only written down for what is wrong: most documents have no fault, and dozens of checks.

use std::fmt::Display;

use crate::domain::rule::Rule;
use crate::kernel::problem::Fault;
use crate::slices::quotes::wire::WarningResponse;

/// Most faults that are listed; a document with more is not being written by hand.
const FAULTS_MAX: usize = 100;

/// What is wrong and what to know.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) list: Vec<Fault>,
    /// How many were found, listed or not.
    found: usize,
    pub(super) warnings: Vec<WarningResponse>,
}

impl Faults {
    /// Notes a fault at a place of the document.
    pub(super) fn add(&mut self, pointer: impl Display, rule: Rule, detail: impl Display) {
        self.found += 1;
        if self.list.len() < FAULTS_MAX {
            self.list.push(Fault::new(pointer.to_string(), rule.code(), detail.to_string()));
        }
    }

    /// Notes something to know.
    pub(super) fn warn(&mut self, pointer: impl Display, rule: Rule, detail: impl Display) {
        self.warnings.push(WarningResponse {
            code: rule.code().to_owned(),
            pointer: pointer.to_string(),
            detail: detail.to_string(),
        });
    }

    /// Notes a fault unless `holds`; whether it holds.
    pub(super) fn check(
        &mut self,
        holds: bool,
        pointer: impl Display,
        rule: Rule,
        detail: impl Display,
    ) -> bool {
        if !holds {
            self.add(pointer, rule, detail);
        }
        holds
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found == 0
    }

    /// How many faults so far, to know whether a part added any.
    pub(super) const fn count(&self) -> usize {
        self.found
    }
}
