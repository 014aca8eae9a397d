//! The rights of people (*droits des personnes*, GDPR art. 15, 17 and 20) over what every room keeps of them: one
//! file with all of it, and its erasure.
//!
//! Nothing is kept here, and nothing is decided about what the law has us keep: each room says what it holds of
//! somebody and what of it may not be erased. Who asks is never taken from what they claim: an operator has made
//! sure of it, or a session says it; answers about health only go to who also opened their dossier by its code. Of
//! a couple each has their own. See `docs/data-life.md`.

mod core;
mod erasing;
mod exporting;
mod own;
pub mod pages;

pub use self::core::{Rights, Tools};
pub use erasing::Erasure;
pub use exporting::Export;
