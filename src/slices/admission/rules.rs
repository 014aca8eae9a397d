//! Versions of the rules: checked whole before they take effect, kept, taken back.

use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use utoipa::ToSchema;

use super::error::AdmissionError;
use super::service::{Admissions, read};
use super::store::{EventRow, RulesRow, commit};
use crate::platform::admission::Rules;

/// A document of rules is no longer than this, as text.
const LONGEST: usize = 512 * 1024;

/// The number of a version that has taken effect.
#[derive(Debug, Serialize, ToSchema)]
pub struct Applied {
    /// Its number.
    pub version: u32,
}

/// One version of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionLine {
    /// Its number; the highest one is in force.
    pub version: u32,
    /// Who applied it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: String,
    /// The rules, when one version was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub rules: Option<Value>,
}

/// What an operator did.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventLine {
    /// When.
    pub at: String,
    /// Who.
    pub author: String,
    /// What.
    pub act: String,
    /// To what.
    pub subject: String,
    /// How.
    #[schema(value_type = Object)]
    pub detail: Value,
}

impl From<EventRow> for EventLine {
    fn from(row: EventRow) -> Self {
        let EventRow { at, author, act, subject, detail } = row;
        Self { at: at.0.to_string(), author, act, subject, detail: detail.0 }
    }
}

fn line(row: RulesRow, with_rules: bool) -> VersionLine {
    let RulesRow { version, document, author, note, created_at } = row;
    let rules = with_rules.then_some(document.0);
    VersionLine { version, author, note, at: created_at.0.to_string(), rules }
}

impl Admissions {
    /// Reads a document and says everything that is wrong with it; changes nothing.
    ///
    /// # Errors
    /// Every fault, each with its place.
    pub fn check_rules(&self, document: Value) -> Result<Rules, AdmissionError> {
        let rules = read(document)?;
        let faults = rules.faults(self.operations());
        if faults.is_empty() { Ok(rules) } else { Err(AdmissionError::Rules(faults)) }
    }

    /// Puts rules into effect, as another version.
    ///
    /// # Errors
    /// They are wrong, or a key's plan is not in them, or the database does not answer: nothing has
    /// changed then.
    pub async fn apply_rules(
        &self,
        author: &str,
        note: &str,
        document: Value,
    ) -> Result<Applied, AdmissionError> {
        let rules = self.check_rules(document)?;
        let note: String = note.chars().filter(|c| !c.is_control()).take(400).collect();
        let text =
            serde_json::to_value(&rules).map_err(|e| AdmissionError::Value(e.to_string()))?;
        if text.to_string().len() > LONGEST {
            return Err(AdmissionError::Value("the rules are longer than 512 KiB".into()));
        }
        let mut transaction = self.0.store.begin().await?;
        self.0.store.change(&mut transaction).await?;
        let used = self.0.store.plans_used(&mut transaction).await?;
        let missing = used.iter().filter(|plan| !rules.plans.contains_key(*plan));
        let missing: Vec<_> =
            missing.map(|plan| format!("plans.{plan}: keys use it, and it is not there")).collect();
        if !missing.is_empty() {
            return Err(AdmissionError::Rules(missing));
        }
        let current = self.0.store.current_rules_in(&mut transaction).await?;
        let version = current.map_or(0, |row| row.version) + 1;
        let (store, now) = (&self.0.store, self.0.clock.now());
        store.insert_rules(&mut transaction, version, &text, (author, &note), now).await?;
        let (subject, detail) = (version.to_string(), json!({"note": note}));
        self.note(&mut transaction, author, ("rules.apply", &subject), &detail).await?;
        commit(transaction).await?;
        Ok(Applied { version })
    }

    /// Puts an earlier version into effect again, as another version.
    ///
    /// # Errors
    /// As [`Self::apply_rules`]; no such version.
    pub async fn roll_back(&self, author: &str, version: u32) -> Result<Applied, AdmissionError> {
        let row = self.0.store.rules(version).await?;
        let row = row.ok_or(AdmissionError::NoVersion(version))?;
        self.apply_rules(author, &format!("back to version {version}"), row.document.0).await
    }

    /// One version, or the one in force; none when there are no rules yet.
    ///
    /// # Errors
    /// No such version, or the database does not answer.
    pub async fn show_rules(
        &self,
        version: Option<u32>,
    ) -> Result<Option<VersionLine>, AdmissionError> {
        let row = match version {
            None => self.0.store.current_rules().await?,
            Some(number) => {
                let row = self.0.store.rules(number).await?;
                Some(row.ok_or(AdmissionError::NoVersion(number))?)
            }
        };
        Ok(row.map(|row| line(row, true)))
    }

    /// The newest versions.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn rules_history(&self, most: u32) -> Result<Vec<VersionLine>, AdmissionError> {
        let rows = self.0.store.rules_history(most).await?;
        Ok(rows.into_iter().map(|row| line(row, false)).collect())
    }

    /// What operators did, the newest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn events(&self, most: u32) -> Result<Vec<EventLine>, AdmissionError> {
        Ok(self.0.store.events(most).await?.into_iter().map(EventLine::from).collect())
    }
}
