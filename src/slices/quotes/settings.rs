//! This slice's part of the configuration, section `[quotes]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// How long quotes and their keys live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotesSettings {
    /// Days during which a quote can be accepted.
    pub validity_days: u32,
    /// Days during which an idempotency key is remembered.
    pub idempotency_days: u32,
    /// Quotes sent by e-mail to one address in a day.
    pub mails_to_address_max: u32,
    /// The same asked for by one network in an hour.
    pub mails_from_network_max: u32,
    /// The same asked for by everybody in an hour.
    pub mails_max: u32,
}

impl QuotesSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        complaints.range("quotes.validity_days", self.validity_days, 1..=365);
        complaints.range("quotes.idempotency_days", self.idempotency_days, 1..=365);
        let most = 1..=1_000_000;
        complaints.range("quotes.mails_to_address_max", self.mails_to_address_max, most.clone());
        complaints.range(
            "quotes.mails_from_network_max",
            self.mails_from_network_max,
            most.clone(),
        );
        complaints.range("quotes.mails_max", self.mails_max, most);
    }

    pub(super) fn validity(&self) -> Duration {
        days(self.validity_days)
    }

    pub(super) fn idempotency(&self) -> Duration {
        days(self.idempotency_days)
    }
}

fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}
