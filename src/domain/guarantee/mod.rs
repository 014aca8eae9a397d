//! The guarantees of the contract (*garanties*) and what is sold together.

pub mod exclusion;
pub mod kind;

pub use exclusion::{Exclusion, ExclusionCategory};
pub use kind::{Guarantee, Pack};
