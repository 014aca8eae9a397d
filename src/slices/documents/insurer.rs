//! This slice's part of the configuration, section `[documents]`: who the insurer is, as documents
//! must say.

use serde::{Deserialize, Serialize};

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
    }
}
