//! The `contracts` section of the configuration.

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// Days before a debit on which the mandates that are signed promise a word.
const PROMISED_DAYS: u8 = 5;

/// How debits are announced, how long a lender's link opens, and what is looked at twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractsSettings {
    /// Days before a debit on which it is announced.
    pub debit_notice_days: u8,
    /// Debits that are announced in one run of the job.
    pub debit_notices_per_run: u32,
    /// Days during which a lender opens the link of a demand that we sent it.
    pub bank_link_days: u16,
    /// Capital of the loans, in cents, from which two people look at who is insured and who pays (*vigilance
    /// renforcée*, LCB-FT).
    pub enhanced_capital_cents: i64,
}

impl ContractsSettings {
    /// Complains about values that nobody can mean, or that break what mandates say.
    pub fn check(self, complaints: &mut Complaints) {
        let days = PROMISED_DAYS..=14;
        complaints.range("contracts.debit_notice_days", self.debit_notice_days, days);
        complaints.range("contracts.debit_notices_per_run", self.debit_notices_per_run, 1..=10_000);
        complaints.range("contracts.bank_link_days", self.bank_link_days, 14..=366);
        let least = 1..=i64::MAX;
        complaints.range("contracts.enhanced_capital_cents", self.enhanced_capital_cents, least);
    }
}
