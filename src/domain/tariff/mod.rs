//! The price (*tarif*): versioned tables, and the premium that follows from them.

pub mod basis;
pub mod derivation;
pub mod public_tables;

pub use basis::{Basis, Fractionation};
