//! One folder per business capability, all with the same rooms inside.
//!
//! A slice may import the floors below and the doors of other slices that `tests/house.rs` lists;
//! never another slice's inside.

pub mod acceptance;
pub mod admission;
pub mod campaigns;
pub mod contracts;
pub mod documents;
pub mod dossiers;
pub mod health;
pub mod identity;
pub mod me;
pub mod messages;
pub mod offers;
pub mod quotes;
pub mod rights;
pub mod signature;
pub mod site;
pub mod underwriting;
pub mod vigilance;
