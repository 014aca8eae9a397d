//! The guarantees of the contract (*garanties*) and what is sold together.

pub mod kind;

pub use kind::{Guarantee, Pack};
