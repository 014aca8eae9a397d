//! What operators and a key's owner see of it: its secrets by their public parts, and what was used.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::AdmissionError;
use super::keys::{KeyId, KeyOwner, state};
use super::service::{Admissions, read};
use super::store::{KeyRow, SecretRow};
use crate::platform::access::Bearer;
use crate::platform::admission::{Period, Rules};

/// A key as its owner and operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyLine {
    /// Its identifier.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its plan.
    pub plan: String,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<KeyOwner>,
    /// Networks that it may come from; from anywhere when empty.
    pub networks: Vec<String>,
    /// When it was made.
    pub created: String,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
    /// Its secrets, the newest first.
    pub secrets: Vec<SecretLine>,
    /// What was used of its quotas, periods under way first.
    pub usage: Vec<UsageLine>,
}

/// A secret, by its public part.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretLine {
    /// The public part.
    pub prefix: String,
    /// `live`, `expired` or `revoked`.
    pub state: &'static str,
    /// When it was made.
    pub created: String,
    /// Its end, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// The count of one period.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageLine {
    /// `day`, `week` or `month`, in Paris.
    pub period: String,
    /// Its first day.
    pub starts: String,
    /// Whether it is under way.
    pub current: bool,
    /// Units that were served; late by a few seconds.
    pub used: u64,
    /// Units of the period, when the plan has a quota for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// When something was last served.
    pub at: String,
}

impl Admissions {
    /// Every key, those that are revoked last.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn list_keys(&self, most: u32) -> Result<Vec<KeyLine>, AdmissionError> {
        let rows = self.0.store.list_keys(most).await?;
        self.lines(rows).await
    }

    /// One key.
    ///
    /// # Errors
    /// No such key, or the database does not answer.
    pub async fn show_key(&self, id: KeyId) -> Result<KeyLine, AdmissionError> {
        let row = self.0.store.find_key(id.uuid()).await?;
        let row = row.ok_or_else(|| AdmissionError::NoKey(id.to_string().into()))?;
        let rules = self.rules_now().await?;
        self.line(row, &rules).await
    }

    /// The keys of the application that asks, by what its token says.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn own_keys(&self, who: &Bearer) -> Result<Vec<KeyLine>, AdmissionError> {
        let asks = who.principal();
        let rows = self.0.store.keys_of(&asks.issuer, &asks.client).await?;
        self.lines(rows).await
    }

    async fn lines(&self, rows: Vec<KeyRow>) -> Result<Vec<KeyLine>, AdmissionError> {
        let rules = self.rules_now().await?;
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            lines.push(self.line(row, &rules).await?);
        }
        Ok(lines)
    }

    async fn line(&self, row: KeyRow, rules: &Rules) -> Result<KeyLine, AdmissionError> {
        let now = self.0.clock.now();
        let secrets = self.0.store.secrets_of(row.id).await?;
        let counts = self.0.store.counts(row.id).await?;
        let plan = rules.plans.get(&row.plan);
        let usage = counts.into_iter().map(|count| {
            let period = Period::of_code(&count.period);
            let starts = period.map(|period| period.window(now).starts.to_string());
            UsageLine {
                current: starts.is_some_and(|starts| starts == count.starts),
                limit: period.zip(plan).and_then(|(period, plan)| plan.quota.of(period)),
                used: count.served.min(count.reserved),
                at: count.served_at.0.to_string(),
                starts: count.starts,
                period: count.period,
            }
        });
        let mut usage: Vec<_> = usage.collect();
        usage.sort_by_key(|line| !line.current);
        let owner = row.owner_issuer.zip(row.owner_client);
        Ok(KeyLine {
            id: KeyId::from_uuid(row.id).to_string(),
            name: row.name,
            plan: row.plan,
            owner: owner.map(|(issuer, client)| KeyOwner { issuer, client }),
            networks: row.networks.0,
            created: row.created_at.0.to_string(),
            revoked: row.revoked_at.map(|at| at.0.to_string()),
            secrets: secrets.iter().map(|row| secret_line(row, now)).collect(),
            usage,
        })
    }

    async fn rules_now(&self) -> Result<Rules, AdmissionError> {
        let row = self.0.store.current_rules().await?;
        row.map_or_else(|| Ok(Rules::default()), |row| read(row.document.0))
    }
}

fn secret_line(row: &SecretRow, now: Timestamp) -> SecretLine {
    SecretLine {
        prefix: row.prefix.clone(),
        state: state(row, now),
        created: row.created_at.0.to_string(),
        expires: row.expires_at.map(|at| at.0.to_string()),
    }
}
