//! Campaigns: open data of property sales, loaded into tables (`etl`), and segments out of them. Knows
//! zones, periods and prices; nothing here leads back to a person.

pub mod etl;
pub mod loads;
pub mod segments;
mod settings;

pub use settings::CampaignsSettings;

/// Every statement of this slice, for the test that prepares them.
pub const STATEMENTS: &[&[crate::platform::db::Statement]] =
    &[etl::load::STATEMENTS, loads::STATEMENTS, segments::STATEMENTS];
