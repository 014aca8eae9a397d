//! The pages that every page links to: help, complaints, personal data, legal notice.
//!
//! Words only: no person's data, no database, no other slice.

mod pages;

pub use pages::{Keeping, routes};
