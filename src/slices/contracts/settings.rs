//! The `contracts` section of the configuration.

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// Days before a debit on which the mandates that are signed promise a word.
const PROMISED_DAYS: u8 = 5;

/// How debits are announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractsSettings {
    /// Days before a debit on which it is announced.
    pub debit_notice_days: u8,
    /// Debits that are announced in one run of the job.
    pub debit_notices_per_run: u32,
}

impl ContractsSettings {
    /// Complains about values that nobody can mean, or that break what mandates say.
    pub fn check(self, complaints: &mut Complaints) {
        let days = PROMISED_DAYS..=14;
        complaints.range("contracts.debit_notice_days", self.debit_notice_days, days);
        complaints.range("contracts.debit_notices_per_run", self.debit_notices_per_run, 1..=10_000);
    }
}
