//! The `dossiers` section of the configuration.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::platform::limits::Complaints;

/// Deadlines, and how many codes are sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DossiersSettings {
    /// Days without an act after which a dossier of which no demand has come is over, once its quote has run out.
    pub kept_days: u32,
    /// Days without an act after which somebody is reminded, once.
    pub reminder_days: u32,
    /// Days without an act after which a dossier is abandoned.
    pub abandoned_days: u32,
    /// The same for one that was put off (*ajourné*): two years, or [`Self::abandoned_days`] after the delay,
    /// whichever is later.
    pub postponed_days: u32,
    /// Days without an act after which one that led to nothing names nobody any more.
    pub forgotten_days: u32,
    /// The same for one that was refused.
    pub refusal_proof_days: u32,
    /// Days for which an offer may be signed.
    pub offer_days: u32,
    /// The same when somebody's health was studied by a person.
    pub medical_offer_days: u32,
    /// Days for which an invitation opens.
    pub invitation_days: u32,
    /// Minutes after which a session without a request is over.
    pub session_minutes: u32,
    /// Codes sent to one number or address in an hour.
    pub codes_per_number: u32,
    /// Codes sent at the demand of one network in an hour.
    pub codes_per_network: u32,
    /// Codes sent in an hour in all.
    pub codes_in_all: u32,
}

impl DossiersSettings {
    /// Complains about values that nobody can mean.
    pub fn check(&self, complaints: &mut Complaints) {
        for (name, days) in [
            ("dossiers.kept_days", self.kept_days),
            ("dossiers.reminder_days", self.reminder_days),
            ("dossiers.abandoned_days", self.abandoned_days),
            ("dossiers.offer_days", self.offer_days),
            ("dossiers.medical_offer_days", self.medical_offer_days),
            ("dossiers.invitation_days", self.invitation_days),
        ] {
            complaints.range(name, days, 1..=730);
        }
        for (name, days) in [
            ("dossiers.postponed_days", self.postponed_days),
            ("dossiers.forgotten_days", self.forgotten_days),
            ("dossiers.refusal_proof_days", self.refusal_proof_days),
        ] {
            complaints.range(name, days, self.abandoned_days..=10_950);
        }
        complaints.range("dossiers.session_minutes", self.session_minutes, 5..=240);
        for (name, codes) in [
            ("dossiers.codes_per_number", self.codes_per_number),
            ("dossiers.codes_per_network", self.codes_per_network),
            ("dossiers.codes_in_all", self.codes_in_all),
        ] {
            complaints.range(name, codes, 1..=10_000_000);
        }
    }

    pub(super) fn session(&self) -> Duration {
        Duration::from_secs(u64::from(self.session_minutes) * 60)
    }

    pub(super) fn kept(&self) -> Duration {
        days(self.kept_days)
    }

    pub(super) fn invitation(&self) -> Duration {
        days(self.invitation_days)
    }
}

/// So many days.
pub(super) const fn days(count: u32) -> Duration {
    Duration::from_secs(count as u64 * 86_400)
}
