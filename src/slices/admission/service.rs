//! The door of the slice.

use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::error::AdmissionError;
use super::reading::Known;
use super::settings::AdmissionSettings;
use super::store::Store;
use crate::platform::admission::{Admission, Finding, Findings, Rules};
use crate::platform::clock::{Clock, Entropy};
use crate::platform::db::{Connection, Database};

/// Keys, plans and rules. Cheap to clone.
#[derive(Clone)]
pub struct Admissions(pub(super) Arc<Tools>);

pub(super) struct Tools {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) settings: AdmissionSettings,
    pub(super) admission: Admission,
    /// The name of this copy among those that are running.
    pub(super) copy: Uuid,
    pub(super) known: Mutex<Known>,
    operations: OnceLock<Vec<&'static str>>,
    findings: OnceLock<Findings>,
}

impl Admissions {
    /// On these tools; the picture is handed to `admission`.
    pub fn new(
        database: Database,
        (clock, entropy): (Clock, Entropy),
        settings: AdmissionSettings,
        admission: Admission,
    ) -> Self {
        let copy = entropy.uuid_v7(clock.now());
        let (store, known) = (Store::new(database), Mutex::default());
        let (operations, findings) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Tools {
            store,
            clock,
            entropy,
            settings,
            admission,
            copy,
            known,
            operations,
            findings,
        }))
    }

    /// Says which operations exist: rules that name others are refused.
    pub fn know_operations(&self, operations: Vec<&'static str>) {
        // The same ones, if somebody said so before.
        let _known = self.0.operations.set(operations);
    }

    /// Says where the firewall of this copy leaves what it finds.
    pub fn know_findings(&self, findings: Findings) {
        // The same ones, if somebody said so before.
        let _known = self.0.findings.set(findings);
    }

    /// What the firewall of this copy found of late, the newest first.
    pub(super) fn findings(&self, most: usize) -> Vec<Finding> {
        let mut found = self.0.findings.get().map(Findings::newest).unwrap_or_default();
        found.truncate(most);
        found
    }

    /// The picture that this slice renews.
    pub fn admission(&self) -> &Admission {
        &self.0.admission
    }

    pub(super) fn operations(&self) -> &[&'static str] {
        self.0.operations.get().map_or(&[], Vec::as_slice)
    }

    /// The rules in force, as they are stored.
    pub(super) async fn stored_rules(
        &self,
        on: &mut Connection,
    ) -> Result<(u32, Rules), AdmissionError> {
        let row = self.0.store.current_rules_in(on).await?;
        Ok(match row {
            Some(row) => (row.version, read(row.document.0)?),
            None => (0, Rules::default()),
        })
    }

    /// Writes down what an operator does, in the transaction that does it.
    pub(super) async fn note(
        &self,
        on: &mut Connection,
        author: &str,
        (act, subject): (&str, &str),
        detail: &Value,
    ) -> Result<(), AdmissionError> {
        let now = self.0.clock.now();
        let who = (author, act, subject);
        Ok(self.0.store.insert_event(on, now, who, detail).await?)
    }
}

/// Rules from a stored document, or one that somebody hands in.
pub(super) fn read(document: Value) -> Result<Rules, AdmissionError> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        AdmissionError::Rules(vec![format!("{}: {}", error.path(), error.inner())])
    })
}
