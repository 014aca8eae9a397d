//! The web: pages, forms and static files, and how a refusal is shown.
//!
//! No word of insurance in the code; the words of the product are in the templates.

pub mod assets;
#[cfg(test)]
mod contrast;
pub mod form;
#[cfg(test)]
pub mod lint;
pub mod page;
pub mod registry;
