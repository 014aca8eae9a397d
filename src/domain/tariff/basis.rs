//! What a premium is counted on and how often it is collected, `docs/domain/tariff.md`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Basis of the premium (*assiette*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Initial capital, level premium, age frozen at entry (*capital initial*).
    Ci,
    /// Outstanding balance and age at the first day of each insurance year (*capital restant dû*).
    #[default]
    CrdAnnual,
    /// Outstanding balance of each month, age at the first day of each insurance year.
    CrdMonthly,
}

/// How often premiums are collected (*fractionnement*), in advance and without a fee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fractionation {
    /// With each instalment of the loan.
    #[default]
    Monthly,
    /// Three months together, on the date of the first.
    Quarterly,
    /// Six months together.
    HalfYearly,
    /// Twelve months together.
    Yearly,
}

impl Fractionation {
    /// Months collected together.
    pub const fn months(self) -> usize {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::HalfYearly => 6,
            Self::Yearly => 12,
        }
    }
}
