//! This slice's part of the configuration, section `[documents]`: who the insurer is, as documents
//! must say.

use serde::{Deserialize, Serialize};

use crate::kernel::iban::is_creditor_identifier;
use crate::platform::limits::Complaints;

/// What every document says of the insurer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentsSettings {
    /// Who insures.
    pub insurer: InsurerSettings,
}

/// Who insures, in the words of documents.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InsurerSettings {
    /// Legal name.
    pub company: String,
    /// Registered office.
    pub address: String,
    /// Telephone of the service to customers.
    pub phone: String,
    /// Number in the register of companies.
    pub siren: String,
    /// Licence, and the authority that watches over it.
    pub approval: String,
    /// SEPA creditor identifier (*ICS*).
    pub creditor: String,
    /// The ombudsman of consumers.
    pub mediator: String,
}

/// What is written where a text is still to come.
const TO_COME: &str = "à compléter";

/// Longest of these texts: a foot of page has one line for it.
const LONGEST: usize = 300;

impl DocumentsSettings {
    /// Complains about texts that no document could show.
    pub fn check(&self, complaints: &mut Complaints) {
        let insurer = &self.insurer;
        for (key, text) in [
            ("company", &insurer.company),
            ("address", &insurer.address),
            ("phone", &insurer.phone),
            ("siren", &insurer.siren),
            ("approval", &insurer.approval),
            ("creditor", &insurer.creditor),
            ("mediator", &insurer.mediator),
        ] {
            let is_sound = !text.trim().is_empty() && text.len() <= LONGEST;
            let key = format!("documents.insurer.{key}");
            complaints.unless(is_sound, &key, "is empty or too long");
        }
        let is_creditor = is_creditor_identifier(&insurer.creditor);
        let is_open = insurer.creditor.starts_with(TO_COME);
        let complaint = "is no creditor identifier (ICS): its check digits are wrong";
        complaints.unless(is_creditor || is_open, "documents.insurer.creditor", complaint);
    }
}
