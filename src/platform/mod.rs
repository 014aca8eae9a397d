//! Tools that know nothing of insurance: the web, and whatever any company's product would need.
//!
//! A platform tool may import the kernel and nothing above.

pub mod web;
