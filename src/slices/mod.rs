//! One folder per business capability, all with the same rooms inside.
//!
//! A slice may import the floors below and the doors of other slices that `tests/house.rs` lists;
//! never another slice's inside.

pub mod campaigns;
pub mod documents;
pub mod identity;
pub mod me;
pub mod messages;
pub mod quotes;
pub mod signature;
pub mod site;
