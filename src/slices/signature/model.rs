//! What a ceremony is made of.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A document that is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Name in addresses: `conditions_particulieres`.
    pub name: String,
    /// Title.
    pub title: String,
    /// How many bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

/// A ceremony to be opened.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Its identifier: documents may have been made under it.
    pub id: Uuid,
    /// What is signed.
    pub subject: Uuid,
    /// Which version of it.
    pub version: u32,
    /// The documents, in the order in which they are read.
    pub papers: Vec<Paper>,
    /// Who signs, in the order in which they are named.
    pub signers: Vec<Uuid>,
}

/// A ceremony.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// Identifier.
    pub id: Uuid,
    /// Version of what is signed.
    pub version: u32,
    /// When its documents were frozen.
    pub opened_at: Timestamp,
    /// When everybody had signed.
    pub completed_at: Option<Timestamp>,
    /// The documents.
    pub papers: Vec<Paper>,
    /// Who signs.
    pub signers: Vec<Signer>,
}

/// Somebody who signs.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Who.
    pub id: Uuid,
    /// When they signed.
    pub signed_at: Option<Timestamp>,
    /// By which means.
    pub evidence: Option<Evidence>,
}

/// How somebody signed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Their name, as in the documents.
    pub name: String,
    /// `sms`, `voice` or `email`.
    pub channel: String,
    /// Where the code went, masked.
    pub masked: String,
    /// HMAC of where it went: proves a number that somebody names, tells nobody else.
    pub mark: String,
    /// Address of the network.
    pub address: String,
    /// What the browser says of itself.
    pub agent: String,
    /// Version of the texts below.
    pub consents_version: u32,
    /// The texts that were accepted, word for word.
    pub consents: Vec<String>,
    /// What they signed of their own health, where there is something: shown to nobody else who signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<SignedDeclaration>,
}

/// A declaration of health that somebody signed: which one, never what it says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedDeclaration {
    /// The text that was accepted, word for word.
    pub text: String,
    /// The day on which it was sent.
    pub day: Date,
    /// Fingerprint of what was declared; none of one from before there were fingerprints.
    pub fingerprint: Option<String>,
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evidence({}, …)", self.channel)
    }
}

/// What a signature led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// They had signed before: nothing was written.
    Before,
    /// Others have still to sign.
    Now,
    /// Everybody has signed now.
    Complete,
}

impl Ceremony {
    /// Whether this person has signed.
    pub fn has_signed(&self, signer: Uuid) -> bool {
        self.signers.iter().any(|one| one.id == signer && one.signed_at.is_some())
    }

    /// The document of this name.
    pub fn paper(&self, name: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.name == name)
    }
}
