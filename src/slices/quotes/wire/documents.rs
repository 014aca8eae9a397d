//! What is answered about the documents of a quote.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The documents of a quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DocumentList {
    /// In the order in which they are read.
    pub documents: Vec<DocumentResponse>,
}

/// A document, which never changes once it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DocumentResponse {
    /// Last part of its address: `devis`, `fiche_standardisee_1`.
    pub name: String,
    /// `devis` or `fiche_standardisee`.
    pub kind: String,
    /// `ref` of the person, when it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insured: Option<String>,
    /// What it is (French).
    pub title: String,
    /// Its address.
    pub href: String,
    /// Always `application/pdf`.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes, in hex digits.
    pub sha256: String,
    /// Version of the template that it was set from.
    pub template_version: u32,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
}
