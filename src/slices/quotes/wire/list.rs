//! The list of somebody's quotes, page by page.

use serde::Serialize;
use utoipa::ToSchema;

/// A page of the caller's quotes, the latest first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QuoteList {
    /// The quotes.
    pub quotes: Vec<QuoteSummary>,
    /// What to give as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A quote in one line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QuoteSummary {
    /// Identifier, `quo_…`.
    pub id: String,
    /// The number for people.
    #[schema(example = "AS-2026-0001234-6")]
    pub number: String,
    /// Path of its page.
    pub page: String,
    /// When it was made.
    pub created_at: String,
    /// End of its validity.
    pub expires_at: String,
    /// `valid` or `expired`.
    pub status: String,
    /// Version of the tariff that gave the prices.
    pub tariff_version: String,
    /// What the insurance costs in all.
    pub total_cents: i64,
}
