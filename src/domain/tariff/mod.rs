//! The price (*tarif*): versioned tables, and the premium that follows from them.

pub mod basis;

pub use basis::{Basis, Fractionation};
