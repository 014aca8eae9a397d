//! The insured person (*assuré*): what the price and the path need to know, and nothing else.
//!
//! Sex is never here: the tariff is unisex by law (CJEU C-236/09, Test-Achats).

pub mod hazard;
pub mod occupation;
pub mod sport;

pub use hazard::WorkHazard;
pub use occupation::{ManualWork, Occupation, RiskClass};
pub use sport::{Sport, SportLevel, SportTreatment};
