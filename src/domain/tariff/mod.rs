//! The price (*tarif*): versioned tables, and the premium that follows from them.
//!
//! [`table`] holds a version's figures, [`periods`] the months that are priced, [`plan`] the premium
//! month by month, [`flat`] the same at a bank's flat rate, [`series`] what a set of premiums costs,
//! [`collection`] what is collected and when, [`split`] the tax inside a premium, [`commission`] the
//! partner's part of it. [`derivation`] makes the demonstration rates from [`public_tables`].

pub mod basis;
pub mod catalog;
pub mod collection;
pub mod commission;
pub mod derivation;
pub mod flat;
pub mod loading;
pub mod periods;
pub mod plan;
mod pricing;
pub mod public_tables;
pub mod series;
pub mod split;
pub mod table;

pub use basis::{Basis, Fractionation};
pub use loading::{Loading, LoadingKind};
pub use plan::{Choices, Life, MonthPremium, PremiumPlan};
pub use series::{Costs, MonthlySeries};
pub use table::{Franchise, Tariff};
